package io.matrixrtc.token.leave;

import io.matrixrtc.token.federation.DelayedEventResult;

/** What happens to a delegated leave. */
sealed interface LeaveEvent {

  /** Time went on. */
  record Tick() implements LeaveEvent {}

  /** The SFU says that the participant joined. */
  record Joined() implements LeaveEvent {}

  /**
   * The SFU says that the participant left.
   *
   * @param intended whether the client said so itself
   */
  record Left(boolean intended) implements LeaveEvent {}

  /** What a look at the SFU showed. */
  enum Presence {
    PRESENT,
    ABSENT,
    /** The SFU did not tell. */
    UNKNOWN
  }

  /** A look at the SFU ended. */
  record Looked(Presence presence) implements LeaveEvent {}

  /** A restart ended. */
  record Restarted(DelayedEventResult result) implements LeaveEvent {}

  /** A send ended. */
  record Sent(DelayedEventResult result) implements LeaveEvent {}
}
