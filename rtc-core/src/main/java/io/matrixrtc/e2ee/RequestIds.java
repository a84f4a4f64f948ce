package io.matrixrtc.e2ee;

import io.matrixrtc.olm.RandomSource;
import java.util.HexFormat;

/** Makes ids that no other client of this device has used: transaction ids, message ids. */
final class RequestIds {
  private static final int BYTES = 16;

  private final RandomSource random;

  RequestIds(RandomSource random) {
    this.random = random;
  }

  /** Returns 32 hexadecimal digits. */
  String next() {
    byte[] id = new byte[BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
