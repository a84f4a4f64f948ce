package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames and packets in the middle of larger arrays, and outputs with just enough room. */
class OffsetsTest {
  private static final int OFF = 5;
  private static final int OUT_OFF = 7;

  private final MediaWorld world = new MediaWorld(1);
  private final MediaKey key = world.key();

  private static byte[] shifted(byte[] bytes, int by) {
    byte[] larger = new byte[by + bytes.length + 3];
    Arrays.fill(larger, (byte) 0x55);
    System.arraycopy(bytes, 0, larger, by, bytes.length);
    return larger;
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, mode = EnumSource.Mode.EXCLUDE, names = "AV1")
  void offsetsChangeNothing(Codec codec) {
    byte[] frame = world.frame(codec, 60);
    byte[] received = MediaWorld.asReceived(codec, frame);
    KeyRing sender = new MediaWorld(new SplittableRandom(3)).ring(KeyIndex.ZERO, key);
    FrameEncryptor encryptor = new FrameEncryptor(sender);
    byte[] sealed = new byte[OUT_OFF + FrameEncryptor.maxOutputBytes(codec, frame.length)];
    assertThat(
            encryptor.encrypt(
                codec, FrameType.KEY, shifted(frame, OFF), OFF, frame.length, sealed, OUT_OFF))
        .isEqualTo(FrameStatus.OK);
    int length = encryptor.outputLength();
    assertThat(Arrays.copyOf(sealed, OUT_OFF)).as("before the output").containsOnly(0);

    byte[] tight = new byte[OUT_OFF + length];
    FrameDecryptor decryptor = new FrameDecryptor(world.ring(KeyIndex.ZERO, key));
    assertThat(decryptor.decrypt(codec, FrameType.KEY, sealed, OUT_OFF, length, tight, OUT_OFF))
        .isEqualTo(FrameStatus.OK);
    assertThat(Arrays.copyOfRange(tight, OUT_OFF, OUT_OFF + decryptor.outputLength()))
        .isEqualTo(received);
    assertThat(Arrays.copyOf(tight, OUT_OFF)).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, mode = EnumSource.Mode.EXCLUDE, names = "AV1")
  void anOutputOfExactlyTheLengthIsEnoughAndOneByteLessIsNot(Codec codec) {
    byte[] frame = world.frame(codec, 60);
    byte[] received = MediaWorld.asReceived(codec, frame);
    KeyRing ring = world.ring(KeyIndex.ZERO, key);
    byte[] sealed = MediaWorld.encrypt(ring, codec, frame);
    FrameDecryptor decryptor = new FrameDecryptor(ring);
    byte[] exact = new byte[OUT_OFF + received.length];
    byte[] small = new byte[OUT_OFF + received.length - 1];
    assertThat(decryptor.decrypt(codec, FrameType.KEY, sealed, 0, sealed.length, small, OUT_OFF))
        .isEqualTo(FrameStatus.OUTPUT_TOO_SMALL);
    assertThat(decryptor.decrypt(codec, FrameType.KEY, sealed, 0, sealed.length, exact, OUT_OFF))
        .isEqualTo(FrameStatus.OK);
    assertThat(Arrays.copyOfRange(exact, OUT_OFF, exact.length)).isEqualTo(received);
  }

  @Test
  void aFrameInTheClearNeedsRoomAsWell() {
    FrameDecryptor decryptor = new FrameDecryptor(world.ring());
    decryptor.setProtection(Protection.CLEAR);
    byte[] frame = {1, 2, 3};
    assertThat(decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, 3, new byte[4], 2))
        .isEqualTo(FrameStatus.OUTPUT_TOO_SMALL);
    assertThat(decryptor.outputLength()).isZero();
    byte[] out = new byte[5];
    assertThat(decryptor.decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, 3, out, 2))
        .isEqualTo(FrameStatus.PASSED_THROUGH);
    assertThat(out).containsExactly(0, 0, 1, 2, 3);
  }

  @Test
  void trailersInTheMiddleOfAnArray() {
    byte[] trailer = PacketTrailer.of(3, 4, new byte[] {5}).toByteArray();
    byte[] array = shifted(trailer, OFF);
    PacketTrailer read = PacketTrailer.parse(array, OFF, trailer.length).orElseThrow();
    assertThat(read.userTimestampMicros()).isEqualTo(3);
    assertThat(read.frameId()).isEqualTo(4);
    assertThat(read.userData()).containsExactly(5);
    assertThat(PacketTrailer.frameBytes(array, OFF, trailer.length)).isZero();
    assertThat(PacketTrailer.frameBytes(array, OFF - 2, trailer.length + 2)).isEqualTo(2);
    assertThat(PacketTrailer.frameBytes(array, OFF + 1, trailer.length - 1))
        .as("one byte is missing")
        .isEqualTo(trailer.length - 1);
  }

  @Test
  void packetsSkipFieldsOfEveryType() throws Exception {
    EncryptedPacket packet = EncryptedPacket.of(1, new byte[12], 3, new byte[20]);
    byte[] fields = packet.toByteArray();
    byte[] unknown = LiveKitVectors.hex("290102030405060708" + "3501020304" + "3803" + "4202aabb");
    byte[] both = Arrays.copyOf(unknown, unknown.length + fields.length);
    System.arraycopy(fields, 0, both, unknown.length, fields.length);
    assertThat(EncryptedPacket.parse(both).toByteArray()).isEqualTo(fields);
    assertThat(packet.toString()).isEqualTo("EncryptedPacket[index 3, 20 bytes]");
    byte[] named = LiveKitVectors.hex("2a0161" + "220162" + "2001");
    assertThat(EncryptedPacket.participantIdentity(named)).contains("b");
    assertThat(EncryptedPacket.participantIdentity(LiveKitVectors.hex("2a0161"))).isEmpty();
  }

  @Test
  void theFingerprintIsOfALabelledHash() {
    assertThat(MediaKey.copyOf(new byte[16]).fingerprint()).isEqualTo("fd49bd253426");
  }
}
