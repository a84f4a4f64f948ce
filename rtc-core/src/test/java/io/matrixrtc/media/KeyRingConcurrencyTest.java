package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Media threads use two rings while the session rotates and ratchets them. */
class KeyRingConcurrencyTest {
  private static final int TRACKS = 3;

  private final MediaWorld world = new MediaWorld(1);
  private final KeyRing sender = world.ring();
  private final KeyRing receiver = world.ring();
  private final Set<String> ivs = ConcurrentHashMap.newKeySet();
  private final AtomicLongArray frames = new AtomicLongArray(TRACKS);
  private final List<Semaphore> done =
      List.of(new Semaphore(0), new Semaphore(0), new Semaphore(0));
  private final AtomicBoolean stop = new AtomicBoolean();

  @Test
  void noFrameIsLostOrSentTwiceWhileKeysRotateAndRatchet() throws Exception {
    int rotations = Cases.full() ? 200 : 40;
    rotate(0);
    ExecutorService pool = Executors.newFixedThreadPool(TRACKS);
    try {
      List<Future<Void>> tracks = new ArrayList<>();
      for (int track = 0; track < TRACKS; track++) {
        int number = track;
        tracks.add(
            pool.submit(
                () -> {
                  run(number);
                  return null;
                }));
      }
      for (int i = 1; i <= rotations; i++) {
        if (i % 4 == 0) {
          rotate(i);
        } else {
          sender.advance(sender.currentIndex(), 1 + i % 2);
        }
        awaitFramesOnEveryTrack(tracks);
      }
      stop.set(true);
      for (Future<Void> track : tracks) {
        track.get();
      }
    } finally {
      stop.set(true);
      pool.shutdownNow();
    }
    long sent = 0;
    for (int track = 0; track < TRACKS; track++) {
      sent += frames.get(track);
    }
    assertThat(ivs).hasSize((int) sent);
    assertThat(sent).isGreaterThanOrEqualTo((long) rotations * TRACKS);
  }

  /** A key that receivers have before it is used, as the delivery of keys sees to. */
  private void rotate(int number) {
    KeyIndex index = new KeyIndex(number & KeyIndex.MAX);
    try (MediaKey key = world.key()) {
      receiver.put(index, key);
      sender.put(index, key);
    }
    sender.use(index);
  }

  private void run(int track) {
    FrameEncryptor encryptor = new FrameEncryptor(sender);
    FrameDecryptor decryptor = new FrameDecryptor(receiver);
    byte[] frame = {(byte) track, 1, 2, 3, 4, 5, 6, 7};
    while (!stop.get()) {
      byte[] wire = LiveKitVectors.encrypt(encryptor, Codec.AUDIO, FrameType.KEY, frame);
      ivs.add(LiveKitVectors.hex(Arrays.copyOfRange(wire, wire.length - 14, wire.length - 2)));
      assertThat(LiveKitVectors.decrypt(decryptor, Codec.AUDIO, FrameType.KEY, wire))
          .isEqualTo(frame);
      assertThat(decryptor.generation()).isEqualTo(encryptor.generation());
      frames.incrementAndGet(track);
      done.get(track).release();
    }
  }

  /** Two more frames on each: the second was begun under the new key. */
  private void awaitFramesOnEveryTrack(List<Future<Void>> tracks) throws Exception {
    for (int track = 0; track < TRACKS; track++) {
      done.get(track).drainPermits();
      while (!done.get(track).tryAcquire(2, 1, TimeUnit.SECONDS)) {
        if (tracks.get(track).isDone()) {
          tracks.get(track).get();
          throw new AssertionError("track " + track + " ended");
        }
      }
    }
  }
}
