package io.matrixrtc.benchmarks.call;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Decrypts the frames of all others. Frames come on one thread, keys on another. */
final class CallEar implements FrameBus.Ear {
  private final SecureRandom random;
  private final Map<String, Sender> senders = new ConcurrentHashMap<>();

  CallEar(SecureRandom random) {
    this.random = random;
  }

  void key(String sender, KeyIndex index, MediaKey key) {
    of(sender).ring.put(index, key);
  }

  void left(String sender) {
    Sender gone = senders.remove(sender);
    if (gone != null) {
      gone.ring.close();
    }
  }

  void close() {
    senders.keySet().forEach(this::left);
  }

  @Override
  public void onFrame(String sender, byte[] frame) {
    of(sender).take(frame);
  }

  /** When the first frame of a sender was decrypted, as {@link System#nanoTime}; 0 if none was. */
  long firstHeard(String sender) {
    return of(sender).firstHeard;
  }

  /** Whether the newest frame of a sender could be decrypted. */
  boolean hears(String sender) {
    return of(sender).newest == FrameStatus.OK;
  }

  private Sender of(String sender) {
    return senders.computeIfAbsent(
        sender,
        identity -> new Sender(new KeyRing(KeyRingSettings.defaults(), random, Clock.systemUTC())));
  }

  private static final class Sender {
    private final KeyRing ring;
    private final FrameDecryptor decryptor;
    private final byte[] out = new byte[1024];
    private volatile long firstHeard;
    private volatile FrameStatus newest = FrameStatus.NO_KEY;

    Sender(KeyRing ring) {
      this.ring = ring;
      this.decryptor = new FrameDecryptor(ring);
    }

    void take(byte[] frame) {
      newest = decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, frame.length, out, 0);
      if (newest == FrameStatus.OK && firstHeard == 0) {
        firstHeard = System.nanoTime();
      }
    }
  }
}
