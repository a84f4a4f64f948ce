package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PacketTrailerTest {
  private static final byte[] NONE = new byte[0];

  @Test
  void lengthsAreThoseOfLiveKit() {
    assertThat(PacketTrailer.of(0, 0, NONE).toByteArray()).isEmpty();
    assertThat(PacketTrailer.of(1, 0, NONE).toByteArray()).hasSize(15);
    assertThat(PacketTrailer.of(0, 1, NONE).toByteArray()).hasSize(11);
    assertThat(PacketTrailer.of(1, 1, new byte[PacketTrailer.MAX_USER_DATA_BYTES]).toByteArray())
        .hasSize(255);
  }

  @Test
  void boundsAreChecked() {
    assertThat(PacketTrailer.of(-1, 0xFFFFFFFFL, NONE).frameId()).isEqualTo(0xFFFFFFFFL);
    assertThatThrownBy(() -> PacketTrailer.of(0, 1L << 32, NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PacketTrailer.of(0, -1, NONE))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] tooLong = new byte[PacketTrailer.MAX_USER_DATA_BYTES + 1];
    assertThatThrownBy(() -> PacketTrailer.of(0, 0, tooLong))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyTrailerComesBackAndAnyOtherBytesLeaveTheFrameAsItIs() {
    Cases.run(
        "packetTrailer",
        1_000,
        50_000,
        (seed, random) -> {
          byte[] frame = Cases.bytes(random, 40);
          byte[] userData = Cases.bytes(random, PacketTrailer.MAX_USER_DATA_BYTES);
          long id = random.nextInt() & 0xFFFFFFFFL;
          byte[] trailer = PacketTrailer.of(random.nextLong(), id, userData).toByteArray();
          byte[] whole = Arrays.copyOf(frame, frame.length + trailer.length);
          System.arraycopy(trailer, 0, whole, frame.length, trailer.length);
          assertThat(PacketTrailer.frameBytes(whole, 0, whole.length)).isEqualTo(frame.length);
          assertThat(PacketTrailer.parse(whole, 0, whole.length).orElseThrow().userData())
              .isEqualTo(userData);

          byte[] broken = whole.clone();
          broken[broken.length - 1 - random.nextInt(4)] ^= 0x20;
          assertThat(PacketTrailer.frameBytes(broken, 0, broken.length)).isEqualTo(broken.length);
          byte[] mangled = whole.clone();
          mangled[random.nextInt(mangled.length)] = (byte) random.nextInt(256);
          assertThat(PacketTrailer.frameBytes(mangled, 0, mangled.length))
              .isBetween(0, mangled.length);
        });
  }

  @Test
  void anOffsetIsHonoured() {
    byte[] trailer = PacketTrailer.of(7, 8, NONE).toByteArray();
    byte[] whole = new byte[10 + trailer.length + 3];
    System.arraycopy(trailer, 0, whole, 10, trailer.length);
    assertThat(PacketTrailer.frameBytes(whole, 4, 6 + trailer.length)).isEqualTo(6);
    assertThat(PacketTrailer.frameBytes(whole, 10, trailer.length)).isZero();
    assertThat(PacketTrailer.frameBytes(whole, 11, trailer.length - 1))
        .isEqualTo(trailer.length - 1);
  }
}
