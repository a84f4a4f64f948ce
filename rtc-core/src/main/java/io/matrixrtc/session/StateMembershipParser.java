package io.matrixrtc.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import io.matrixrtc.session.MembershipReading.Ignored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads state-event memberships, {@value CallMemberEvent#TYPE} (MSC3401 as changed by Element Call;
 * G1-FORM, G1-REQUIRED). The state key says nothing about the member: old clients wrote it in other
 * forms.
 */
final class StateMembershipParser {
  /** The lifetime of a membership that names none. */
  static final Duration DEFAULT_EXPIRES = Duration.ofHours(4);

  /** Longer lifetimes, and times further from 1970, are cut to this. */
  private static final long MAX_MILLIS = Duration.ofDays(365_000).toMillis();

  private StateMembershipParser() {}

  static MembershipReading read(CallMemberEvent event) {
    ObjectNode content = event.content();
    if (content.isEmpty()) {
      return new MembershipReading.Left();
    }
    if (content.size() == 1) {
      return content.has("memberships")
          ? new Ignored(IgnoreReason.OLD_FORMAT, "memberships")
          : new Ignored(IgnoreReason.NOT_A_MEMBERSHIP, "one field only");
    }
    if (!content.has("application")) {
      return new Ignored(IgnoreReason.NOT_A_MEMBERSHIP, "no application");
    }
    if (!isUserId(event.sender())) {
      return new Ignored(IgnoreReason.BAD_SENDER, "sender");
    }
    try {
      return new MembershipReading.Joined(membership(event, content));
    } catch (BadField e) {
      return e.ignored;
    }
  }

  private static Membership membership(CallMemberEvent event, ObjectNode content) throws BadField {
    SlotId slot = slot(required(content, "application"), text(content, "call_id"));
    String deviceId = required(content, "device_id");
    optionalText(content, "scope");
    JsonNode focus = content.path("focus_active");
    if (!focus.isObject() || !focus.path("type").isTextual()) {
      throw new BadField(content, "focus_active");
    }
    Instant createdAt =
        Instant.ofEpochMilli(
            millis(content, "created_ts").orElse(cut(event.originServerTs().toEpochMilli())));
    long expires = millis(content, "expires").orElse(DEFAULT_EXPIRES.toMillis());
    String userAndDevice = event.sender() + ":" + deviceId;
    JsonNode id = content.path("membershipID");
    return new Membership(
        event.eventId(),
        new DeviceAddress(event.sender(), deviceId),
        slot,
        id.isTextual() ? id.textValue() : userAndDevice,
        createdAt,
        Optional.of(createdAt.plusMillis(expires)),
        userAndDevice,
        optionalText(content, "m.call.intent"),
        Optional.ofNullable(focus.path("focus_selection").textValue()),
        transports(content));
  }

  private static SlotId slot(String application, String callId) throws BadField {
    if (application.indexOf('#') >= 0) {
      throw new BadField(IgnoreReason.BAD_FIELD, "application");
    }
    if (callId.indexOf('#') >= 0) {
      throw new BadField(IgnoreReason.BAD_FIELD, "call_id");
    }
    return SlotId.ofState(application, callId);
  }

  private static List<Transport> transports(ObjectNode content) throws BadField {
    JsonNode foci = content.path("foci_preferred");
    List<Transport> transports = new ArrayList<>();
    if (foci.isMissingNode()) {
      return transports;
    }
    if (!foci.isArray()) {
      throw new BadField(content, "foci_preferred");
    }
    for (JsonNode node : foci) {
      if (!(node instanceof ObjectNode fields) || !fields.path("type").isTextual()) {
        throw new BadField(content, "foci_preferred");
      }
      transports.add(new Transport(fields.get("type").textValue(), fields));
    }
    return transports;
  }

  private static String required(ObjectNode content, String field) throws BadField {
    String text = text(content, field);
    if (text.isEmpty()) {
      throw new BadField(content, field);
    }
    return text;
  }

  private static String text(ObjectNode content, String field) throws BadField {
    JsonNode node = content.path(field);
    if (!node.isTextual()) {
      throw new BadField(content, field);
    }
    return node.textValue();
  }

  private static Optional<String> optionalText(ObjectNode content, String field) throws BadField {
    return content.has(field) ? Optional.of(text(content, field)) : Optional.empty();
  }

  private static Optional<Long> millis(ObjectNode content, String field) throws BadField {
    JsonNode node = content.path(field);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isNumber() || Double.isNaN(node.doubleValue())) {
      throw new BadField(content, field);
    }
    return Optional.of(cut(node.doubleValue()));
  }

  private static long cut(double millis) {
    return (long) Math.max(-MAX_MILLIS, Math.min(MAX_MILLIS, millis));
  }

  private static boolean isUserId(String sender) {
    return sender.startsWith("@") && sender.indexOf(':') > 0;
  }

  private static final class BadField extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Ignored ignored;

    BadField(ObjectNode content, String field) {
      this(content.has(field) ? IgnoreReason.BAD_FIELD : IgnoreReason.MISSING_FIELD, field);
    }

    BadField(IgnoreReason reason, String field) {
      super(field, null, false, false);
      this.ignored = new Ignored(reason, field);
    }
  }
}
