package io.matrixrtc.media;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * An AES key that can be wiped, which the JDK's {@code SecretKeySpec} cannot. Made once for each
 * generation of a key, not for each frame. Readers take no lock.
 */
final class FrameKey implements SecretKey {
  @Serial private static final long serialVersionUID = 1L;

  private final transient byte[] bytes;
  private transient volatile boolean destroyed;

  private FrameKey(byte[] owned) {
    this.bytes = owned;
  }

  static FrameKey owning(byte[] bytes) {
    return new FrameKey(bytes);
  }

  @Override
  public String getAlgorithm() {
    return "AES";
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  /** A copy, or null once destroyed, which a {@code Cipher} reports as an invalid key. */
  @Override
  public byte @Nullable [] getEncoded() {
    byte[] copy = bytes.clone();
    // The flag is set before the bytes are wiped: a copy that saw a wiped byte also sees the flag.
    VarHandle.acquireFence();
    return destroyed ? null : copy;
  }

  @Override
  public void destroy() {
    destroyed = true;
    VarHandle.fullFence();
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }

  @Override
  public String toString() {
    return "FrameKey[" + bytes.length * Byte.SIZE + " bits]";
  }

  @Serial
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("a frame key is never written");
  }
}
