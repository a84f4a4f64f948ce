package io.matrixrtc.backup.keyfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.cipher.AesCtr;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * Writes room keys to a key file as they come, in bounded memory (FILE-STREAM). Not thread-safe.
 * The file is good only once {@link #finish} was called.
 *
 * <p>Source: Matrix specification, "Key exports".
 */
public final class KeyFileWriter implements AutoCloseable {
  /** Rounds of key derivation in new files. */
  public static final int ROUNDS = 500_000;

  private final ArmourOutput out;
  private final FileKeys keys;
  private final Cipher cipher;
  private final Mac mac;
  private long written;
  private boolean finished;

  /**
   * Starts a file. Takes a second or so.
   *
   * @param text gets the file, and should be buffered; stays the caller's to close
   * @throws IllegalArgumentException if {@code passphrase} is empty (FILE-PASSPHRASE)
   */
  public KeyFileWriter(OutputStream text, String passphrase, RandomSource random)
      throws IOException {
    this(text, passphrase, random, ROUNDS);
  }

  KeyFileWriter(OutputStream text, String passphrase, RandomSource random, int rounds)
      throws IOException {
    if (passphrase.isEmpty()) {
      throw new IllegalArgumentException("key file: empty passphrase");
    }
    byte[] salt = new byte[FileKeys.SALT_BYTES];
    random.nextBytes(salt);
    byte[] iv = AesCtr.newIv(random); // CTR-BIT63
    this.keys = FileKeys.derive(FileKeys.front(salt, iv, rounds), passphrase);
    this.cipher = AesCtr.start(keys.aesKey(), iv);
    this.mac = keys.startMac();
    this.out = new ArmourOutput(text);
    out.write(keys.front());
  }

  /** Adds a key, which stays the caller's. */
  public void write(ExportedRoomKey key) throws IOException {
    byte[] json = ((written == 0 ? "[" : ",") + key.toFileJson()).getBytes(UTF_8);
    encrypt(json);
    Arrays.fill(json, (byte) 0);
    written++;
  }

  /** How many keys were added. */
  public long written() {
    return written;
  }

  /** Ends the file; nothing can be added any more. */
  public void finish() throws IOException {
    encrypt((written == 0 ? "[]" : "]").getBytes(UTF_8));
    finished = true;
    out.write(mac.doFinal());
    out.finish();
  }

  private void encrypt(byte[] plaintext) throws IOException {
    if (finished) {
      throw new IllegalStateException("key file: finished");
    }
    byte[] ciphertext = cipher.update(plaintext);
    if (ciphertext != null) {
      mac.update(ciphertext);
      out.write(ciphertext);
    }
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    keys.close();
  }
}
