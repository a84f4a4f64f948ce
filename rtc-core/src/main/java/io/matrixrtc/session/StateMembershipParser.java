package io.matrixrtc.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import io.matrixrtc.session.MembershipReading.Ignored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads state-event memberships, {@value CallMemberEvent#TYPE} (MSC3401 as changed by Element Call;
 * G1-FORM, G1-REQUIRED). The state key says nothing about the member: old clients wrote it in other
 * forms.
 */
final class StateMembershipParser {
  /** The lifetime of a membership that names none. */
  static final Duration DEFAULT_EXPIRES = Duration.ofHours(4);

  /** Every other field on top level belongs to the application. */
  private static final Set<String> OWN_FIELDS =
      Set.of(
          "application",
          "call_id",
          "scope",
          "device_id",
          "membershipID",
          "expires",
          "created_ts",
          "focus_active",
          "foci_preferred");

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
    if (!Fields.isUserId(event.sender())) {
      return new Ignored(IgnoreReason.BAD_SENDER, "sender");
    }
    try {
      return new MembershipReading.Joined(membership(event, content));
    } catch (BadFieldException e) {
      return e.ignored();
    }
  }

  private static Membership membership(CallMemberEvent event, ObjectNode content)
      throws BadFieldException {
    Fields fields = Fields.of(content);
    SlotId slot = slot(fields);
    String deviceId = fields.filled("device_id");
    Fields focus = fields.object("focus_active");
    if (!focus.node("type").isTextual()) {
      throw fields.bad("focus_active");
    }
    Instant createdAt =
        Instant.ofEpochMilli(
            fields.millis("created_ts").orElse(Fields.cut(event.originServerTs().toEpochMilli())));
    long expires = fields.millis("expires").orElse(DEFAULT_EXPIRES.toMillis());
    String identity = LivekitNames.stateIdentity(event.sender(), deviceId);
    List<Transport> transports =
        fields.has("foci_preferred") ? fields.transports("foci_preferred") : List.of();
    return new Membership(
        event.eventId(),
        MembershipForm.STATE,
        new DeviceAddress(event.sender(), deviceId),
        slot,
        Optional.ofNullable(fields.node("membershipID").textValue()).orElse(identity),
        createdAt,
        createdAt,
        Optional.of(createdAt.plusMillis(expires)),
        identity,
        fields.optionalText("scope"),
        fields.optionalText("m.call.intent"),
        Optional.ofNullable(focus.node("focus_selection").textValue()),
        transports,
        application(content));
  }

  private static SlotId slot(Fields fields) throws BadFieldException {
    String application = fields.filled("application");
    String callId = fields.text("call_id");
    if (application.indexOf('#') >= 0) {
      throw fields.bad("application");
    }
    if (callId.indexOf('#') >= 0) {
      throw fields.bad("call_id");
    }
    return SlotId.ofState(application, callId);
  }

  private static ObjectNode application(ObjectNode content) {
    ObjectNode application = JsonNodeFactory.instance.objectNode();
    application.set("type", content.get("application"));
    for (Map.Entry<String, JsonNode> field : content.properties()) {
      if (!OWN_FIELDS.contains(field.getKey()) && !field.getKey().equals("type")) {
        application.set(field.getKey(), field.getValue());
      }
    }
    return application;
  }
}
