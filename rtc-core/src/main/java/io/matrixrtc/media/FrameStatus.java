package io.matrixrtc.media;

/**
 * What became of one frame. Loss is normal on media, so these are values, not exceptions. Only with
 * {@link #hasOutput} may the output be used.
 */
public enum FrameStatus {
  /** Encrypted, or decrypted and authentic. */
  OK(true),
  /** An empty frame, or a frame of a track that is explicitly unencrypted: copied as it was. */
  PASSED_THROUGH(true),
  /** A blank frame that the SFU made (mute, close) and that is on the list of known ones. */
  SERVER_BLANK(true),

  /** The SFU's trailer is there, but the payload is none of the known blank frames. */
  SERVER_INJECTED(false),
  /** Shorter than its clear bytes, or than clear bytes, tag and trailer together. */
  TOO_SHORT(false),
  /** The trailer does not say that the IV has 12 bytes. */
  BAD_TRAILER(false),
  /** There is no key at the index, or none to send with. */
  NO_KEY(false),
  /** No key that may be tried opens the frame. */
  NOT_AUTHENTIC(false),
  /**
   * Too many failures at this index: nothing is tried until a new key comes. Only in {@link
   * TrialMode#ONE_STEP}.
   */
  KEY_INVALID(false),
  /** AV1. */
  UNSUPPORTED_CODEC(false),
  /**
   * Whatever the IV, receivers would take other bytes for the clear header than the sender: an
   * H.264 or H.265 frame that no encoder makes, such as a slice of three bytes.
   */
  AMBIGUOUS_HEADER(false),
  /** The key has encrypted as many frames as it may: use another key. */
  KEY_EXHAUSTED(false),
  /** Whether the track is encrypted is not known. */
  PROTECTION_UNKNOWN(false),
  /** The {@link SendGate} keeps the frame back. */
  HELD(false),
  /** The sender is no member at the moment. */
  SENDER_SUSPENDED(false),
  /** The output array has too little room behind the offset. */
  OUTPUT_TOO_SMALL(false);

  private final boolean hasOutput;

  FrameStatus(boolean hasOutput) {
    this.hasOutput = hasOutput;
  }

  /** Whether there is a frame to pass on; if not, the frame is lost. */
  public boolean hasOutput() {
    return hasOutput;
  }
}
