package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.keyfile.KeyFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The bytes of a key file between its front and its MAC, which are not known to end until then. */
final class BodyInput {
  private static final int MAC_BYTES = 32;
  private static final int CHUNK_BYTES = 8_192;

  private final ArmourInput armour;
  private final byte[] front = new byte[FileKeys.FRONT_BYTES];
  private byte[] held = new byte[0];

  /** Reads the front, and as much as the shortest file has. */
  BodyInput(InputStream text) throws IOException, KeyFileException {
    this.armour = new ArmourInput(text);
    int got = armour.read(front);
    byte[] first = new byte[MAC_BYTES];
    int more = got < front.length ? 0 : armour.read(first);
    if (more < first.length) {
      throw new KeyFileException(Reason.LENGTH); // FILE-LENGTH
    }
    held = first;
  }

  byte[] front() {
    return front.clone();
  }

  /** The next bytes of ciphertext; none at the end. */
  byte[] next() throws IOException, KeyFileException {
    byte[] chunk = new byte[MAC_BYTES + CHUNK_BYTES];
    System.arraycopy(held, 0, chunk, 0, MAC_BYTES);
    byte[] more = new byte[CHUNK_BYTES];
    int got = armour.read(more);
    System.arraycopy(more, 0, chunk, MAC_BYTES, got);
    held = Arrays.copyOfRange(chunk, got, got + MAC_BYTES);
    return Arrays.copyOf(chunk, got);
  }

  /** The last 32 bytes of the file, once {@link #next} has returned nothing. */
  byte[] mac() {
    return held.clone();
  }
}
