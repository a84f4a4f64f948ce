package io.matrixrtc.backup.keyfile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;

/** Writes a body as Element Web does: lines of 128 characters, a line end after the last. */
final class ArmourOutput {
  private static final int LINE_BYTES = 96;

  private final OutputStream text;
  private final byte[] line = new byte[LINE_BYTES];
  private int filled;

  ArmourOutput(OutputStream text) throws IOException {
    this.text = text;
    text.write((Armour.HEADER + "\n").getBytes(US_ASCII));
  }

  void write(byte[] bytes) throws IOException {
    int done = 0;
    while (done < bytes.length) {
      int take = Math.min(LINE_BYTES - filled, bytes.length - done);
      System.arraycopy(bytes, done, line, filled, take);
      filled += take;
      done += take;
      if (filled == LINE_BYTES) {
        flushLine();
      }
    }
  }

  void finish() throws IOException {
    if (filled > 0) {
      flushLine();
    }
    text.write((Armour.FOOTER + "\n").getBytes(US_ASCII));
    text.flush();
  }

  private void flushLine() throws IOException {
    text.write(Base64.getEncoder().encode(Arrays.copyOf(line, filled)));
    text.write('\n');
    filled = 0;
  }
}
