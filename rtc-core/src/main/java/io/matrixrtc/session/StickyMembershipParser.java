package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import io.matrixrtc.session.MembershipReading.Ignored;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Reads sticky memberships, {@value StickyMemberEvent#TYPE} (MSC4143), of both deployed forms and,
 * if asked to, of the draft. An event that holds the fields of several is read as the newest
 * deployed one (G2-FORM).
 */
final class StickyMembershipParser {
  private static final String SLOT = "slot_id";
  private static final String MEMBER = "member";
  private static final String MEMBERSHIP = "membership";
  private static final String INTENT = "m.call.intent";

  private StickyMembershipParser() {}

  /**
   * Reads one event.
   *
   * @param joinedAt when this participation began, as far as is known
   */
  static MembershipReading read(StickyMemberEvent event, boolean drafts, Instant joinedAt) {
    ObjectNode content = event.content();
    String membership = content.path(MEMBER).path(MEMBERSHIP).asText();
    if (isBareKey(content) || membership.equals("leave")) {
      return new MembershipReading.Left(); // G2-LEAVE, G3-LEAVE
    }
    if (!content.has("application")) {
      return new Ignored(IgnoreReason.NOT_A_MEMBERSHIP, "no application");
    }
    if (!Fields.isUserId(event.sender())) {
      return new Ignored(IgnoreReason.BAD_SENDER, "sender");
    }
    try {
      Fields fields = Fields.of(content);
      boolean draft =
          membership.equals("join") && !content.path(MEMBER).path("device_id").isTextual();
      if (draft && !drafts) {
        return new Ignored(IgnoreReason.DRAFT, "member.membership");
      }
      return new MembershipReading.Joined(
          draft ? draft(event, fields, joinedAt) : deployed(event, fields, joinedAt));
    } catch (BadFieldException e) {
      return e.ignored();
    }
  }

  /** G2-LEAVE: nothing but the sticky key and perhaps the slot. */
  private static boolean isBareKey(ObjectNode content) {
    for (Iterator<String> names = content.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.equals(SLOT) && !StickyMemberEvent.isStickyKey(name)) {
        return false;
      }
    }
    return true;
  }

  private static Membership deployed(StickyMemberEvent event, Fields fields, Instant joinedAt)
      throws BadFieldException {
    SlotId slot = slot(fields);
    Fields member = fields.object(MEMBER);
    String memberId = member.text("id");
    String userId = member.text("user_id");
    String deviceId = member.filled("device_id");
    if (!userId.equals(event.sender())) {
      throw member.bad("user_id");
    }
    DeviceAddress device = new DeviceAddress(userId, deviceId);
    if (event.encryptedBy().filter(by -> !by.equals(device)).isPresent()) {
      throw new BadFieldException(IgnoreReason.OTHER_DEVICE, "member.device_id"); // G2-DEVICE
    }
    fields.texts("versions");
    checkStickyKey(fields);
    checkRelation(fields);
    boolean newForm = fields.has("transports");
    List<Transport> transports;
    try {
      transports = newForm ? published(fields) : fields.transports("rtc_transports");
    } catch (BadFieldException e) {
      if (!newForm || !fields.has("rtc_transports")) {
        throw e;
      }
      transports = fields.transports("rtc_transports");
      newForm = false;
    }
    Fields application = fields.object("application");
    return membership(
        event,
        newForm ? MembershipForm.STICKY_2026 : MembershipForm.STICKY_2025,
        device,
        slot,
        memberId,
        joinedAt,
        LivekitNames.stickyIdentity(userId, deviceId, memberId),
        application.optionalText(INTENT),
        transports);
  }

  /** G3-FORM: the device is the one that encrypted the event. */
  private static Membership draft(StickyMemberEvent event, Fields fields, Instant joinedAt)
      throws BadFieldException {
    SlotId slot = slot(fields);
    String memberId = fields.object(MEMBER).filled("id");
    checkStickyKey(fields);
    if (event.stickyKey().filter(memberId::equals).isEmpty()) {
      throw new BadFieldException(IgnoreReason.BAD_FIELD, "sticky_key");
    }
    checkRelation(fields);
    DeviceAddress device =
        event
            .encryptedBy()
            .orElseThrow(() -> new BadFieldException(IgnoreReason.NOT_ENCRYPTED, "no device"));
    if (!device.userId().equals(event.sender())) {
      throw new BadFieldException(IgnoreReason.OTHER_DEVICE, "sender");
    }
    Optional<String> intent = fields.object("application").optionalText(INTENT);
    return membership(
        event,
        MembershipForm.STICKY_DRAFT,
        device,
        slot,
        memberId,
        joinedAt,
        LivekitNames.draftIdentity(event.sender(), memberId),
        intent.map(word -> word.equals("voice") ? "audio" : word), // MSC4196's word for it
        published(fields));
  }

  private static Membership membership(
      StickyMemberEvent event,
      MembershipForm form,
      DeviceAddress device,
      SlotId slot,
      String memberId,
      Instant joinedAt,
      String identity,
      Optional<String> intent,
      List<Transport> transports) {
    return new Membership(
        event.eventId(),
        form,
        device,
        slot,
        memberId,
        Instant.ofEpochMilli(Fields.cut(event.originServerTs().toEpochMilli())),
        joinedAt,
        Optional.of(event.stickyUntil()),
        identity,
        Optional.empty(),
        intent,
        Optional.empty(),
        transports,
        (ObjectNode) event.content().get("application"));
  }

  /** The slot of the application that the event names: exactly one {@code #} (G2-SLOT). */
  private static SlotId slot(Fields fields) throws BadFieldException {
    String slotId = fields.text(SLOT);
    Fields application = fields.object("application");
    String type = application.filled("type");
    if (type.indexOf('#') >= 0) {
      throw application.bad("type");
    }
    String prefix = type + "#";
    if (!slotId.startsWith(prefix) || slotId.indexOf('#', prefix.length()) >= 0) {
      throw fields.bad(SLOT);
    }
    return new SlotId(type, slotId.substring(prefix.length()));
  }

  private static List<Transport> published(Fields fields) throws BadFieldException {
    Fields transports = fields.object("transports");
    transports.texts("can_subscribe");
    return transports.transports("published");
  }

  /** G2-KEY: one of the two names, a string; the same under both. */
  private static void checkStickyKey(Fields fields) throws BadFieldException {
    Optional<String> unstable = fields.optionalText("msc4354_sticky_key");
    Optional<String> stable = fields.optionalText("sticky_key");
    if (unstable.isEmpty() && stable.isEmpty()) {
      throw fields.bad("msc4354_sticky_key");
    }
    if (unstable.isPresent() && stable.isPresent() && !unstable.equals(stable)) {
      throw fields.bad("sticky_key");
    }
  }

  private static void checkRelation(Fields fields) throws BadFieldException {
    if (fields.has("m.relates_to")) {
      Fields relation = fields.object("m.relates_to");
      relation.text("event_id");
      if (!relation.text("rel_type").equals("m.reference")) {
        throw relation.bad("rel_type");
      }
    }
  }
}
