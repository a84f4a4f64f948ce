package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.session.OwnMembershipEvent.StatusChanged;
import org.slf4j.Logger;

/** One log line for each session event; key events are logged where they arise. */
final class SessionEventLog {
  private SessionEventLog() {}

  static void write(Logger log, CallContext context, SessionEvent event) {
    if (event instanceof SessionEvent.MemberJoined joined) {
      log.info("{} {} joined", context, joined.member().callMember());
    } else if (event instanceof SessionEvent.MemberLeft left) {
      log.info("{} {} left", context, left.member().callMember());
    } else if (event instanceof SessionEvent.MemberRejoined again) {
      log.info("{} {} re-joined", context, again.after().callMember());
    } else if (event instanceof SessionEvent.MemberUpdated updated) {
      log.debug("{} {} updated its membership", context, updated.after().callMember());
    } else if (event instanceof SessionEvent.MemberIgnored ignored) {
      log.debug(
          "{} member event {} of {} ignored: {} ({})",
          context,
          ignored.event().eventId(),
          ignored.event().sender(),
          ignored.event().reason(),
          ignored.event().detail());
    } else if (event instanceof SessionEvent.Own own) {
      writeOwn(log, context, own.event());
    }
  }

  private static void writeOwn(Logger log, CallContext context, OwnMembershipEvent event) {
    if (event instanceof StatusChanged changed) {
      log.info("{} own membership {} -> {}", context, changed.from(), changed.to());
    } else {
      log.warn("{} own membership: {}", context, event);
    }
  }
}
