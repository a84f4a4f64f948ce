package io.matrixrtc.examples;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;

/** Encrypts one frame as Element Call would, and decrypts it. */
public final class EncryptOneFrame {
  private EncryptOneFrame() {}

  /** Returns what the receiver gets. */
  public static byte[] send(byte[] frame) {
    SecureRandom random = new SecureRandom();
    try (MediaKey key = MediaKey.generate(random);
        KeyRing sender = new KeyRing(KeyRingSettings.defaults(), random, Clock.systemUTC());
        KeyRing receiver = new KeyRing(KeyRingSettings.defaults(), random, Clock.systemUTC())) {
      KeyIndex index = new KeyIndex(0);
      sender.put(index, key);
      sender.use(index);
      receiver.put(index, key); // in a call, the key travels by Olm

      FrameEncryptor encryptor = new FrameEncryptor(sender); // one for each track
      byte[] wire = new byte[FrameEncryptor.maxOutputBytes(Codec.VP8, frame.length)];
      encryptor.encrypt(Codec.VP8, FrameType.KEY, frame, 0, frame.length, wire, 0);

      FrameDecryptor decryptor = new FrameDecryptor(receiver);
      byte[] opened = new byte[wire.length];
      FrameStatus status =
          decryptor.decrypt(Codec.VP8, FrameType.KEY, wire, 0, encryptor.outputLength(), opened, 0);
      if (status != FrameStatus.OK) {
        throw new IllegalStateException("not decrypted: " + status);
      }
      return Arrays.copyOf(opened, decryptor.outputLength());
    }
  }

  public static void main(String[] arguments) {
    System.out.println(send(new byte[100]).length + " bytes arrived");
  }
}
