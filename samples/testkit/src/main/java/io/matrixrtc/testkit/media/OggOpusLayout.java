package io.matrixrtc.testkit.media;

import java.util.List;

/**
 * Everything of an Ogg/Opus file but its sound: the two header packets and the shape of each page.
 * With the Opus packets this gives the file back, byte for byte.
 */
public final class OggOpusLayout implements ClipLayout {
  final byte[] head;
  final byte[] tags;
  final int serial;
  final int packets;

  /** All pages, those of the headers included. */
  final List<PageShape> pages;

  /** A page without its bytes. */
  record PageShape(int flags, long granule, int segments) {}

  OggOpusLayout(byte[] head, byte[] tags, int serial, int packets, List<PageShape> pages) {
    this.head = head;
    this.tags = tags;
    this.serial = serial;
    this.packets = packets;
    this.pages = List.copyOf(pages);
  }

  /** Channels, 1 to 255 (RFC 7845 section 5.1). */
  public int channels() {
    return Byte.toUnsignedInt(head[9]);
  }

  /** Samples at 48 kHz that a decoder drops at the start. */
  public int preSkip() {
    return Byte.toUnsignedInt(head[10]) | Byte.toUnsignedInt(head[11]) << 8;
  }

  @Override
  public int frames() {
    return packets;
  }

  @Override
  public String extension() {
    return "ogg";
  }

  @Override
  public List<EncodedFrame> decodable(List<EncodedFrame> frames) {
    return List.copyOf(frames);
  }

  @Override
  public byte[] write(List<EncodedFrame> frames) {
    return OggOpusWriter.write(this, frames);
  }
}
