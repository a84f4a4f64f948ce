package io.matrixrtc.testkit.relay;

/** Why a connection to the relay ended. */
public enum CloseReason {
  /** The client closed it, or its process ended. */
  LEFT,
  /** The client sent something that is not of the protocol. */
  MALFORMED,
  /** Another connection took the same identity. */
  DUPLICATE_IDENTITY,
  /** The client read nothing for too long while frames waited for it. */
  STALLED,
  /** A test cut it off. */
  CUT,
  /** The relay was closed. */
  RELAY_CLOSED,
  /** More connections than the relay's bound. */
  FULL
}
