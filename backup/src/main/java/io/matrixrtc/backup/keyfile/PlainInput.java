package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.cipher.AesCtr;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/** The plain text of a key file whose MAC was right when it was read before. */
final class PlainInput extends InputStream {
  private final BodyInput body;
  private final Cipher cipher;
  private final Mac mac;
  private byte[] chunk = new byte[0];
  private int at;

  PlainInput(BodyInput body, FileKeys keys) {
    this.body = body;
    this.cipher = AesCtr.start(keys.aesKey(), keys.iv());
    this.mac = keys.startMac();
  }

  byte[] front() {
    return body.front();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == chunk.length && !fill()) {
      return -1;
    }
    int take = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, into, offset, take);
    at += take;
    return take;
  }

  private boolean fill() throws IOException {
    byte[] ciphertext;
    try {
      ciphertext = body.next();
    } catch (KeyFileException e) {
      throw new IOException("key file: changed while it was read", e);
    }
    if (ciphertext.length == 0) {
      return false;
    }
    mac.update(ciphertext);
    Arrays.fill(chunk, (byte) 0);
    byte[] opened = cipher.update(ciphertext);
    chunk = opened == null ? new byte[0] : opened;
    at = 0;
    return chunk.length > 0 || fill();
  }

  /** Checks at the end that what was read now is what was read before. */
  void checkWhole() throws IOException {
    while (fill()) {
      at = chunk.length;
    }
    if (!MessageDigest.isEqual(mac.doFinal(), body.mac())) {
      throw new IOException("key file: changed while it was read");
    }
  }

  @Override
  public void close() {
    Arrays.fill(chunk, (byte) 0);
  }
}
