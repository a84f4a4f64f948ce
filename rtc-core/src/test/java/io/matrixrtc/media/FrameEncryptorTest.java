package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameEncryptorTest {
  private static final byte[] FRAME = new byte[40];

  private final MediaWorld world = new MediaWorld(1);
  private final KeyRing ring = world.ring(MediaWorld.ZERO, world.key());
  private final FrameEncryptor encryptor = new FrameEncryptor(ring);

  @ParameterizedTest
  @EnumSource(Codec.class)
  void frameClosed_withoutKeyOrKnownProtectionNothingLeaves_ours(Codec codec) {
    FrameEncryptor keyless = new FrameEncryptor(world.ring());
    byte[] frame = world.frame(codec, 60);
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, frame.length)];
    FrameStatus status = keyless.encrypt(codec, FrameType.KEY, frame, 0, frame.length, out, 0);
    assertThat(status)
        .isEqualTo(codec == Codec.AV1 ? FrameStatus.UNSUPPORTED_CODEC : FrameStatus.NO_KEY);
    assertThat(out).containsOnly(0);
    encryptor.setProtection(Protection.UNKNOWN);
    assertThat(encryptor.encrypt(codec, FrameType.KEY, frame, 0, frame.length, out, 0))
        .isEqualTo(FrameStatus.PROTECTION_UNKNOWN);
    assertThat(out).containsOnly(0);
    assertThat(encryptor.outputLength()).isZero();
    encryptor.setProtection(Protection.ENCRYPTED);
    assertThat(MediaWorld.send(encryptor, Codec.AUDIO, FRAME)).isEqualTo(FrameStatus.OK);
  }

  @Test
  void clearTracksAndEmptyFramesPassUntouched() {
    byte[] out = new byte[50];
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 3, 0, out, 0))
        .isEqualTo(FrameStatus.PASSED_THROUGH);
    assertThat(encryptor.outputLength()).isZero();
    encryptor.setProtection(Protection.CLEAR);
    byte[] frame = world.frame(Codec.VP8, 40);
    assertThat(encryptor.encrypt(Codec.VP8, FrameType.KEY, frame, 0, 40, out, 5))
        .isEqualTo(FrameStatus.PASSED_THROUGH);
    assertThat(Arrays.copyOfRange(out, 5, 45)).isEqualTo(frame);
    assertThat(encryptor.keyIndex()).isEqualTo(-1);
  }

  @Test
  void frameNothrow_shortFramesAreDroppedAndTheTrackGoesOn_ours() {
    byte[] out = new byte[100];
    assertThat(encryptor.encrypt(Codec.VP8, FrameType.KEY, FRAME, 0, 9, out, 0))
        .isEqualTo(FrameStatus.TOO_SHORT);
    assertThat(encryptor.encrypt(Codec.VP8, FrameType.DELTA, FRAME, 0, 2, out, 0))
        .isEqualTo(FrameStatus.TOO_SHORT);
    assertThat(ring.framesUsed(MediaWorld.ZERO)).isZero();
    assertThat(encryptor.encrypt(Codec.VP8, FrameType.KEY, FRAME, 0, 10, out, 0))
        .isEqualTo(FrameStatus.OK);
    assertThat(encryptor.outputLength()).isEqualTo(40);
    assertThat(encryptor.encrypt(Codec.VP8, FrameType.EMPTY, FRAME, 0, 2, out, 0))
        .isEqualTo(FrameStatus.OK);
    assertThat(Arrays.copyOf(out, 2)).as("no clear bytes").isNotEqualTo(new byte[2]);
  }

  @Test
  void keyGate_isAskedOnceForEachFrameThatWouldBeEncryptedAndMayHoldIt() {
    AtomicInteger asked = new AtomicInteger();
    ring.setGate(() -> asked.incrementAndGet() > 1);
    byte[] out = new byte[100];
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 0, out, 0))
        .isEqualTo(FrameStatus.PASSED_THROUGH);
    assertThat(encryptor.encrypt(Codec.AV1, FrameType.KEY, FRAME, 0, 40, out, 0))
        .isEqualTo(FrameStatus.UNSUPPORTED_CODEC);
    assertThat(asked).hasValue(0);
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 40, out, 0))
        .isEqualTo(FrameStatus.HELD);
    assertThat(out).containsOnly(0);
    assertThat(ring.framesUsed(MediaWorld.ZERO)).isZero();
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 40, out, 0))
        .isEqualTo(FrameStatus.OK);
    assertThat(asked).hasValue(2);
  }

  @Test
  void keyGate_isAskedEvenWithoutAKeySoThatAHoldCanStart() {
    KeyRing empty = world.ring();
    AtomicInteger asked = new AtomicInteger();
    empty.setGate(() -> asked.incrementAndGet() < 0);
    assertThat(MediaWorld.send(new FrameEncryptor(empty), Codec.AUDIO, FRAME))
        .isEqualTo(FrameStatus.HELD);
    assertThat(asked).hasValue(1);
  }

  @Test
  void keyAge_anExhaustedKeyIsReportedAndAnotherKeyHelps() {
    FrameNumbers numbers = new FrameNumbers(world.random, 0x11111, FrameNumbers.LIMIT - 1);
    FrameEncryptor limited = new FrameEncryptor(ring, (slot, iv) -> numbers.next(iv));
    assertThat(MediaWorld.send(limited, Codec.AUDIO, FRAME)).isEqualTo(FrameStatus.OK);
    assertThat(MediaWorld.send(limited, Codec.AUDIO, FRAME)).isEqualTo(FrameStatus.KEY_EXHAUSTED);
    assertThat(limited.outputLength()).isZero();
    assertThat(MediaWorld.send(encryptor, Codec.AUDIO, FRAME)).isEqualTo(FrameStatus.OK);
  }

  @Test
  void outputThatIsTooSmallIsAStatus() {
    byte[] out = new byte[70];
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 40, out, 1))
        .isEqualTo(FrameStatus.OUTPUT_TOO_SMALL);
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 40, out, 0))
        .isEqualTo(FrameStatus.OK);
    encryptor.setProtection(Protection.CLEAR);
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 40, out, 31))
        .isEqualTo(FrameStatus.OUTPUT_TOO_SMALL);
  }

  @Test
  void escapesThatDoNotFitAreAStatus() {
    byte[] frame = LiveKitVectors.hex("0000000165880102030405060708");
    // All zeros behind the header would need an escape every two bytes.
    byte[] out = new byte[frame.length + 30];
    byte[] iv = LiveKitVectors.hex("000000000000000000000000");
    FrameEncryptor escaping = new FrameEncryptor(ring, LiveKitVectors.prescribed(iv));
    assertThat(escaping.encrypt(Codec.H264, FrameType.KEY, frame, 0, frame.length, out, 0))
        .isEqualTo(FrameStatus.OUTPUT_TOO_SMALL);
    assertThat(escaping.outputLength()).isZero();
    FrameEncryptor roomy = new FrameEncryptor(ring, LiveKitVectors.prescribed(iv));
    assertThat(MediaWorld.send(roomy, Codec.H264, frame)).isEqualTo(FrameStatus.OK);
    assertThat(roomy.outputLength()).isGreaterThan(out.length);
  }

  @Test
  void frameAmbig_ciphertextNeverChangesHowAFrameIsRead_ours() {
    // The clear bytes are a start code, so some first ciphertext bytes read as a slice.
    byte[] frame = LiveKitVectors.hex("00000167000000000000000000000000");
    for (int i = 0; i < 300; i++) {
      byte[] wire = LiveKitVectors.encrypt(encryptor, Codec.H264, FrameType.DELTA, frame);
      assertThat(
              LiveKitVectors.decrypt(new FrameDecryptor(ring), Codec.H264, FrameType.DELTA, wire))
          .isEqualTo(frame);
    }
    assertThat(ring.framesUsed(MediaWorld.ZERO)).as("IVs were tried again").isGreaterThan(300);
  }

  @Test
  void frameAmbig_aFrameThatReceiversWouldMisreadWhateverTheIvIsDropped_ours() {
    // The slice is too near to the end to be seen, until 30 bytes follow it.
    byte[] frame = LiveKitVectors.hex("00000000000001658884");
    assertThat(MediaWorld.send(encryptor, Codec.H264, frame))
        .isEqualTo(FrameStatus.AMBIGUOUS_HEADER);
    assertThat(encryptor.outputLength()).isZero();
    assertThat(encryptor.keyIndex()).isEqualTo(-1);
    byte[] longer = Arrays.copyOf(frame, 11);
    assertThat(MediaWorld.send(encryptor, Codec.H264, longer)).isEqualTo(FrameStatus.OK);
  }

  @Test
  void rangesAreCheckedAndMayNotOverlap() {
    byte[] both = new byte[200];
    assertThatThrownBy(() -> encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 30, 11, both, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> encryptor.encrypt(Codec.AUDIO, FrameType.KEY, FRAME, 0, 40, both, 201))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> encryptor.encrypt(Codec.AUDIO, FrameType.KEY, both, 0, 40, both, 39))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encryptor.encrypt(Codec.AUDIO, FrameType.KEY, both, 69, 40, both, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, both, 0, 40, both, 40))
        .isEqualTo(FrameStatus.OK);
    assertThat(encryptor.encrypt(Codec.AUDIO, FrameType.KEY, both, 70, 40, both, 0))
        .isEqualTo(FrameStatus.OK);
  }

  @Test
  void codecIsFoundInLiveKitsOrder() {
    assertThat(Codec.ofVideo("video/VP9", 96, Map.of(96, "vp8"), Codec.H264)).isEqualTo(Codec.VP9);
    assertThat(Codec.ofVideo("video/rtx", 96, Map.of(96, "VP8"), Codec.H264)).isEqualTo(Codec.VP8);
    assertThat(Codec.ofVideo(null, 0, Map.of(0, "vp8"), Codec.H264)).isEqualTo(Codec.H264);
    assertThat(Codec.ofVideo(null, 97, Map.of(96, "vp8"), null)).isEqualTo(Codec.UNKNOWN);
    assertThat(Codec.ofMimeType("audio/opus")).isEqualTo(Codec.AUDIO);
    assertThat(Codec.ofMimeType("video/AV1")).isEqualTo(Codec.AV1);
  }
}
