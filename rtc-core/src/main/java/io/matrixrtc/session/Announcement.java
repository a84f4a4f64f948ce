package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether this device tells the room of the call: once, when its membership is the first in
 * a call where nobody was (RS-20, RS-21).
 */
final class Announcement {
  private final DeviceAddress own;
  private @Nullable JoinRequest pending;

  Announcement(DeviceAddress own) {
    this.own = own;
  }

  /** This device joins. */
  void joining(JoinRequest request, List<Membership> present) {
    pending = present.isEmpty() ? request : null;
  }

  /** This device leaves. */
  void leaving() {
    pending = null;
  }

  /** The list changed: what to announce now, referring to which membership. */
  Optional<Due> on(List<Membership> before, List<Membership> after) {
    JoinRequest request = pending;
    if (request == null || after.isEmpty()) {
      return Optional.empty();
    }
    pending = null;
    Membership first = after.get(0);
    return before.isEmpty() && first.device().equals(own)
        ? request.notification().map(what -> new Due(what, first.eventId(), request.intent()))
        : Optional.empty();
  }

  /** What to announce. */
  record Due(NotificationRequest what, String memberEventId, Optional<String> intent) {}
}
