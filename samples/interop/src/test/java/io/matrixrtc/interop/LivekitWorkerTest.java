package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The frame cryptor of the npm livekit-client, in its unmodified worker, with keys that went from
 * one of our participants to another in a call.
 */
@Tag("interop")
class LivekitWorkerTest {
  private static final int FRAMES = 40;
  private static final int MAX_FRAME_BYTES = 3000;
  private static final int MIN_FRAME_BYTES = 12;

  @Test
  void framesOfEveryCodecGoBothWaysWithTheKeysThatOurManagersGaveEachOther() throws Exception {
    String name = "LivekitWorkerTest.frames";
    try (World world = new World(name);
        LivekitWorker worker = LivekitWorker.start(name)) {
      OurDevice alice = world.ours("alice");
      OurDevice bob = world.ours("bob");
      String room = world.room(alice);
      bob.joinRoom(room);
      OurCall atAlice = OurCall.join(alice, room);
      OurCall atBob = OurCall.join(bob, room);
      CallKeyScenarios.awaitKeysOfAll(List.of(atAlice, atBob));
      // The worker is Bob's media layer; Alice's is ours.
      String us = MediaKeys.identity(alice.address());
      String it = MediaKeys.identity(bob.address());
      worker.enable(us);
      worker.enable(it);
      give(worker, us, atBob.keysOf(alice.address()));
      give(worker, it, atBob.keysOf(bob.address()));
      try (KeyRing ours = MediaKeys.ring(atAlice.keysOf(alice.address()));
          KeyRing its = MediaKeys.ring(atAlice.keysOf(bob.address()))) {
        Random random = new Random(1);
        for (Codec codec : List.of(Codec.AUDIO, Codec.VP8, Codec.VP9, Codec.H264)) {
          List<EncodedFrame> frames = frames(codec, random);

          FrameEncryptor encryptor = new FrameEncryptor(ours);
          List<EncodedFrame> sealed = frames.stream().map(one -> one.sealed(encryptor)).toList();
          assertSame(worker.open(us, sealed), frames);
          assertThat(worker.open(it, sealed.subList(0, 3))).containsOnly(Optional.empty());

          FrameDecryptor decryptor = new FrameDecryptor(its);
          List<Optional<EncodedFrame>> itsSealed = worker.seal(it, frames);
          assertSame(
              itsSealed.stream().map(one -> one.map(frame -> frame.opened(decryptor))).toList(),
              frames);
          assertThat(itsSealed.get(0).orElseThrow().tried(new FrameDecryptor(ours)))
              .isIn(FrameStatus.NO_KEY, FrameStatus.NOT_AUTHENTIC);
        }
      }
    }
  }

  private static void give(LivekitWorker worker, String owner, List<CallKey> keys)
      throws InterruptedException {
    for (CallKey key : keys) {
      worker.key(owner, key.index(), key.base64());
    }
  }

  private static void assertSame(List<Optional<EncodedFrame>> actual, List<EncodedFrame> expected) {
    assertThat(actual.stream().map(one -> one.map(EncodedFrame::base64).orElse("dropped")))
        .containsExactlyElementsOf(expected.stream().map(EncodedFrame::base64).toList());
  }

  private static List<EncodedFrame> frames(Codec codec, Random random) {
    List<EncodedFrame> frames = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      byte[] data =
          codec == Codec.H264
              ? h264(random)
              : bytes(random, MIN_FRAME_BYTES + random.nextInt(MAX_FRAME_BYTES));
      FrameType type = i % 8 == 0 ? FrameType.KEY : FrameType.DELTA;
      frames.add(new EncodedFrame(data, 3000L * i, codec, type));
    }
    return frames;
  }

  /**
   * A parameter set and a slice, each behind a start code of 4 bytes, with zeros among the rest.
   */
  private static byte[] h264(Random random) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(new byte[] {0, 0, 0, 1, 0x67, 0x42, (byte) 0xC0, 0x1F, 0x11});
    frame.writeBytes(new byte[] {0, 0, 0, 1, 0x65});
    byte[] slice = bytes(random, MIN_FRAME_BYTES + random.nextInt(MAX_FRAME_BYTES));
    for (int i = 1; i < slice.length; i++) {
      if (random.nextInt(4) == 0) {
        slice[i] = (byte) random.nextInt(5);
      }
    }
    // A slice has no start code within, and no zero at its end.
    for (int i = 2; i < slice.length; i++) {
      if (slice[i - 2] == 0 && slice[i - 1] == 0 && (slice[i] & 0xFF) <= 3) {
        slice[i] = 0x55;
      }
    }
    slice[slice.length - 1] = (byte) 0x80;
    frame.writeBytes(slice);
    return frame.toByteArray();
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * Its receiver follows one step at a time and forgets them when a key is set again; ours, told to
   * behave as it does, does the same.
   */
  @Test
  void itFollowsOneStepAtATimeAndNeverTwo() throws Exception {
    try (LivekitWorker worker = LivekitWorker.start("LivekitWorkerTest.steps")) {
      String sender = "sender";
      String key = Base64.getEncoder().encodeToString(bytes(new Random(2), 32));
      worker.enable(sender);
      worker.key(sender, 3, key);
      try (KeyRing ring = MediaKeys.ring(List.of())) {
        MediaKeys.put(ring, 3, key);
        FrameEncryptor encryptor = new FrameEncryptor(ring);
        List<EncodedFrame> frames = frames(Codec.AUDIO, new Random(3)).subList(0, 3);
        List<EncodedFrame> first = frames.stream().map(one -> one.sealed(encryptor)).toList();
        ring.advance(new KeyIndex(3), 1);
        List<EncodedFrame> second = frames.stream().map(one -> one.sealed(encryptor)).toList();
        ring.advance(new KeyIndex(3), 1);
        List<EncodedFrame> third = frames.stream().map(one -> one.sealed(encryptor)).toList();

        assertSame(worker.open(sender, first), frames);
        assertThat(worker.open(sender, third)).containsOnly(Optional.empty());
        assertSame(worker.open(sender, second), frames);
        assertSame(worker.open(sender, third), frames);
        worker.key(sender, 3, key);
        assertThat(worker.open(sender, third)).containsOnly(Optional.empty());
        assertSame(worker.open(sender, second), frames);
      }
    }
  }
}
