package io.matrixrtc.fuzz;

import java.util.List;

/**
 * A decoder with what must hold for any bytes that it is given. Has a public constructor without
 * arguments. Deterministic: what an input does must not depend on earlier ones.
 */
public interface FuzzTarget {
  /**
   * Decodes {@code input} and checks all that must hold. The decoder's own typed errors are caught
   * here; whatever is thrown is a finding.
   */
  void run(byte[] input) throws Exception;

  /** Valid inputs, and what else is worth starting from. */
  List<byte[]> seeds() throws Exception;

  /** The longest input that is tried. */
  default int maxBytes() {
    return 1024;
  }

  /** How many bytes decoding an input of this length may allocate. */
  default long maxAllocation(int inputLength) {
    return 4_000_000 + 2_000L * inputLength;
  }
}
