package io.matrixrtc.media;

import io.matrixrtc.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** All that reads a frame or packet without a key: headers, NALUs, escapes, trailers, protobuf. */
public final class FrameLayoutTarget implements FuzzTarget {
  private static final byte[] TRAILER = "sif!".getBytes(StandardCharsets.US_ASCII);

  private final ServerInjectedFrames injected = ServerInjectedFrames.withTrailer(TRAILER);
  private final ClearHeader header = new ClearHeader();
  private final Rbsp rbsp = new Rbsp();

  /** Headers, units and trailers are short; each input is read a dozen times. */
  @Override
  public int maxBytes() {
    return 256;
  }

  @Override
  public void run(byte[] input) throws Exception {
    for (Codec codec : Codec.values()) {
      if (codec != Codec.AV1) {
        for (FrameType type : FrameType.values()) {
          int clear = header.measure(codec, type, input, 0, input.length);
          if (clear < 0 || clear > Math.max(10, input.length + 2)) {
            throw new AssertionError("clear header of " + clear);
          }
        }
      }
    }
    escapes(input);
    boolean ends =
        input.length >= TRAILER.length
            && Arrays.equals(
                TRAILER, Arrays.copyOfRange(input, input.length - TRAILER.length, input.length));
    boolean told =
        injected.classify(input, 0, input.length) != ServerInjectedFrames.Kind.NOT_INJECTED;
    if (ends != told) {
      throw new AssertionError("trailer of the server");
    }
    trailer(input);
    packet(input);
  }

  private void escapes(byte[] input) {
    byte[] escaped = Arrays.copyOf(input, input.length + input.length / 2 + 2);
    int length = rbsp.escape(escaped, 0, input.length);
    if (length < input.length) {
      throw new AssertionError("no room for escapes");
    }
    for (int i = 0; i + 2 < length; i++) {
      if (escaped[i] == 0 && escaped[i + 1] == 0 && escaped[i + 2] >= 0 && escaped[i + 2] < 3) {
        throw new AssertionError("start code in an escaped frame");
      }
    }
    byte[] back = new byte[length];
    int plain = Rbsp.unescape(escaped, 0, length, Rbsp.nextEscape(escaped, 0, length), back, 0);
    if (!Arrays.equals(input, Arrays.copyOf(back, plain))) {
      throw new AssertionError("escapes did not come off");
    }
    byte[] received = new byte[input.length];
    int cut =
        Rbsp.unescape(input, 0, input.length, Rbsp.findEscape(input, 0, input.length), received, 0);
    if (cut > input.length) {
      throw new AssertionError("longer without escapes");
    }
  }

  private static void trailer(byte[] input) {
    Optional<PacketTrailer> trailer = PacketTrailer.parse(input, 0, input.length);
    int frame = PacketTrailer.frameBytes(input, 0, input.length);
    if (frame < 0 || frame > input.length || trailer.isEmpty() != (frame == input.length)) {
      throw new AssertionError("frame of " + frame);
    }
    if (trailer.isPresent() && trailer.get().userData().length <= 200) {
      PacketTrailer read = trailer.get();
      byte[] written = read.toByteArray();
      PacketTrailer again = PacketTrailer.parse(written, 0, written.length).orElse(null);
      boolean empty =
          read.userTimestampMicros() == 0 && read.frameId() == 0 && read.userData().length == 0;
      if (empty != (again == null)
          || (again != null
              && (again.frameId() != read.frameId()
                  || again.userTimestampMicros() != read.userTimestampMicros()
                  || !Arrays.equals(again.userData(), read.userData())))) {
        throw new AssertionError("trailer read, written and read again");
      }
    }
  }

  private static void packet(byte[] input) throws DataPacketException {
    EncryptedPacket packet;
    try {
      EncryptedPacket.inDataPacket(input);
      EncryptedPacket.participantIdentity(input);
      packet = EncryptedPacket.parse(input);
    } catch (DataPacketException e) {
      return;
    }
    byte[] written = packet.toByteArray();
    if (!Arrays.equals(written, EncryptedPacket.parse(written).toByteArray())
        || EncryptedPacket.inDataPacket(packet.toDataPacketField()).isEmpty()) {
      throw new AssertionError("packet read, written and read again");
    }
  }

  @Override
  public List<byte[]> seeds() throws Exception {
    MediaWorld world = new MediaWorld(1);
    List<byte[]> seeds = new ArrayList<>();
    for (Codec codec : Codec.values()) {
      seeds.add(world.frame(codec, 30));
    }
    seeds.add(new byte[] {0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 2});
    seeds.add(TRAILER);
    seeds.add(PacketTrailer.of(1, 2, new byte[] {3}).toByteArray());
    EncryptedPacket packet = EncryptedPacket.of(1, new byte[12], 3, new byte[20]);
    seeds.add(packet.toByteArray());
    seeds.add(packet.toDataPacketField());
    return seeds;
  }
}
