package io.matrixrtc.testkit.relay;

import java.util.List;

/** Tapes of calls that never were. */
public final class Tapes {
  private Tapes() {}

  /** A tape with these frames and no connections. */
  public static Tape of(List<RelayedFrame> frames) {
    Tape tape = new Tape(Tape.DEFAULT_MAX_BYTES);
    frames.forEach(tape::record);
    return tape;
  }
}
