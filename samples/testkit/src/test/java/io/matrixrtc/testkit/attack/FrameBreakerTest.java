package io.matrixrtc.testkit.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameType;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameBreakerTest {
  private static final SplittableRandom RANDOM = new SplittableRandom(5);
  private static final byte[] MATERIAL = bytes(16);
  private static final byte[] FRAME = bytes(300);

  static Stream<Arguments> frames() {
    return Stream.of(
        Arguments.of(Codec.AUDIO, FrameType.DELTA, 1),
        Arguments.of(Codec.VP8, FrameType.KEY, 10),
        Arguments.of(Codec.VP8, FrameType.DELTA, 3));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void opensWhatTheEncryptorMadeWithTheSameMaterial_ATTACK_REACH(
      Codec codec, FrameType type, int clear) {
    byte[] frame = encrypted(MATERIAL, 0, codec, type);
    assertThat(breaker(bytes(16), MATERIAL, bytes(32)).opens(frame, clear)).isTrue();
    assertThat(breaker(bytes(16), bytes(32)).opens(frame, clear)).isFalse();
  }

  @Test
  void opensWhatWasSentUpToTenStepsAfterItsMaterialAndNotOneMore_ATTACK_REACH() {
    FrameBreaker breaker = breaker(MATERIAL);
    for (int steps = 0; steps <= FrameBreaker.RATCHET_STEPS; steps++) {
      byte[] frame = encrypted(MATERIAL, steps, Codec.AUDIO, FrameType.DELTA);
      assertThat(breaker.opens(frame, 1)).as("%d steps on", steps).isTrue();
    }
    int oneMore = FrameBreaker.RATCHET_STEPS + 1;
    byte[] beyond = encrypted(MATERIAL, oneMore, Codec.AUDIO, FrameType.DELTA);
    assertThat(breaker.opens(beyond, 1)).isFalse();
  }

  /** M(i+1) begins with K(i): whoever is given a ratcheted material can open one step before it. */
  @Test
  void theMaterialOneStepOnOpensAndTwoStepsOnDoesNot_ATTACK_REACH() throws Exception {
    byte[] frame = encrypted(MATERIAL, 0, Codec.AUDIO, FrameType.DELTA);
    byte[] next = step(MATERIAL);
    assertThat(breaker(next).opens(frame, 1)).isTrue();
    assertThat(breaker(step(next)).opens(frame, 1)).isFalse();
  }

  @Test
  void whatIsNoFrameDoesNotOpen() {
    FrameBreaker breaker = breaker(MATERIAL);
    byte[] frame = encrypted(MATERIAL, 0, Codec.AUDIO, FrameType.DELTA);
    for (int length = 0; length < frame.length; length++) {
      assertThat(breaker.opens(Arrays.copyOf(frame, length), 1)).isFalse();
    }
    assertThat(breaker.opens(frame, frame.length)).isFalse();
    assertThat(breaker.opens(frame, 2)).as("another clear part").isFalse();
    assertThat(breaker.opens(frame, 1)).as("the control").isTrue();
    assertThat(new FrameBreaker(List.of()).opens(frame, 1)).isFalse();
  }

  private static byte[] encrypted(byte[] material, int steps, Codec codec, FrameType type) {
    try (EncryptedFrames frames = new EncryptedFrames(material, 7, steps)) {
      return frames.encrypt(codec, type, FRAME);
    }
  }

  private static FrameBreaker breaker(byte[]... materials) {
    return new FrameBreaker(List.of(materials));
  }

  /** The ratchet of livekit-client: HKDF-SHA-256 with 128 zero bytes of info, 32 bytes. */
  private static byte[] step(byte[] material) throws GeneralSecurityException {
    byte[] salt = "LKFrameEncryptionKey".getBytes(StandardCharsets.US_ASCII);
    byte[] infoAndCounter = new byte[129];
    infoAndCounter[128] = 1;
    return hmac(hmac(salt, material), infoAndCounter);
  }

  private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
