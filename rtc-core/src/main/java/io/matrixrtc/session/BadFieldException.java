package io.matrixrtc.session;

import io.matrixrtc.session.MembershipReading.IgnoreReason;
import io.matrixrtc.session.MembershipReading.Ignored;

/** A field that keeps an event from counting. */
final class BadFieldException extends Exception {
  private static final long serialVersionUID = 1;
  private final IgnoreReason reason;
  private final String field;

  BadFieldException(IgnoreReason reason, String field) {
    super(field, null, false, false);
    this.reason = reason;
    this.field = field;
  }

  /** What it makes of the event. */
  Ignored ignored() {
    return new Ignored(reason, field);
  }
}
