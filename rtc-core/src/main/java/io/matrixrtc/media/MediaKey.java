package io.matrixrtc.media;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * The secret that one call member encrypts its media with: the material which is distributed, from
 * which frame keys are derived, and which the ratchet advances. Safe for many threads; {@link
 * #destroy} wipes it.
 */
public final class MediaKey implements Destroyable, AutoCloseable {
  /** The shortest material that is accepted, in bytes. */
  public static final int MIN_BYTES = 16;

  /** The longest material that is accepted, in bytes. */
  public static final int MAX_BYTES = 64;

  private static final int FINGERPRINT_BYTES = 6;

  private final byte[] material;
  private final String fingerprint;
  private boolean destroyed;
  private @Nullable FrameNumbers frameNumbers;

  private MediaKey(byte[] owned) {
    this.material = owned;
    this.fingerprint = fingerprintOf(owned);
  }

  /**
   * Returns a key holding a copy of {@code material}; the caller still owns, and should zero, it.
   *
   * @throws IllegalArgumentException if it is shorter than {@value #MIN_BYTES} or longer than
   *     {@value #MAX_BYTES} bytes
   */
  public static MediaKey copyOf(byte[] material) {
    checkLength(material.length);
    return new MediaKey(material.clone());
  }

  /**
   * Returns a new key of {@code lengthBytes} bytes drawn from {@code random}: a {@link
   * java.security.SecureRandom} wherever the key protects anything.
   *
   * @throws IllegalArgumentException if the length is outside {@value #MIN_BYTES} to {@value
   *     #MAX_BYTES}
   */
  public static MediaKey generate(RandomGenerator random, int lengthBytes) {
    checkLength(lengthBytes);
    byte[] material = new byte[lengthBytes];
    random.nextBytes(material);
    return new MediaKey(material);
  }

  /** Returns a new key of {@value #MIN_BYTES} bytes, the length that Element Call sends. */
  public static MediaKey generate(RandomGenerator random) {
    return generate(random, MIN_BYTES);
  }

  /**
   * Returns a fresh copy, which the caller must zero.
   *
   * @throws IllegalStateException if the key is destroyed
   */
  public synchronized byte[] copyMaterial() {
    if (destroyed) {
      throw new IllegalStateException("media key " + fingerprint + " is destroyed");
    }
    return material.clone();
  }

  /** The length of the material in bytes, {@value #MIN_BYTES} to {@value #MAX_BYTES}. */
  public int lengthBytes() {
    return material.length;
  }

  /**
   * A short name of the key for logs and reports: 12 hex digits of a labelled SHA-256. It tells two
   * keys apart and says nothing useful about the material, which has at least 128 bits.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** Compares the material in constant time. A destroyed key is the same as none. */
  public boolean sameMaterial(MediaKey other) {
    if (isDestroyed() || other.isDestroyed()) {
      return false;
    }
    byte[] mine = copyMaterial();
    byte[] theirs = other.copyMaterial();
    try {
      return MessageDigest.isEqual(mine, theirs);
    } finally {
      Arrays.fill(mine, (byte) 0);
      Arrays.fill(theirs, (byte) 0);
    }
  }

  /** The IVs of this key: the same object for every ring that the key is put into (KEY-IV). */
  synchronized FrameNumbers frameNumbers(RandomGenerator random) {
    if (frameNumbers == null) {
      frameNumbers = new FrameNumbers(random);
    }
    return frameNumbers;
  }

  @Override
  public synchronized void destroy() {
    Arrays.fill(material, (byte) 0);
    destroyed = true;
  }

  @Override
  public synchronized boolean isDestroyed() {
    return destroyed;
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "MediaKey[" + fingerprint + ", " + material.length + " bytes]";
  }

  private static void checkLength(int lengthBytes) {
    if (lengthBytes < MIN_BYTES || lengthBytes > MAX_BYTES) {
      throw new IllegalArgumentException("media key: want 16..64 bytes, got " + lengthBytes);
    }
  }

  private static String fingerprintOf(byte[] material) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(new byte[] {'m', 'e', 'd', 'i', 'a', ' ', 'k', 'e', 'y', 0});
      return HexFormat.of().formatHex(sha256.digest(material), 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
