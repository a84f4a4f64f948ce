package io.matrixrtc.widget.drivers;

import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.RoomView.Encryption;
import java.util.Set;

/**
 * Message-like events that go out in the clear in encrypted rooms, since servers or clients that
 * lack the key must read them: reactions, and call memberships, which say no more than the state
 * events that they replace. Delayed and sticky events cannot be encrypted here, so others are not
 * sent (SEND-CLEAR).
 */
final class ClearEvents {
  static final String WHY_NOT = "in an encrypted room this cannot be sent encrypted";

  private static final Set<String> TYPES =
      Set.of("m.reaction", "org.matrix.msc4143.rtc.member", "m.rtc.member");

  private ClearEvents() {}

  static boolean contains(String type) {
    return TYPES.contains(type);
  }

  /** Whether sending it as it is would show what the room keeps secret. */
  static boolean wouldLeak(RoomStates states, EventDriver.Send event) {
    return event.stateKey().isEmpty()
        && !contains(event.type())
        && states.encryption(event.roomId()) != Encryption.CLEAR;
  }
}
