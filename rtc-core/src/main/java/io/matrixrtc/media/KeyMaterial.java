package io.matrixrtc.media;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.security.auth.Destroyable;

/**
 * Secret bytes together with the function that derives keys from them: what sits in a key ring's
 * slot. For a call with one key per member use {@link MediaKey}; this is for the rest: a password
 * that all share, or the raw PBKDF2 keys of native SDKs. Any length. Safe for many threads.
 */
public final class KeyMaterial implements Destroyable, AutoCloseable {
  private final KeyDerivation derivation;
  private final byte[] bytes;
  private boolean destroyed;

  private KeyMaterial(KeyDerivation derivation, byte[] owned) {
    this.derivation = derivation;
    this.bytes = owned;
  }

  /** Material holding a copy of {@code bytes}. */
  public static KeyMaterial copyOf(KeyDerivation derivation, byte[] bytes) {
    return new KeyMaterial(derivation, bytes.clone());
  }

  /** The material of a member's key: HKDF. */
  public static KeyMaterial of(MediaKey key) {
    return new KeyMaterial(KeyDerivation.HKDF, key.copyMaterial());
  }

  /** A passphrase as livekit-client takes it: its UTF-8 bytes, not normalised; PBKDF2. */
  public static KeyMaterial ofPassphrase(String passphrase) {
    return new KeyMaterial(KeyDerivation.PBKDF2, passphrase.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The material one generation on: 32 bytes, by the same function.
   *
   * @throws IllegalStateException if destroyed
   */
  public KeyMaterial next(byte[] salt) {
    return new KeyMaterial(derivation, derive(salt, KeyDerivation.BLOCK_BYTES));
  }

  /** A copy with a life of its own. @throws IllegalStateException if destroyed */
  KeyMaterial copy() {
    return new KeyMaterial(derivation, copyBytes());
  }

  /** The bytes as a media key. @throws IllegalStateException if destroyed, or of another length */
  MediaKey toMediaKey() {
    byte[] copy = copyBytes();
    try {
      if (copy.length < MediaKey.MIN_BYTES || copy.length > MediaKey.MAX_BYTES) {
        throw new IllegalStateException("material of " + copy.length + " bytes is no media key");
      }
      return MediaKey.copyOf(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** The AES key of this generation: {@code keyBits} is 128 or 256. */
  FrameKey frameKey(byte[] salt, int keyBits) {
    return FrameKey.owning(derive(salt, keyBits / Byte.SIZE));
  }

  /** A fresh copy, which the caller must zero. @throws IllegalStateException if destroyed */
  public synchronized byte[] copyBytes() {
    if (destroyed) {
      throw new IllegalStateException("key material is destroyed");
    }
    return bytes.clone();
  }

  /** Compares function and bytes, the bytes in constant time; a destroyed one equals none. */
  public boolean sameMaterial(KeyMaterial other) {
    if (isDestroyed() || other.isDestroyed() || derivation != other.derivation) {
      return false;
    }
    byte[] mine = copyBytes();
    byte[] theirs = other.copyBytes();
    try {
      return MessageDigest.isEqual(mine, theirs);
    } finally {
      Arrays.fill(mine, (byte) 0);
      Arrays.fill(theirs, (byte) 0);
    }
  }

  private byte[] derive(byte[] salt, int lengthBytes) {
    byte[] input = copyBytes();
    try {
      return derivation.derive(input, salt, lengthBytes);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  @Override
  public synchronized void destroy() {
    Arrays.fill(bytes, (byte) 0);
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
    return "KeyMaterial[" + derivation + ", " + bytes.length + " bytes]";
  }
}
