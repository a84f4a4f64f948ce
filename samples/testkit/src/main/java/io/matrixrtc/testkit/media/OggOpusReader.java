package io.matrixrtc.testkit.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes an Ogg file with one Opus stream apart into its packets (RFC 3533, RFC 7845).
 *
 * <p>Strict, so that damage is noticed: checksums, page order, serial number and the end-of-stream
 * flag must be right, and nothing may follow the last page.
 */
public final class OggOpusReader {
  /** Largest file, in bytes. */
  public static final int MAX_FILE_BYTES = 64 << 20;

  /** Largest Opus packet, in bytes (RFC 7845 section 6). */
  public static final int MAX_PACKET_BYTES = 61_440;

  private static final int HEAD_BYTES = 19;

  private final List<OggOpusLayout.PageShape> shapes = new ArrayList<>();
  private final List<byte[]> packets = new ArrayList<>();
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();
  private boolean packetOpen;

  private OggOpusReader() {}

  /**
   * Reads a whole file.
   *
   * @throws MediaFormatException if it is not one Opus stream from beginning to end
   */
  public static Clip read(String name, byte[] file) throws MediaFormatException {
    if (file.length > MAX_FILE_BYTES) {
      throw new MediaFormatException.TooLarge("Ogg file of " + file.length + " bytes");
    }
    return new OggOpusReader().readPages(name, file);
  }

  private Clip readPages(String name, byte[] file) throws MediaFormatException {
    OggPage first = OggPage.read(file, 0);
    int serial = first.serial;
    long lastGranule = 0;
    boolean ended = false;
    for (int at = 0; at < file.length; ) {
      OggPage page = OggPage.read(file, at);
      if (ended || page.serial != serial) {
        throw new MediaFormatException.Unsupported("Ogg file with more than one stream");
      }
      if (page.sequence != shapes.size()
          || page.has(OggPage.FIRST) != (at == 0)
          || page.has(OggPage.CONTINUED) != packetOpen) {
        throw new MediaFormatException.Malformed("Ogg page " + page.sequence + " out of order");
      }
      if (page.granule != -1) {
        if (page.granule < lastGranule) {
          throw new MediaFormatException.Malformed("Ogg granule position goes back");
        }
        lastGranule = page.granule;
      }
      int headers = packets.size();
      splitPackets(page);
      int completed = packets.size() - headers;
      if (headers < 2 && (completed > 1 || (completed == 1 && packetOpen))) {
        throw new MediaFormatException.Malformed("Opus header shares its page");
      }
      shapes.add(new OggOpusLayout.PageShape(page.flags, page.granule, page.lacing.length));
      ended = page.has(OggPage.LAST);
      at += page.length();
    }
    if (!ended || packetOpen || packets.size() < 3) {
      throw new MediaFormatException.Truncated("Ogg file without its end");
    }
    return clip(name, serial);
  }

  private void splitPackets(OggPage page) throws MediaFormatException {
    int from = 0;
    for (byte value : page.lacing) {
      int length = Byte.toUnsignedInt(value);
      open.write(page.body, from, length);
      from += length;
      if (open.size() > MAX_PACKET_BYTES) {
        throw new MediaFormatException.TooLarge("Opus packet over " + MAX_PACKET_BYTES + " bytes");
      }
      packetOpen = length == 255;
      if (!packetOpen) {
        packets.add(open.toByteArray());
        open.reset();
      }
    }
  }

  private Clip clip(String name, int serial) throws MediaFormatException {
    byte[] head = packets.get(0);
    byte[] tags = packets.get(1);
    if (!startsWith(head, "OpusHead")) {
      throw new MediaFormatException.Unsupported("Ogg stream is not Opus");
    }
    // The upper half of the version byte is the incompatible part (RFC 7845 section 5.1).
    if (head.length < HEAD_BYTES || (head[8] & 0xF0) != 0 || head[9] == 0) {
      throw new MediaFormatException.Malformed("Opus identification header");
    }
    if (!startsWith(tags, "OpusTags")) {
      throw new MediaFormatException.Malformed("Opus comment header");
    }
    List<EncodedFrame> frames = new ArrayList<>(packets.size() - 2);
    long samples = 0;
    for (byte[] packet : packets.subList(2, packets.size())) {
      Duration at = Duration.ofNanos(samples * 1_000_000_000L / TrackKind.AUDIO.clockRateHz());
      frames.add(EncodedFrame.of(frames.size(), at, true, packet));
      samples += OpusToc.read(packet).samples();
    }
    OggOpusLayout layout = new OggOpusLayout(head, tags, serial, frames.size(), shapes);
    Duration length = Duration.ofNanos(samples * 1_000_000_000L / TrackKind.AUDIO.clockRateHz());
    return new Clip(name, TrackKind.AUDIO, "opus", length, frames, layout);
  }

  private static boolean startsWith(byte[] packet, String magic) {
    byte[] want = magic.getBytes(StandardCharsets.US_ASCII);
    return packet.length >= want.length
        && Arrays.equals(packet, 0, want.length, want, 0, want.length);
  }
}
