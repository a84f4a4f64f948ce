package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecryptorTest {
  private static final byte[] FRAME = new byte[40];

  private final MediaWorld world = new MediaWorld(1);
  private final MediaKey key = world.key();
  private final KeyRing sender = world.ring(MediaWorld.ZERO, key);
  private final KeyRing receiver = world.ring(MediaWorld.ZERO, key);
  private final FrameDecryptor decryptor = new FrameDecryptor(receiver);

  private byte[] audio() {
    return MediaWorld.encrypt(sender, Codec.AUDIO, FRAME);
  }

  @Test
  void frameRoundtrip_anyFrameOfAnyCodecComesBack() {
    Map<FrameStatus, Integer> seen = new HashMap<>();
    Cases.run(
        "frameRoundtrip",
        3_000,
        100_000,
        (seed, random) -> {
          MediaWorld here = new MediaWorld(random);
          try (MediaKey shared = here.key();
              KeyRing from = here.ring(new KeyIndex(random.nextInt(256)), shared);
              KeyRing to = here.ring(from.currentIndex(), shared)) {
            Codec codec = pick(random, Codec.values());
            FrameType type = pick(random, FrameType.values());
            byte[] frame =
                random.nextBoolean()
                    ? here.frame(codec, 4 + random.nextInt(300))
                    : zeroRich(random, random.nextInt(120));
            byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, frame.length)];
            FrameEncryptor encryptor = new FrameEncryptor(from);
            FrameStatus status = encryptor.encrypt(codec, type, frame, 0, frame.length, out, 0);
            seen.merge(status, 1, Integer::sum);
            if (status == FrameStatus.OK) {
              byte[] wire = Arrays.copyOf(out, encryptor.outputLength());
              assertThat(LiveKitVectors.decrypt(new FrameDecryptor(to), codec, type, wire))
                  .isEqualTo(MediaWorld.asReceived(codec, frame));
            }
          }
        });
    assertThat(seen.keySet())
        .contains(FrameStatus.OK)
        .isSubsetOf(
            FrameStatus.OK,
            FrameStatus.PASSED_THROUGH,
            FrameStatus.UNSUPPORTED_CODEC,
            FrameStatus.TOO_SHORT,
            FrameStatus.AMBIGUOUS_HEADER);
  }

  /** Bytes that are full of start codes, escapes and slices. */
  private static byte[] zeroRich(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    byte[] alphabet = {0, 0, 0, 0, 1, 2, 3, 3, 4, 0x65, 0x41, 0x26, 0x67, (byte) 0xFF};
    for (int i = 0; i < length; i++) {
      bytes[i] = alphabet[random.nextInt(alphabet.length)];
    }
    if (length > 3 && random.nextBoolean()) {
      bytes[0] = bytes[1] = 0;
      bytes[2] = 1;
    }
    return bytes;
  }

  @Test
  void frameAuth_garbageIsClassifiedNeverThrowsAndNeverMakesTheRingWorse_ours() {
    Cases.run(
        "garbageNeverMakesTheRingWorse",
        60,
        1_200,
        (seed, random) -> {
          MediaWorld here = new MediaWorld(random);
          try (MediaKey shared = here.key();
              KeyRing from = here.ring(MediaWorld.ZERO, shared);
              KeyRing to = here.ring(MediaWorld.ZERO, shared)) {
            FrameDecryptor track = new FrameDecryptor(to);
            int generation = 0;
            for (int round = 0; round < 4; round++) {
              byte[] good = MediaWorld.encrypt(from, Codec.AUDIO, FRAME);
              for (int i = 0; i < 30; i++) {
                FrameStatus status =
                    MediaWorld.receive(track, pick(random, Codec.values()), garbage(random, good));
                assertThat(status).isNotIn(FrameStatus.OK, FrameStatus.KEY_INVALID);
              }
              assertThat(to.generation(MediaWorld.ZERO)).hasValue(generation);
              assertThat(MediaWorld.receive(track, Codec.AUDIO, good)).isEqualTo(FrameStatus.OK);
              assertThat(to.failures(MediaWorld.ZERO)).isZero();
              int steps = random.nextInt(1, 3);
              from.advance(MediaWorld.ZERO, steps);
              byte[] ahead = MediaWorld.encrypt(from, Codec.AUDIO, FRAME);
              assertThat(MediaWorld.receive(track, Codec.AUDIO, ahead)).isEqualTo(FrameStatus.OK);
              generation += steps;
              assertThat(Objects.requireNonNull(to.slot(0)).derivations())
                  .isLessThanOrEqualTo(10 + generation);
            }
          }
        });
  }

  private static <T> T pick(SplittableRandom random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Random, truncated, extended or flipped bytes, most of which name a key that is there. */
  private static byte[] garbage(SplittableRandom random, byte[] good) {
    byte[] bytes =
        switch (random.nextInt(4)) {
          case 0 -> Cases.bytes(random, 80);
          case 1 -> Arrays.copyOfRange(good, random.nextInt(1, good.length), good.length);
          case 2 -> Arrays.copyOf(good, good.length + random.nextInt(1, 40));
          default -> good.clone();
        };
    if (bytes.length == 0) {
      return new byte[1];
    }
    if (Arrays.equals(bytes, good)) {
      bytes[random.nextInt(bytes.length - 1)] ^= (byte) (1 << random.nextInt(8));
    }
    if (random.nextInt(4) > 0) {
      bytes[bytes.length - 1] = 0;
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 30})
  void frameStrict_framesShorterThanHeaderTagAndTrailerAreRefused_ours(int length) {
    byte[] frame = new byte[length];
    if (length >= 2) {
      frame[length - 2] = 12;
    }
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, frame))
        .isEqualTo(length == 0 ? FrameStatus.PASSED_THROUGH : FrameStatus.TOO_SHORT);
  }

  @Test
  void frameStrict_theShortestFrameIsHeaderTagAndTrailer() {
    byte[] frame = MediaWorld.encrypt(sender, Codec.AUDIO, new byte[] {0x78});
    assertThat(frame).hasSize(31);
    assertThat(MediaWorld.decrypt(receiver, Codec.AUDIO, frame)).containsExactly(0x78);
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, Arrays.copyOfRange(frame, 1, 31)))
        .isEqualTo(FrameStatus.TOO_SHORT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11, 13, 16, 255})
  void frameIv_lengthsOtherThan12AreRefused_ours(int ivLength) {
    byte[] frame = audio();
    frame[frame.length - 2] = (byte) ivLength;
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, frame))
        .isEqualTo(FrameStatus.BAD_TRAILER);
    frame[frame.length - 2] = 12;
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, frame)).isEqualTo(FrameStatus.OK);
  }

  @Test
  void frameStrict_sizeIsCheckedAfterUnescaping() {
    byte[] frame = MediaWorld.encrypt(sender, Codec.H264, world.frame(Codec.H264, 1));
    int behindHeader = frame.length - 32;
    byte[] escapes = LiveKitVectors.hex("00000301000003010000030100");
    System.arraycopy(escapes, 0, frame, behindHeader, 8);
    assertThat(MediaWorld.receive(decryptor, Codec.H264, frame))
        .as("30 bytes after unescaping")
        .isEqualTo(FrameStatus.NOT_AUTHENTIC);
    System.arraycopy(escapes, 0, frame, behindHeader, escapes.length);
    assertThat(MediaWorld.receive(decryptor, Codec.H264, frame)).isEqualTo(FrameStatus.TOO_SHORT);
  }

  @Test
  void frameAuth_everyByteButTheIndexIsAuthenticated() {
    for (int i = 0; i < FRAME.length + 29; i++) {
      byte[] frame = audio();
      frame[i] ^= 0x10;
      assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, frame))
          .as("byte %d", i)
          .isIn(FrameStatus.NOT_AUTHENTIC, FrameStatus.BAD_TRAILER);
    }
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, audio())).isEqualTo(FrameStatus.OK);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9, 10})
  void walk_followsEveryStepOfTheWindow_ours(int steps) {
    for (int i = 0; i < steps; i++) {
      sender.advance(MediaWorld.ZERO, 1);
    }
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, audio())).isEqualTo(FrameStatus.OK);
    assertThat(decryptor.generation()).isEqualTo(steps);
    assertThat(receiver.generation(MediaWorld.ZERO)).hasValue(steps);
  }

  @Test
  void walk_oneStepBeyondTheWindowIsRefusedAndNothingLost() {
    byte[] now = audio();
    for (int i = 0; i < 11; i++) {
      sender.advance(MediaWorld.ZERO, 1);
    }
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, audio()))
        .isEqualTo(FrameStatus.NOT_AUTHENTIC);
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, now)).isEqualTo(FrameStatus.OK);
  }

  @Test
  void walk_derivesEachGenerationOnceHoweverManyFramesFail() {
    byte[] forged = audio();
    forged[3] ^= 1;
    for (int i = 0; i < 500; i++) {
      MediaWorld.receive(decryptor, Codec.AUDIO, forged);
    }
    assertThat(Objects.requireNonNull(receiver.slot(0)).derivations()).isEqualTo(10);
    assertThat(receiver.failures(MediaWorld.ZERO)).isEqualTo(500);
    assertThat(receiver.isValid(MediaWorld.ZERO)).as("reported, not acted upon").isFalse();
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, audio())).isEqualTo(FrameStatus.OK);
    assertThat(receiver.isValid(MediaWorld.ZERO)).isTrue();
  }

  @Test
  void oneStep_followsOneStepAndForgetsTheOneBefore() {
    KeyRing js = world.ring(KeyRingSettings.likeLiveKitClient());
    js.put(MediaWorld.ZERO, key);
    byte[] old = audio();
    sender.advance(MediaWorld.ZERO, 1);
    assertThat(MediaWorld.receive(js, audio())).isEqualTo(FrameStatus.OK);
    assertThat(MediaWorld.receive(js, old)).isEqualTo(FrameStatus.NOT_AUTHENTIC);
    sender.advance(MediaWorld.ZERO, 2);
    assertThat(MediaWorld.receive(js, audio())).isEqualTo(FrameStatus.NOT_AUTHENTIC);
    js.put(MediaWorld.ZERO, key);
    assertThat(MediaWorld.receive(js, audio()))
        .as("re-posted")
        .isEqualTo(FrameStatus.NOT_AUTHENTIC);
  }

  @Test
  void failuresAreOfTheIndexThatTheFrameNames() {
    byte[] forged = audio();
    forged[forged.length - 1] = 77;
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, forged)).isEqualTo(FrameStatus.NO_KEY);
    assertThat(receiver.failures(new KeyIndex(77))).isEqualTo(1);
    assertThat(receiver.failures(MediaWorld.ZERO)).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Protection.class)
  void frameClosed_onlyExplicitlyClearTracksPassUnencrypted(Protection protection) {
    byte[] plain = world.frame(Codec.VP8, 60);
    decryptor.setProtection(protection);
    byte[] out = new byte[60];
    FrameStatus status = decryptor.decrypt(Codec.VP8, FrameType.KEY, plain, 0, 60, out, 0);
    assertThat(status == FrameStatus.PASSED_THROUGH).isEqualTo(protection == Protection.CLEAR);
    assertThat(Arrays.equals(out, plain)).isEqualTo(protection == Protection.CLEAR);
  }

  @Test
  void keyIndex255WorksOnAFullRing() {
    KeyIndex last = new KeyIndex(255);
    try (KeyRing from = world.ring(last, key);
        KeyRing to = world.ring(last, key)) {
      byte[] frame = MediaWorld.encrypt(from, Codec.VP9, FRAME);
      assertThat(frame[frame.length - 1]).isEqualTo((byte) 255);
      assertThat(MediaWorld.decrypt(to, Codec.VP9, frame)).isEqualTo(FRAME);
    }
  }

  @Test
  void largeClearHeadersAndEscapedFramesDecrypt() {
    byte[] sei = Arrays.copyOf(LiveKitVectors.hex("0000000106"), 305);
    Arrays.fill(sei, 5, 305, (byte) 0x55);
    byte[] slice = world.frame(Codec.H264, 3_000);
    byte[] frame = Arrays.copyOf(sei, sei.length + slice.length);
    System.arraycopy(slice, 0, frame, sei.length, slice.length);
    byte[] wire = MediaWorld.encrypt(sender, Codec.H264, frame);
    assertThat(MediaWorld.decrypt(receiver, Codec.H264, wire))
        .isEqualTo(MediaWorld.asReceived(Codec.H264, frame));
    assertThat(Arrays.copyOf(wire, 305)).isEqualTo(sei);
  }

  @Test
  void outputTooSmallIsNoFailureOfTheKey() {
    byte[] frame = audio();
    byte[] out = new byte[40];
    assertThat(decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, frame.length, out, 1))
        .isEqualTo(FrameStatus.OUTPUT_TOO_SMALL);
    assertThat(receiver.failures(MediaWorld.ZERO)).isZero();
    assertThat(decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, frame.length, out, 0))
        .isEqualTo(FrameStatus.OK);
    assertThatThrownBy(() -> decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, 40, frame, 30))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
