package io.matrixrtc.benchmarks.call;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyRing;
import java.util.Arrays;

/** Encrypts audio frames of 100 bytes. Confined to the media thread. */
final class CallMouth {
  private static final int FRAME_BYTES = 100;

  private final String identity;
  private final FrameEncryptor encryptor;
  private final FrameBus bus;
  private final byte[] frame = new byte[FRAME_BYTES];
  private final byte[] out = new byte[FrameEncryptor.maxOutputBytes(Codec.AUDIO, FRAME_BYTES)];

  CallMouth(String identity, KeyRing ring, FrameBus bus) {
    this.identity = identity;
    this.encryptor = new FrameEncryptor(ring);
    this.bus = bus;
  }

  /** Sends the next frame, if there is a key for it and it is not held back. */
  void speak() {
    FrameStatus status =
        encryptor.encrypt(Codec.AUDIO, FrameType.KEY, frame, 0, FRAME_BYTES, out, 0);
    if (status == FrameStatus.OK) {
      bus.publish(identity, Arrays.copyOf(out, encryptor.outputLength()));
    }
  }
}
