package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes own state-event memberships as Element Call does. */
final class StateMembershipContent {
  /** Room versions where a user owns state keys that start with their id (MSC3757, MSC3779). */
  private static final Pattern OWNED_STATE = Pattern.compile("^org\\.matrix\\.msc(3757|3779)\\b");

  private static final String LIVEKIT = "livekit";

  private StateMembershipContent() {}

  /**
   * The state key: {@code _user_device_application+callId}. The underscore gets round the rule that
   * a key which starts with a user id belongs to that user alone, and is absent where users own
   * their keys.
   */
  static String stateKey(SessionSettings settings) {
    String key =
        settings.own().userId()
            + "_"
            + settings.own().deviceId()
            + "_"
            + settings.slot().application()
            + settings.slot().callId();
    return OWNED_STATE.matcher(settings.roomVersion()).find() ? key : "_" + key;
  }

  /**
   * The content of a membership.
   *
   * @param createdAt the server's time of the join; empty in the join itself
   * @param expires from {@code createdAt} to the end of the membership
   */
  static ObjectNode joined(
      SessionSettings settings,
      JoinRequest request,
      Optional<Instant> createdAt,
      Duration expires) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.setAll(request.application());
    content.put("application", settings.slot().application());
    content.put("call_id", settings.slot().callId());
    content.put("scope", "m.room");
    content.put("device_id", settings.own().deviceId());
    content.put("membershipID", settings.memberId());
    content.put("expires", expires.toMillis());
    createdAt.ifPresent(at -> content.put("created_ts", at.toEpochMilli()));
    request.intent().ifPresent(intent -> content.put("m.call.intent", intent));
    content
        .putObject("focus_active")
        .put("type", LIVEKIT)
        .put("focus_selection", request.focusSelection());
    ArrayNode foci = content.putArray("foci_preferred");
    request.transports().forEach(transport -> foci.add(transport.fields()));
    return content;
  }

  /** The content of a leave. */
  static ObjectNode left() {
    return JsonNodeFactory.instance.objectNode();
  }
}
