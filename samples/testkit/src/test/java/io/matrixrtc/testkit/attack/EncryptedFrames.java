package io.matrixrtc.testkit.attack;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.time.Clock;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Frames of our own encryptor. */
public final class EncryptedFrames implements AutoCloseable {
  private final KeyRing ring;
  private final FrameEncryptor encryptor;

  /** Encrypts with the key that is {@code steps} ratchet steps after {@code material}. */
  public EncryptedFrames(byte[] material, int index, int steps) {
    ring = new KeyRing(KeyRingSettings.defaults(), new SplittableRandom(1), Clock.systemUTC());
    encryptor = new FrameEncryptor(ring);
    KeyIndex slot = new KeyIndex(index);
    try (MediaKey key = MediaKey.copyOf(material)) {
      ring.put(slot, key);
    }
    ring.use(slot);
    for (int step = 1; step <= steps; step++) {
      if (ring.advance(slot, 1) != step) {
        throw new AssertionError("the ring is not at step " + step);
      }
    }
  }

  /** An encrypted frame. */
  public byte[] encrypt(Codec codec, FrameType type, byte[] frame) {
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, frame.length)];
    FrameStatus status = encryptor.encrypt(codec, type, frame, 0, frame.length, out, 0);
    if (status != FrameStatus.OK) {
      throw new AssertionError("not encrypted: " + status);
    }
    return Arrays.copyOf(out, encryptor.outputLength());
  }

  @Override
  public void close() {
    ring.close();
  }
}
