package io.matrixrtc.token.leave;

/** What a delegated leave wants done; its end comes back as an event. */
enum LeaveEffect {
  /** Restart the delayed event. */
  RESTART,
  /** Send it now. */
  SEND,
  /** Look whether the participant is at the SFU. */
  LOOK_UP,
  /** Nothing more will come; forget the job. */
  FINISHED
}
