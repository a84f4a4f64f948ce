package io.matrixrtc.session;

/** The wire generations of memberships. Nothing negotiates them: all are read side by side. */
public enum MembershipForm {
  /** State event {@value CallMemberEvent#TYPE}: what Element Call sends by default. */
  STATE,
  /** Sticky event with {@code rtc_transports}: matrix-js-sdk 39.1 to 42.0. */
  STICKY_2025,
  /** Sticky event with {@code transports}: matrix-js-sdk from 42.1. */
  STICKY_2026,
  /** Sticky event of the newest MSC4143 text, which names no user and no device. A draft. */
  STICKY_DRAFT;

  /** Whether it is carried by a sticky event. */
  public boolean isSticky() {
    return this != STATE;
  }
}
