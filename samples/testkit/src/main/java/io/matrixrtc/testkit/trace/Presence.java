package io.matrixrtc.testkit.trace;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A change of a participant's place in the call. */
public enum Presence {
  @JsonProperty("joined")
  JOINED,
  /** Was there before, left, and is back. */
  @JsonProperty("rejoined")
  REJOINED,
  @JsonProperty("left")
  LEFT,
  /** Its membership ended without its doing: expired, or the server's dead-man leave fired. */
  @JsonProperty("lost")
  LOST,
  @JsonProperty("muted")
  MUTED,
  @JsonProperty("unmuted")
  UNMUTED
}
