package io.matrixrtc.token.leave;

/** Where a delegated leave stands. */
enum LeaveState {
  /** The participant has not been seen at the SFU yet. */
  WAITING,
  /** The participant is there: the event is restarted again and again. */
  CONNECTED,
  /** The participant is gone: the event is sent. */
  DISCONNECTED,
  /** Done, or given up: the homeserver sends the event itself if it still has it. */
  ENDED
}
