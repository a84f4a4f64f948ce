package io.matrixrtc.testkit.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedFilesTest {
  @ParameterizedTest
  @EnumSource
  void everyPrefixIsRefused_CLIP_DAMAGE(Clip.BuiltIn builtIn) {
    byte[] file = builtIn.bytes();
    for (int length = 0; length < file.length; length += length < 400 ? 1 : 997) {
      byte[] prefix = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> Clip.read("prefix", prefix))
          .as("%d bytes", length)
          .isInstanceOfAny(
              MediaFormatException.Truncated.class, MediaFormatException.Malformed.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytesBehindTheEndAreRefused(Clip.BuiltIn builtIn) {
    byte[] longer = Arrays.copyOf(builtIn.bytes(), builtIn.bytes().length + 1);
    assertThatThrownBy(() -> Clip.read("longer", longer)).isInstanceOf(MediaFormatException.class);
  }

  @Test
  void anyFlippedBitOfAnOggFileIsNoticed_OGG_CRC() {
    byte[] file = Clip.BuiltIn.FIFTHS.bytes();
    Cases.run(
        "flipped bit",
        300,
        20_000,
        (seed, random) -> {
          byte[] damaged = file.clone();
          damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
          assertThatThrownBy(() -> OggOpusReader.read("damaged", damaged))
              .isInstanceOf(MediaFormatException.class);
        });
  }

  @Test
  void theChecksumIsOggs_OGG_CRC() {
    // The check value of this polynomial, unreflected, start 0, no final inversion.
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(OggPage.crc(digits)).isEqualTo(0x89A1897F);
    assertThat(OggPage.crc(new byte[0])).isZero();
  }

  @Test
  void damagedIvfIsReadOrRefusedButNeverFailsOtherwise() {
    byte[] file = Clip.BuiltIn.TESTCARD.bytes();
    AtomicInteger read = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    Cases.run(
        "damaged ivf",
        300,
        20_000,
        (seed, random) -> {
          byte[] damaged = file.clone();
          for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextBoolean() ? random.nextInt(60) : random.nextInt(file.length);
            damaged[at] = (byte) random.nextInt();
          }
          try {
            Clip clip = IvfReader.read("damaged", damaged);
            assertThat(Arrays.equals(clip.toFile(), damaged)).isTrue();
            read.incrementAndGet();
          } catch (MediaFormatException e) {
            refused.incrementAndGet();
          }
        });
    // IVF has no checksum: damage inside a frame cannot be seen, damage of the structure must be.
    assertThat(read).hasPositiveValue();
    assertThat(refused).hasPositiveValue();
  }

  @Test
  void randomBytesAreRefused() {
    Cases.run(
        "random bytes",
        500,
        50_000,
        (seed, random) -> {
          byte[] bytes = Cases.bytes(random, 4096);
          if (bytes.length > 8 && random.nextBoolean()) {
            byte[] magic =
                (random.nextBoolean() ? "OggS" : "DKIF").getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(magic, 0, bytes, 0, 4);
          }
          assertThatThrownBy(() -> Clip.read("random", bytes))
              .isInstanceOf(MediaFormatException.class);
        });
  }

  @Test
  void packetsOfAnyLengthSurvive() throws MediaFormatException {
    // Multiples of 255 need a closing lacing value of 0.
    for (int length : new int[] {1, 254, 255, 256, 509, 510, 511, 61_200}) {
      byte[] file = ogg(length);
      Clip clip = OggOpusReader.read("made", file);
      assertThat(clip.frames()).hasSize(2);
      assertThat(clip.frames().get(1).length()).isEqualTo(length);
      assertThat(Arrays.equals(clip.toFile(), file)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void opusPacketsOverTheBoundAreRefused(int over) throws MediaFormatException {
    byte[] file = ogg(OggOpusReader.MAX_PACKET_BYTES + over);
    if (over == 0) {
      assertThat(OggOpusReader.read("edge", file).frames()).hasSize(2);
    } else {
      assertThatThrownBy(() -> OggOpusReader.read("over", file))
          .isInstanceOf(MediaFormatException.TooLarge.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void ivfFramesOverTheBoundAreRefused(int over) throws MediaFormatException {
    byte[] file = ivf(IvfReader.MAX_FRAME_BYTES + over);
    if (over == 0) {
      assertThat(IvfReader.read("edge", file).frames()).hasSize(1);
    } else {
      assertThatThrownBy(() -> IvfReader.read("over", file))
          .isInstanceOf(MediaFormatException.TooLarge.class);
    }
  }

  @Test
  void otherCodecsAndSecondStreamsAreUnsupported() {
    byte[] vp9 = ivf(20);
    vp9[11] = '9';
    vp9[10] = '9';
    assertThatThrownBy(() -> IvfReader.read("vp9", vp9))
        .isInstanceOf(MediaFormatException.Unsupported.class);
    byte[] one = Clip.BuiltIn.FIFTHS.bytes();
    byte[] two = Arrays.copyOf(one, one.length * 2);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertThatThrownBy(() -> OggOpusReader.read("chained", two))
        .isInstanceOf(MediaFormatException.Unsupported.class);
  }

  /** A file of two packets, the second of this length, on as many pages as it takes. */
  private static byte[] ogg(int length) {
    byte[] head = Arrays.copyOf("OpusHead\1\1".getBytes(StandardCharsets.US_ASCII), 19);
    byte[] tags = Arrays.copyOf("OpusTags".getBytes(StandardCharsets.US_ASCII), 16);
    byte[] packet = new byte[length];
    new SplittableRandom(length).nextBytes(packet);
    packet[0] = 0x08; // SILK, 20 ms, one frame
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(page(OggPage.FIRST, 0, 0, head));
    file.writeBytes(page(0, 0, 1, tags));
    file.writeBytes(page(0, 960, 2, new byte[] {0x08}));
    byte[] lacing = new byte[length / 255 + 1];
    OggPage.lace(length, lacing, 0);
    int sequence = 3;
    int from = 0;
    for (int at = 0; at < lacing.length; at += 255) {
      byte[] laces = Arrays.copyOfRange(lacing, at, Math.min(lacing.length, at + 255));
      boolean last = at + 255 >= lacing.length;
      int end = last ? length : from + 255 * 255;
      int flags = (at > 0 ? OggPage.CONTINUED : 0) | (last ? OggPage.LAST : 0);
      byte[] body = Arrays.copyOfRange(packet, from, end);
      file.writeBytes(new OggPage(flags, last ? 1920 : -1, 0, sequence++, laces, body).write());
      from = end;
    }
    return file.toByteArray();
  }

  private static byte[] page(int flags, long granule, int sequence, byte[] packet) {
    return new OggPage(flags, granule, 0, sequence, new byte[] {(byte) packet.length}, packet)
        .write();
  }

  private static byte[] ivf(int length) {
    ByteBuffer out = ByteBuffer.allocate(44 + length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("DKIF".getBytes(StandardCharsets.US_ASCII)).putShort((short) 0).putShort((short) 32);
    out.put("VP80".getBytes(StandardCharsets.US_ASCII)).putShort((short) 16).putShort((short) 16);
    out.putInt(15).putInt(1).putInt(1).putInt(0).putInt(length).putLong(0);
    out.put(new byte[] {0x10, 0, 0, (byte) 0x9D, 1, 0x2A});
    return out.array();
  }
}
