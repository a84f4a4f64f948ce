package io.matrixrtc.testkit.media;

import io.matrixrtc.testkit.media.OggOpusLayout.PageShape;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts Opus packets into an Ogg file again; see {@link ClipLayout#write}. */
final class OggOpusWriter {
  /** Pages of a partial file end after a second of 20 ms packets, as ffmpeg's do. */
  private static final int PACKETS_PER_PAGE = 50;

  private OggOpusWriter() {}

  static byte[] write(OggOpusLayout layout, List<EncodedFrame> frames) {
    ClipLayout.requireOrdered(frames, layout.packets);
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("Ogg file: no packets to write");
    }
    if (frames.size() == layout.packets) {
      byte[] lacing = lacing(layout, frames);
      int segments = layout.pages.stream().mapToInt(PageShape::segments).sum();
      if (lacing.length == segments) {
        return writePages(layout, layout.pages, lacing, frames);
      }
    }
    return writePages(layout, closedUp(layout, frames), lacing(layout, frames), frames);
  }

  /** The page shapes of a file in which the packets follow each other without a gap. */
  private static List<PageShape> closedUp(OggOpusLayout layout, List<EncodedFrame> frames) {
    List<PageShape> pages = new ArrayList<>();
    pages.add(new PageShape(OggPage.FIRST, 0, segments(layout.head.length)));
    boolean continued = false;
    for (int left = segments(layout.tags.length); left > 0; left -= OggPage.MAX_SEGMENTS) {
      // A page on which no packet ends has the granule position -1 (RFC 3533 section 6).
      long granule = left > OggPage.MAX_SEGMENTS ? -1 : 0;
      int flags = continued ? OggPage.CONTINUED : 0;
      pages.add(new PageShape(flags, granule, Math.min(left, OggPage.MAX_SEGMENTS)));
      continued = true;
    }
    long samples = 0;
    int segments = 0;
    int packets = 0;
    for (int i = 0; i < frames.size(); i++) {
      EncodedFrame frame = frames.get(i);
      segments += segments(frame.length());
      samples += samples(frame);
      packets++;
      boolean last = i == frames.size() - 1;
      int next = last ? 0 : segments(frames.get(i + 1).length());
      if (last || packets == PACKETS_PER_PAGE || segments + next > OggPage.MAX_SEGMENTS) {
        pages.add(new PageShape(last ? OggPage.LAST : 0, samples, segments));
        segments = 0;
        packets = 0;
      }
    }
    return pages;
  }

  private static byte[] writePages(
      OggOpusLayout layout, List<PageShape> pages, byte[] lacing, List<EncodedFrame> frames) {
    byte[] body = body(layout, frames);
    ByteArrayOutputStream file = new ByteArrayOutputStream(body.length * 9 / 8);
    int lace = 0;
    int from = 0;
    for (int i = 0; i < pages.size(); i++) {
      PageShape shape = pages.get(i);
      byte[] laces = Arrays.copyOfRange(lacing, lace, lace + shape.segments());
      int length = 0;
      for (byte value : laces) {
        length += Byte.toUnsignedInt(value);
      }
      byte[] bytes = Arrays.copyOfRange(body, from, from + length);
      file.writeBytes(
          new OggPage(shape.flags(), shape.granule(), layout.serial, i, laces, bytes).write());
      lace += shape.segments();
      from += length;
    }
    return file.toByteArray();
  }

  private static byte[] body(OggOpusLayout layout, List<EncodedFrame> frames) {
    int length = layout.head.length + layout.tags.length;
    for (EncodedFrame frame : frames) {
      length += frame.length();
    }
    byte[] body = Arrays.copyOf(layout.head, length);
    System.arraycopy(layout.tags, 0, body, layout.head.length, layout.tags.length);
    int at = layout.head.length + layout.tags.length;
    for (EncodedFrame frame : frames) {
      frame.copyTo(body, at);
      at += frame.length();
    }
    return body;
  }

  private static byte[] lacing(OggOpusLayout layout, List<EncodedFrame> frames) {
    int total = segments(layout.head.length) + segments(layout.tags.length);
    for (EncodedFrame frame : frames) {
      total += segments(frame.length());
    }
    byte[] lacing = new byte[total];
    int at = OggPage.lace(layout.head.length, lacing, 0);
    at = OggPage.lace(layout.tags.length, lacing, at);
    for (EncodedFrame frame : frames) {
      at = OggPage.lace(frame.length(), lacing, at);
    }
    return lacing;
  }

  private static int segments(int packetBytes) {
    return packetBytes / 255 + 1;
  }

  private static int samples(EncodedFrame frame) {
    try {
      return OpusToc.read(frame.copyBytes()).samples();
    } catch (MediaFormatException e) {
      throw new IllegalArgumentException("frame " + frame.number() + ": " + e.getMessage(), e);
    }
  }
}
