package io.matrixrtc.testkit.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An IVF file without its frames: the file header and each frame's timestamp. */
public final class IvfLayout implements ClipLayout {
  /** Length of the file header in bytes. */
  static final int HEADER_BYTES = 32;

  /** Bytes before each frame: length (4) and timestamp (8), little-endian. */
  static final int FRAME_HEADER_BYTES = 12;

  private static final int FRAME_COUNT_OFFSET = 24;

  private final byte[] header;
  private final long[] timestamps;

  IvfLayout(byte[] header, long[] timestamps) {
    this.header = header;
    this.timestamps = timestamps;
  }

  /** Picture width in pixels. */
  public int width() {
    return Short.toUnsignedInt(header().getShort(12));
  }

  /** Picture height in pixels. */
  public int height() {
    return Short.toUnsignedInt(header().getShort(14));
  }

  /** The time that {@code ticks} of this file's time base stand for. */
  Duration time(long ticks) {
    long rate = Integer.toUnsignedLong(header().getInt(16));
    long scale = Integer.toUnsignedLong(header().getInt(20));
    long product = ticks * scale; // below 2^51, the reader's bounds see to it
    return Duration.ofSeconds(product / rate, product % rate * 1_000_000_000L / rate);
  }

  /** How many frames the header promises; 0 where the writer did not know. */
  long promisedFrames() {
    return Integer.toUnsignedLong(header().getInt(FRAME_COUNT_OFFSET));
  }

  private ByteBuffer header() {
    return ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public int frames() {
    return timestamps.length;
  }

  @Override
  public String extension() {
    return "ivf";
  }

  @Override
  public List<EncodedFrame> decodable(List<EncodedFrame> frames) {
    ClipLayout.requireOrdered(frames, timestamps.length);
    List<EncodedFrame> kept = new ArrayList<>(frames.size());
    int previous = -1;
    boolean referencesKnown = false;
    for (EncodedFrame frame : frames) {
      boolean gap = frame.number() != previous + 1;
      referencesKnown = frame.keyFrame() || (referencesKnown && !gap);
      if (referencesKnown) {
        kept.add(frame);
      }
      previous = frame.number();
    }
    return List.copyOf(kept);
  }

  @Override
  public byte[] write(List<EncodedFrame> frames) {
    List<EncodedFrame> kept = decodable(frames);
    if (kept.isEmpty()) {
      throw new IllegalArgumentException("IVF file: no key frame to start from");
    }
    int length = HEADER_BYTES;
    for (EncodedFrame frame : kept) {
      length += FRAME_HEADER_BYTES + frame.length();
    }
    ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).put(header);
    boolean complete = kept.size() == timestamps.length;
    long start = complete ? 0 : timestamps[kept.get(0).number()];
    if (!complete) {
      out.putInt(FRAME_COUNT_OFFSET, kept.size());
    }
    for (EncodedFrame frame : kept) {
      out.putInt(frame.length()).putLong(timestamps[frame.number()] - start);
      out.put(frame.copyBytes());
    }
    return out.array();
  }
}
