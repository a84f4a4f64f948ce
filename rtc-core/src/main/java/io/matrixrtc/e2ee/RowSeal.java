package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.cipher.AesGcm;
import io.matrixrtc.cipher.HmacSha256;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * Seals values of a store, each for the one row that it belongs to: the key of a row is HMAC-SHA256
 * of the row's name under the store key, so that a value which was copied to another row does not
 * open there (STORE-ROW).
 *
 * <pre>| version 1 | IV 12 | AES-256-GCM of the content | tag 16 |</pre>
 *
 * The IV is random; a row may be rewritten 2^32 times. Safe for many threads.
 */
public final class RowSeal {
  /** How much longer a sealed value is than its content. */
  public static final int OVERHEAD_BYTES = 29;

  private static final byte VERSION = 1;
  private static final int IV_AT = 1;
  private static final AesGcm.Layout LAYOUT = new AesGcm.Layout(IV_AT, IV_AT + AesGcm.IV_BYTES);

  private final StateKey key;
  private final RandomSource random;

  /** Borrows the key, which must stay open while this is used. */
  public RowSeal(StateKey key, RandomSource random) {
    this.key = key;
    this.random = random;
  }

  /**
   * Returns {@code content}, sealed for a row.
   *
   * @param kind what the rows of its table are, for example {@code inbox event}
   * @param name what tells the row from others of its kind, in order
   */
  public Sealed seal(byte[] content, String kind, String... name) {
    byte[] iv = new byte[AesGcm.IV_BYTES];
    random.nextBytes(iv);
    byte[] sealed = new byte[content.length + OVERHEAD_BYTES];
    sealed[0] = VERSION;
    System.arraycopy(iv, 0, sealed, IV_AT, AesGcm.IV_BYTES);
    byte[] derived = derive(kind, name);
    AesGcm.encrypt(derived, iv, 0, content, sealed, LAYOUT);
    Arrays.fill(derived, (byte) 0);
    return Sealed.of(sealed);
  }

  /**
   * Returns the content of a value that was sealed for this row.
   *
   * @throws CryptoStoreException.Unreadable if it was sealed for another row or under another key,
   *     or was altered
   */
  public byte[] open(Sealed value, String kind, String... name)
      throws CryptoStoreException.Unreadable {
    byte[] sealed = value.toBytes();
    if (sealed.length < OVERHEAD_BYTES || sealed[0] != VERSION) {
      throw new CryptoStoreException.Unreadable(kind, new AEADBadTagException("no sealed value"));
    }
    byte[] derived = derive(kind, name);
    try {
      return AesGcm.decrypt(derived, sealed, IV_AT, sealed, LAYOUT);
    } catch (AEADBadTagException e) {
      throw new CryptoStoreException.Unreadable(kind, e);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  /** Returns the key of one row, for a state that seals itself. The caller closes it. */
  StateKey rowKey(String kind, String... name) {
    byte[] derived = derive(kind, name);
    try {
      return StateKey.copyOf(derived);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  /** Each part has its length before it: no two names give the same bytes. */
  private byte[] derive(String kind, String... name) {
    ByteArrayOutputStream message = new ByteArrayOutputStream(256);
    add(message, "io.matrixrtc.e2ee row");
    add(message, kind);
    for (String part : name) {
      add(message, part);
    }
    byte[] secret = key.copySecret();
    try {
      return HmacSha256.of(secret, message.toByteArray());
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static void add(ByteArrayOutputStream message, String part) {
    byte[] bytes = part.getBytes(UTF_8);
    for (int shift = 24; shift >= 0; shift -= 8) {
      message.write(bytes.length >>> shift);
    }
    message.writeBytes(bytes);
  }
}
