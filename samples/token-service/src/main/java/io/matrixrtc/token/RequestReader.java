package io.matrixrtc.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the bodies of the three endpoints with the checks, and in the order, of upstream: a field
 * that is not known, or of another type, is {@code M_NOT_JSON} (LK-STRICT); one that is missing is
 * {@code M_BAD_JSON} (LK-FIELDS). Null counts as missing.
 */
final class RequestReader {
  private static final int MAX_NAME_BYTES = 255;

  private static final Set<String> LEGACY =
      Set.of("room", "openid_token", "device_id", "delay_id", "delay_timeout", "delay_cs_api_url");
  private static final Set<String> STICKY =
      Set.of(
          "room_id",
          "slot_id",
          "openid_token",
          "member",
          "delay_id",
          "delay_timeout",
          "delay_cs_api_url");
  private static final Set<String> OPENID =
      Set.of("access_token", "token_type", "matrix_server_name", "expires_in");
  private static final Set<String> MEMBER = Set.of("id", "claimed_user_id", "claimed_device_id");

  private RequestReader() {}

  /** {@code POST /sfu/get}. */
  static TokenRequest legacy(byte[] body) throws Refusal {
    ObjectNode fields = object(body, LEGACY);
    ObjectNode openId = openId(fields);
    String room = text(fields, "room");
    String deviceId = name(fields, "device_id");
    Delay delay = Delay.of(fields);
    if (room.isEmpty()) {
      throw Refusal.badJson("Missing room parameter");
    }
    OpenIdToken token = token(openId, "Missing OpenID token parameters");
    return new TokenRequest(
        room, TokenRequest.LEGACY_SLOT, token, Optional.empty(), deviceId, delay.optional());
  }

  /** {@code POST /get_token}. */
  static TokenRequest sticky(byte[] body) throws Refusal {
    return sticky(body, false);
  }

  /** {@code POST /delegate_delayed_leave}: as {@link #sticky}, and the delay is wanted. */
  static TokenRequest delegation(byte[] body) throws Refusal {
    return sticky(body, true);
  }

  private static TokenRequest sticky(byte[] body, boolean delayWanted) throws Refusal {
    ObjectNode fields = object(body, STICKY);
    ObjectNode openId = openId(fields);
    ObjectNode member = child(fields, "member", MEMBER);
    String room = text(fields, "room_id");
    String slot = text(fields, "slot_id");
    String id = name(member, "id");
    String user = name(member, "claimed_user_id");
    String device = name(member, "claimed_device_id");
    Delay delay = Delay.of(fields);
    if (room.isEmpty() || slot.isEmpty()) {
      throw Refusal.badJson("The request body is missing `room_id` or `slot_id`");
    }
    if (id.isEmpty() || user.isEmpty() || device.isEmpty()) {
      throw Refusal.badJson(
          "The request body `member` is missing a `id`, `claimed_user_id` or `claimed_device_id`");
    }
    OpenIdToken token =
        token(
            openId,
            "The request body `openid_token` is missing a `access_token` or `matrix_server_name`");
    return new TokenRequest(
        room,
        slot,
        token,
        Optional.of(new TokenRequest.Member(id, user)),
        device,
        delayWanted ? Optional.of(delay.wanted()) : delay.optional());
  }

  private static ObjectNode object(byte[] body, Set<String> known) throws Refusal {
    try {
      return checked(Json.parseObject(body), known);
    } catch (MalformedJsonException e) {
      throw Refusal.notJson();
    }
  }

  private static ObjectNode openId(ObjectNode fields) throws Refusal {
    ObjectNode openId = child(fields, "openid_token", OPENID);
    text(openId, "token_type");
    number(openId, "expires_in"); // neither matters, but their types do
    return openId;
  }

  private static ObjectNode child(ObjectNode parent, String name, Set<String> known)
      throws Refusal {
    JsonNode node = parent.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return Json.newObject();
    } else if (node instanceof ObjectNode object) {
      return checked(object, known);
    }
    throw Refusal.notJson();
  }

  private static ObjectNode checked(ObjectNode object, Set<String> known) throws Refusal {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!known.contains(member.getKey())) {
        throw Refusal.notJson();
      }
    }
    return object;
  }

  private static String text(ObjectNode object, String name) throws Refusal {
    JsonNode node = object.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return "";
    } else if (node.isTextual()) {
      return node.textValue();
    }
    throw Refusal.notJson();
  }

  /** LK-NAMES: names are kept and sent on. No Matrix identifier is longer. */
  private static String name(ObjectNode object, String field) throws Refusal {
    String text = text(object, field);
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw Refusal.badJson("`" + field + "` is longer than " + MAX_NAME_BYTES + " bytes");
    }
    return text;
  }

  private static long number(ObjectNode object, String name) throws Refusal {
    JsonNode node = object.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return 0;
    } else if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    throw Refusal.notJson();
  }

  private static OpenIdToken token(ObjectNode openId, String otherwise) throws Refusal {
    String accessToken = text(openId, "access_token");
    String server = text(openId, "matrix_server_name");
    if (accessToken.isEmpty() || server.isEmpty()) {
      throw Refusal.badJson(otherwise);
    }
    return new OpenIdToken(accessToken, server);
  }

  /** The fields of a delegation, as they came. */
  private record Delay(String id, long millis) {
    /** A year: nothing longer can be meant (LK-DELAY-LIMIT). */
    private static final long MAX_MILLIS = Duration.ofDays(365).toMillis();

    static Delay of(ObjectNode fields) throws Refusal {
      text(fields, "delay_cs_api_url"); // ignored: the homeserver is found by its name
      return new Delay(name(fields, "delay_id"), number(fields, "delay_timeout"));
    }

    /** Nothing, or both (LK-DELAY-PAIR). */
    Optional<DelayedLeave> optional() throws Refusal {
      return id.isEmpty() && millis <= 0 ? Optional.empty() : Optional.of(wanted());
    }

    DelayedLeave wanted() throws Refusal {
      if (id.isEmpty() || millis <= 0 || millis > MAX_MILLIS) {
        throw Refusal.badJson("The request body is missing `delay_id` or `delay_timeout`");
      }
      return new DelayedLeave(id, Duration.ofMillis(millis));
    }
  }
}
