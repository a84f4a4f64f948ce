package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerInjectedFramesTest {
  private static final byte[] TRAILER = "9xQbV3kd0LwZ7s".getBytes(StandardCharsets.US_ASCII);
  private static final String OPUS = "f8fffe" + "00".repeat(77);
  private static final String SPS = "6742c01f0fd91f888884000003000400000300c83c60c920";
  private static final String PPS = "6887cb83cb20";
  private static final String IDR = "6588840af2628000a7be";
  private static final String CODE = "00000001";

  private final MediaWorld world = new MediaWorld(1);
  private final KeyRing ring = world.ring();
  private final FrameDecryptor decryptor = new FrameDecryptor(ring);

  @BeforeEach
  void trailerIsKnown() {
    decryptor.setServerInjected(ServerInjectedFrames.withTrailer(TRAILER));
  }

  private static byte[] withTrailer(String payloadHex) {
    byte[] payload = LiveKitVectors.hex(payloadHex);
    byte[] frame = Arrays.copyOf(payload, payload.length + TRAILER.length);
    System.arraycopy(TRAILER, 0, frame, payload.length, TRAILER.length);
    return frame;
  }

  private FrameStatus receive(String payloadHex) {
    return MediaWorld.receive(decryptor, Codec.AUDIO, withTrailer(payloadHex));
  }

  @Test
  void sif_knownBlankFramesPassWithoutTheTrailerAndWithoutAnyKey() {
    byte[] frame = withTrailer(OPUS);
    byte[] out = new byte[frame.length];
    assertThat(decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, frame.length, out, 0))
        .isEqualTo(FrameStatus.SERVER_BLANK);
    assertThat(LiveKitVectors.hex(Arrays.copyOf(out, decryptor.outputLength()))).isEqualTo(OPUS);
    assertThat(ring.failures(KeyIndex.ZERO)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {SPS, PPS, IDR, CODE + IDR, CODE + SPS + CODE + PPS + CODE + IDR})
  void sif_h264AloneAndInAnnexB(String payload) {
    assertThat(receive(payload)).isEqualTo(FrameStatus.SERVER_BLANK);
  }

  @Test
  void sif_redAndG711() {
    assertThat(receive("6f" + OPUS)).isEqualTo(FrameStatus.SERVER_BLANK);
    assertThat(receive("ff".repeat(160))).isEqualTo(FrameStatus.SERVER_BLANK);
    assertThat(receive("d5".repeat(160))).isEqualTo(FrameStatus.SERVER_BLANK);
  }

  static Stream<String> foreignPayloads() {
    return Stream.of(
        "",
        "f8",
        "ff",
        OPUS + "00",
        OPUS.substring(2),
        "ef" + OPUS, // RED with another block behind
        CODE + SPS + CODE + PPS,
        CODE + SPS + CODE + PPS + CODE + "6588840af2628000a7bf");
  }

  @ParameterizedTest
  @MethodSource("foreignPayloads")
  void sif_anyOtherPayloadIsDropped(String payload) {
    assertThat(receive(payload)).isEqualTo(FrameStatus.SERVER_INJECTED);
    assertThat(receive(OPUS)).as("control").isEqualTo(FrameStatus.SERVER_BLANK);
  }

  @Test
  void sif_encryptedFrameWithTheTrailerGluedOnIsDropped() {
    MediaKey key = world.key();
    ring.put(KeyIndex.ZERO, key);
    ring.use(KeyIndex.ZERO);
    byte[] encrypted = MediaWorld.encrypt(ring, Codec.AUDIO, new byte[20]);
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, encrypted)).isEqualTo(FrameStatus.OK);
    assertThat(receive(LiveKitVectors.hex(encrypted))).isEqualTo(FrameStatus.SERVER_INJECTED);
  }

  @Test
  void sif_trailerElsewhereOrNoneIsAnOrdinaryFrame() {
    byte[] frame = withTrailer(OPUS);
    byte[] longer = Arrays.copyOf(frame, frame.length + 1);
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, longer)).isEqualTo(FrameStatus.NO_KEY);
    byte[] zeroed = frame.clone();
    Arrays.fill(zeroed, 80, zeroed.length, (byte) 0);
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, zeroed)).isEqualTo(FrameStatus.NO_KEY);
    decryptor.setServerInjected(ServerInjectedFrames.withTrailer(new byte[0]));
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, frame)).isEqualTo(FrameStatus.NO_KEY);
    decryptor.setServerInjected(ServerInjectedFrames.NONE);
    assertThat(MediaWorld.receive(decryptor, Codec.AUDIO, frame)).isEqualTo(FrameStatus.NO_KEY);
  }

  @Test
  void sif_liveKitClientsListIsShorter() {
    decryptor.setServerInjected(
        ServerInjectedFrames.withTrailer(TRAILER, ServerInjectedFrames.Known.LIVEKIT_CLIENT));
    assertThat(receive(OPUS)).isEqualTo(FrameStatus.SERVER_BLANK);
    assertThat(receive(IDR)).isEqualTo(FrameStatus.SERVER_BLANK);
    assertThat(receive(CODE + IDR)).isEqualTo(FrameStatus.SERVER_INJECTED);
    assertThat(receive("6f" + OPUS)).isEqualTo(FrameStatus.SERVER_INJECTED);
  }
}
