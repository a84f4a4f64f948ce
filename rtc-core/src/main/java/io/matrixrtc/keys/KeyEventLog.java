package io.matrixrtc.keys;

import org.slf4j.Logger;

/** One log line for each key event. */
final class KeyEventLog {
  private KeyEventLog() {}

  static void write(Logger log, CallContext context, KeyEvent event) {
    if (event instanceof KeyEvent.OfferAnswered) {
      return; // who was served, and who was not, is told besides
    }
    if (event instanceof KeyEvent.RotationStarted made) {
      log.info(
          "{} key {} made ({}), offered to {}",
          context,
          made.index(),
          made.cause(),
          made.recipients());
    } else if (event instanceof KeyEvent.OwnKeyUsed used) {
      log.info("{} key {} in use", context, used.index());
    } else if (event instanceof KeyEvent.RotationOwed owed) {
      log.warn("{} key {} reached nobody, the old key stays in use", context, owed.index());
    } else if (event instanceof KeyEvent.KeyServed served) {
      log.debug("{} key {} served to {}", context, served.index(), served.members());
    } else if (event instanceof KeyEvent.MemberBarred barred) {
      log.warn("{} {} is given no key: {}", context, barred.member(), barred.reason());
    } else if (event instanceof KeyEvent.MemberAdmitted admitted) {
      log.info("{} {} may be given keys now", context, admitted.member());
    } else if (event instanceof KeyEvent.HoldStarted) {
      log.info("{} media is held until a new key is delivered", context);
    } else if (event instanceof KeyEvent.HoldEnded ended) {
      log.info("{} media was held for {} ms", context, ended.took().toMillis());
    } else if (event instanceof KeyEvent.RemoteKeyMissing missing && !missing.framesWait()) {
      log.debug(
          "{} no key of {} after {} ms", context, missing.member(), missing.after().toMillis());
    } else if (event instanceof KeyEvent.RemoteKeyMissing missing) {
      log.warn(
          "{} frames of {} have no key for {} ms",
          context,
          missing.member(),
          missing.after().toMillis());
    } else if (event instanceof KeyEvent.RemoteKeyLate late) {
      log.info(
          "{} key {} of {} came {} ms late",
          context,
          late.index(),
          late.member(),
          late.after().toMillis());
    } else if (event instanceof KeyEvent.OwnKeyAdvanced advanced) {
      log.info("{} key {} advanced to {}", context, advanced.index(), advanced.generation());
    } else if (event instanceof KeyEvent.ViewStale stale) {
      log.warn("{} no sync since {}: people may have left", context, stale.lastSync());
    } else if (event instanceof KeyEvent.ViewMended) {
      log.info("{} syncs succeed again", context);
    } else if (event instanceof KeyEvent.RotationOverdue overdue) {
      log.warn("{} a new key is due since {}", context, overdue.since());
    } else if (event instanceof KeyEvent.KeyNotServed failed) {
      log.warn(
          "{} key {} not served to {}: {} ({})",
          context,
          failed.index(),
          failed.member(),
          failed.failure().reason(),
          failed.failure().detail());
    } else if (event instanceof KeyEvent.RemoteKeyReceived received) {
      log.info(
          "{} key {} of {} received by {}",
          context,
          received.index(),
          received.member(),
          received.way());
    } else if (event instanceof KeyEvent.WayChanged changed) {
      log.warn(
          "{} keys go to {} by {} now: {}",
          context,
          changed.devices(),
          changed.way(),
          changed.reason());
    } else if (event instanceof KeyEvent.KeyRefused refused
        && refused.refusal() instanceof KeyRefusal.WrongRoom) {
      log.debug("{} key for another room", context);
    } else if (event instanceof KeyEvent.KeyRefused refused) {
      log.warn("{} key refused: {}", context, refused.refusal());
    } else if (event instanceof KeyEvent.EarlyKeyHeld held) {
      log.debug("{} key {} of {} held, not a member", context, held.index(), held.device());
    } else if (event instanceof KeyEvent.EarlyKeyDropped dropped) {
      log.warn(
          "{} held key {} of {} dropped: {}",
          context,
          dropped.index(),
          dropped.device(),
          dropped.cause());
    } else {
      throw new IllegalStateException("unknown key event");
    }
  }
}
