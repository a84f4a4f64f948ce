package io.matrixrtc.fuzz;

import java.util.List;

/**
 * A decoder with a bug on purpose, behind three bytes that no chance finds: shows that the harness
 * follows comparisons and reports what it finds.
 */
public final class PlantedBugTarget implements FuzzTarget {
  /** Reads a length and that many bytes, but trusts the length when the magic is right. */
  @Override
  public void run(byte[] input) {
    if (input.length < 4) {
      return;
    }
    byte[] out = new byte[16];
    boolean magic = input[0] == 'R' && input[1] == 'T' && input[2] == 'C';
    int length = magic ? input[3] & 0xFF : Math.min(input[3] & 0xFF, out.length);
    for (int i = 0; i < length; i++) {
      out[i] = 1;
    }
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(new byte[] {1, 2, 3, 4});
  }

  @Override
  public int maxBytes() {
    return 8;
  }
}
