package io.matrixrtc.media;

import java.io.Serial;

/** A data packet that could not be encrypted or decrypted; {@link #reason} tells what to do. */
public final class DataPacketException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The bytes are no encrypted packet, or out of bounds: drop it. */
    MALFORMED,
    /** There is no key to send with, or at the packet's index: wait for one. */
    NO_KEY,
    /** No key that may be tried opens it: drop it. */
    NOT_AUTHENTIC,
    /** The key has been used as often as it may: use another. */
    KEY_EXHAUSTED,
    /** The {@link SendGate} keeps it back, or the sender is no member: try later. */
    HELD
  }

  private final Reason reason;

  DataPacketException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What the caller can act upon. */
  public Reason reason() {
    return reason;
  }
}
