package io.matrixrtc.livekit;

/** Whether a token service took over a delayed leave. */
public sealed interface DelegationOutcome {

  /** It did: it restarts the event while the participant is connected, and sends it after. */
  record Taken() implements DelegationOutcome {}

  /** It did not: the device must restart the event itself. */
  record NotTaken(TokenFailure failure) implements DelegationOutcome {}
}
