package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.session.OwnMembershipEvent.StatusChanged;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/** One log line for each session event; key events are logged where they arise. */
final class SessionEventLog {
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private SessionEventLog() {}

  static void write(Logger log, CallContext context, SessionEvent event) {
    if (event instanceof SessionEvent.Started) {
      log.info("{} the session starts", context);
    } else if (event instanceof SessionEvent.Ended) {
      log.info("{} the session ends", context);
    } else if (event instanceof SessionEvent.MemberJoined joined) {
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
          line(ignored.event().sender()),
          ignored.event().reason(),
          ignored.event().detail());
    } else if (event instanceof SessionEvent.Own own) {
      writeOwn(log, context, own.event());
    } else if (event instanceof SessionEvent.IntentChanged changed) {
      log.debug("{} members agree on {}", context, changed.consensus());
    } else {
      writeNotice(log, context, event);
    }
  }

  private static void writeNotice(Logger log, CallContext context, SessionEvent event) {
    if (event instanceof SessionEvent.CallNotified notified) {
      log.info(
          "{} {} tells of the call in {}",
          context,
          line(notified.notification().sender()),
          notified.notification().eventId());
    } else if (event instanceof SessionEvent.RingEnded ended) {
      log.info("{} {} is over: {}", context, ended.notification().eventId(), ended.cause());
    } else if (event instanceof SessionEvent.CallDeclined declined) {
      log.info("{} {} declined the call", context, line(declined.userId()));
    } else if (event instanceof SessionEvent.NotificationSent sent) {
      log.info("{} told the room of the call in {}", context, sent.eventId());
    } else if (event instanceof SessionEvent.NotificationFailed failed) {
      log.warn("{} could not tell the room of the call: {}", context, failed.message());
    }
  }

  private static void writeOwn(Logger log, CallContext context, OwnMembershipEvent event) {
    if (event instanceof StatusChanged changed) {
      log.info("{} own membership {} -> {}", context, changed.from(), changed.to());
    } else if (event instanceof OwnMembershipEvent.DelayIdChanged changed) {
      log.debug("{} delayed leave {}", context, changed.id().isPresent() ? "scheduled" : "gone");
    } else {
      log.warn("{} own membership: {}", context, event);
    }
  }

  /** What others chose, without what would break a line. */
  private static String line(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }
}
