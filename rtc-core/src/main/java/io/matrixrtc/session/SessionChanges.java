package io.matrixrtc.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an app is told when the list of members changed, in order. */
final class SessionChanges {
  private SessionChanges() {}

  static List<SessionEvent> between(List<Membership> before, List<Membership> after) {
    List<SessionEvent> events = new ArrayList<>();
    if (before.isEmpty() && !after.isEmpty()) {
      events.add(new SessionEvent.Started());
    }
    events.addAll(MemberChanges.between(before, after));
    Optional<String> intent = SessionSnapshot.consensus(after);
    if (!intent.equals(SessionSnapshot.consensus(before))) {
      events.add(new SessionEvent.IntentChanged(intent));
    }
    if (!before.isEmpty() && after.isEmpty()) {
      events.add(new SessionEvent.Ended());
    }
    return events;
  }
}
