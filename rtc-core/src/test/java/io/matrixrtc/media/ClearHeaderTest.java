package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of a frame stays clear, and what is counted and told about it. */
class ClearHeaderTest {
  private static final byte[] H264 =
      LiveKitVectors.hex("00000001" + "0910" + "000001" + "6588840af262");
  private static final byte[] H265 = LiveKitVectors.hex("00000001" + "2601880af262");
  private static final byte[] NO_SLICE = LiveKitVectors.hex("00000001" + "6742c01f0fd9");
  private static final byte[] OTHER = LiveKitVectors.hex("90aabbccddeeff00112233");

  private final ClearHeader header = new ClearHeader();

  private int measure(Codec codec, FrameType type, byte[] frame) {
    return header.measure(codec, type, frame, 0, frame.length);
  }

  @Test
  void headersOfFixedLength() {
    assertThat(measure(Codec.AUDIO, FrameType.KEY, OTHER)).isEqualTo(1);
    assertThat(measure(Codec.VP9, FrameType.KEY, OTHER)).isZero();
    assertThat(measure(Codec.VP8, FrameType.KEY, OTHER)).isEqualTo(10);
    assertThat(measure(Codec.VP8, FrameType.DELTA, OTHER)).isEqualTo(3);
    assertThat(measure(Codec.VP8, FrameType.EMPTY, OTHER)).isZero();
    assertThat(header.isEscaped()).isFalse();
    assertThat(header.isAmbiguous()).isFalse();
    assertThat(header.fallbacks()).isZero();
  }

  @Test
  void anH264SliceIsEscapedAndReadsOneWayOnly() {
    assertThat(measure(Codec.H264, FrameType.KEY, H264)).isEqualTo(11);
    assertThat(header.isEscaped()).isTrue();
    assertThat(header.isAmbiguous()).isFalse();
  }

  @Test
  void anH265SliceCouldBeReadOtherwise() {
    assertThat(measure(Codec.H265, FrameType.KEY, H265)).isEqualTo(6);
    assertThat(header.isEscaped()).isTrue();
    assertThat(header.isAmbiguous()).isTrue();
  }

  @Test
  void announcedNalusWithoutSliceAreCounted() {
    assertThat(measure(Codec.H264, FrameType.KEY, NO_SLICE)).isEqualTo(10);
    assertThat(header.isAmbiguous()).isTrue();
    assertThat(header.fallbacks()).isEqualTo(1);
    measure(Codec.H265, FrameType.DELTA, OTHER);
    assertThat(header.fallbacks()).isEqualTo(2);
    measure(Codec.UNKNOWN, FrameType.DELTA, OTHER);
    assertThat(header.fallbacks()).as("nothing was announced").isEqualTo(2);
    assertThat(header.isAmbiguous()).isTrue();
  }

  @Test
  void bothSidesTellTheirFallbacks() {
    MediaWorld world = new MediaWorld(1);
    KeyRing ring = world.ring(KeyIndex.ZERO, world.key());
    FrameEncryptor encryptor = new FrameEncryptor(ring);
    FrameDecryptor decryptor = new FrameDecryptor(ring);
    assertThat(encryptor.naluFallbacks()).isZero();
    byte[] sealed = LiveKitVectors.encrypt(encryptor, Codec.H264, FrameType.KEY, OTHER);
    assertThat(encryptor.naluFallbacks()).isPositive();
    assertThat(LiveKitVectors.decrypt(decryptor, Codec.H264, FrameType.KEY, sealed))
        .isEqualTo(OTHER);
    assertThat(decryptor.naluFallbacks()).isPositive();
  }
}
