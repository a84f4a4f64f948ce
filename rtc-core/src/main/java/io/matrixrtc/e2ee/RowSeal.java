package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

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
  private static final int IV_BYTES = 12;
  private static final int CONTENT_AT = IV_AT + IV_BYTES;
  private static final int TAG_BYTES = 16;
  private static final String HMAC = "HmacSHA256";

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
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    byte[] sealed = new byte[content.length + OVERHEAD_BYTES];
    sealed[0] = VERSION;
    System.arraycopy(iv, 0, sealed, IV_AT, IV_BYTES);
    try {
      cipher(Cipher.ENCRYPT_MODE, sealed, kind, name)
          .doFinal(content, 0, content.length, sealed, CONTENT_AT);
      return Sealed.of(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail to encrypt", e);
    }
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
    try {
      return cipher(Cipher.DECRYPT_MODE, sealed, kind, name)
          .doFinal(sealed, CONTENT_AT, sealed.length - CONTENT_AT);
    } catch (AEADBadTagException e) {
      throw new CryptoStoreException.Unreadable(kind, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail otherwise", e);
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

  private Cipher cipher(int mode, byte[] sealed, String kind, String... name)
      throws GeneralSecurityException {
    byte[] derived = derive(kind, name);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(derived, "AES"),
          new GCMParameterSpec(8 * TAG_BYTES, sealed, IV_AT, IV_BYTES));
      cipher.updateAAD(sealed, 0, IV_AT);
      return cipher;
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private byte[] derive(String kind, String... name) {
    byte[] secret = key.copySecret();
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      update(mac, "io.matrixrtc.e2ee row");
      update(mac, kind);
      for (String part : name) {
        update(mac, part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** Each part with its length before it: no two names give the same bytes. */
  private static void update(Mac mac, String part) {
    byte[] bytes = part.getBytes(UTF_8);
    for (int shift = 24; shift >= 0; shift -= 8) {
      mac.update((byte) (bytes.length >>> shift));
    }
    mac.update(bytes);
  }
}
