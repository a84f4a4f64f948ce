package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A state event of type {@value #TYPE}: whether a slot is open (MSC4143).
 *
 * @param eventId its id
 * @param slotId its state key, for example {@code m.call#ROOM}; opaque, compared as it is
 * @param content its content
 */
public record SlotEvent(String eventId, String slotId, ObjectNode content) {
  /** The unstable event type of MSC4143 that is on the wire. */
  public static final String TYPE = "org.matrix.msc4143.rtc.slot";

  public SlotEvent {
    content = content.deepCopy();
  }

  @Override
  public ObjectNode content() {
    return content.deepCopy();
  }

  /** Whether it opens {@code slot} for the slot's application (SLOT-OPEN). */
  public boolean opens(SlotId slot) {
    return slotId.equals(slot.toString())
        && content.path("status").asText().equals("open")
        && content.path("application").path("type").asText().equals(slot.application());
  }
}
