package io.matrixrtc.interop;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import java.util.Arrays;
import java.util.Base64;

/**
 * An encoded frame, encrypted or not.
 *
 * @param timestamp of RTP, in ticks of the codec's clock
 * @param type ignored for audio
 */
record EncodedFrame(byte[] data, long timestamp, Codec codec, FrameType type) {

  String base64() {
    return Base64.getEncoder().encodeToString(data);
  }

  /** The same frame with other bytes. */
  EncodedFrame with(byte[] other) {
    return new EncodedFrame(other, timestamp, codec, type);
  }

  /** Encrypts it. */
  EncodedFrame sealed(FrameEncryptor encryptor) {
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, data.length)];
    FrameStatus status = encryptor.encrypt(codec, type, data, 0, data.length, out, 0);
    if (status != FrameStatus.OK) {
      throw new AssertionError("a frame was not encrypted: " + status);
    }
    return with(Arrays.copyOf(out, encryptor.outputLength()));
  }

  /** Decrypts it. */
  EncodedFrame opened(FrameDecryptor decryptor) {
    byte[] out = new byte[data.length];
    FrameStatus status = decryptor.decrypt(codec, type, data, 0, data.length, out, 0);
    if (status != FrameStatus.OK) {
      throw new AssertionError("a frame was not decrypted: " + status);
    }
    return with(Arrays.copyOf(out, decryptor.outputLength()));
  }

  /** What comes of decrypting it. */
  FrameStatus tried(FrameDecryptor decryptor) {
    return decryptor.decrypt(codec, type, data, 0, data.length, new byte[data.length], 0);
  }
}
