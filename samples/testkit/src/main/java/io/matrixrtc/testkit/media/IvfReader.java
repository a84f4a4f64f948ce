package io.matrixrtc.testkit.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes an IVF file with VP8 apart into its frames. All numbers in IVF are little-endian; the
 * layout is described with libvpx, a VP8 frame's first bytes in RFC 6386 section 9.1.
 */
public final class IvfReader {
  /** Largest file, in bytes. */
  public static final int MAX_FILE_BYTES = 256 << 20;

  /** Largest frame, in bytes. */
  public static final int MAX_FRAME_BYTES = 1 << 20;

  private static final int SIGNATURE = 0x46494B44; // "DKIF", little-endian
  private static final int VP8 = 0x30385056; // "VP80", little-endian
  private static final int MAX_TIME_VALUE = 1_000_000;
  private static final int DELTA_BYTES = 3;
  private static final int KEY_BYTES = 10;

  private IvfReader() {}

  /**
   * Reads a whole file.
   *
   * @throws MediaFormatException if it is not IVF with VP8 from beginning to end
   */
  public static Clip read(String name, byte[] file) throws MediaFormatException {
    if (file.length > MAX_FILE_BYTES) {
      throw new MediaFormatException.TooLarge("IVF file of " + file.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    checkHeader(in);
    byte[] header = Arrays.copyOf(file, IvfLayout.HEADER_BYTES);
    in.position(IvfLayout.HEADER_BYTES);

    List<byte[]> bodies = new ArrayList<>();
    List<Long> timestamps = new ArrayList<>();
    while (in.hasRemaining()) {
      readFrame(in, bodies, timestamps);
    }
    IvfLayout layout =
        new IvfLayout(header, timestamps.stream().mapToLong(Long::longValue).toArray());
    checkCount(layout, bodies.size());
    return clip(name, layout, bodies, timestamps);
  }

  private static void checkHeader(ByteBuffer in) throws MediaFormatException {
    if (in.remaining() < IvfLayout.HEADER_BYTES) {
      throw new MediaFormatException.Truncated("IVF header cut off");
    }
    if (in.getInt(0) != SIGNATURE
        || in.getShort(4) != 0
        || in.getShort(6) != IvfLayout.HEADER_BYTES) {
      throw new MediaFormatException.Malformed("not an IVF header");
    }
    if (in.getInt(8) != VP8) {
      throw new MediaFormatException.Unsupported("IVF file is not VP8");
    }
    for (int offset : new int[] {16, 20}) {
      long value = Integer.toUnsignedLong(in.getInt(offset));
      if (value == 0 || value > MAX_TIME_VALUE) {
        throw new MediaFormatException.Malformed("IVF time base");
      }
    }
  }

  private static void readFrame(ByteBuffer in, List<byte[]> bodies, List<Long> timestamps)
      throws MediaFormatException {
    if (in.remaining() < IvfLayout.FRAME_HEADER_BYTES) {
      throw new MediaFormatException.Truncated("IVF frame header cut off");
    }
    long length = Integer.toUnsignedLong(in.getInt());
    long timestamp = in.getLong();
    if (length > MAX_FRAME_BYTES) {
      throw new MediaFormatException.TooLarge("IVF frame of " + length + " bytes");
    }
    if (length > in.remaining()) {
      throw new MediaFormatException.Truncated("IVF frame cut off");
    }
    long previous = timestamps.isEmpty() ? -1 : timestamps.get(timestamps.size() - 1);
    if (timestamp <= previous || timestamp > Integer.MAX_VALUE) {
      throw new MediaFormatException.Malformed("IVF timestamp " + timestamp);
    }
    byte[] body = new byte[(int) length];
    in.get(body);
    checkVp8(body);
    if (bodies.isEmpty() && !isKeyFrame(body)) {
      throw new MediaFormatException.Malformed("IVF file does not start with a key frame");
    }
    bodies.add(body);
    timestamps.add(timestamp);
  }

  private static void checkVp8(byte[] frame) throws MediaFormatException {
    boolean ok = frame.length >= (frame.length > 0 && isKeyFrame(frame) ? KEY_BYTES : DELTA_BYTES);
    if (ok && isKeyFrame(frame)) {
      ok = frame[3] == (byte) 0x9D && frame[4] == 0x01 && frame[5] == 0x2A;
    }
    if (!ok) {
      throw new MediaFormatException.Malformed("not a VP8 frame");
    }
  }

  /** Bit 0 of a VP8 frame is 0 for a key frame. */
  static boolean isKeyFrame(byte[] frame) {
    return (frame[0] & 1) == 0;
  }

  private static void checkCount(IvfLayout layout, int frames) throws MediaFormatException {
    long promised = layout.promisedFrames();
    if (frames == 0 || frames < promised) {
      throw new MediaFormatException.Truncated("IVF file: " + frames + " of " + promised);
    }
    if (promised != 0 && frames > promised) {
      throw new MediaFormatException.Malformed("IVF file: " + frames + " of " + promised);
    }
  }

  private static Clip clip(
      String name, IvfLayout layout, List<byte[]> bodies, List<Long> timestamps) {
    List<EncodedFrame> frames = new ArrayList<>(bodies.size());
    for (int i = 0; i < bodies.size(); i++) {
      byte[] body = bodies.get(i);
      frames.add(EncodedFrame.of(i, layout.time(timestamps.get(i)), isKeyFrame(body), body));
    }
    Duration length = layout.time(timestamps.get(timestamps.size() - 1) + 1);
    return new Clip(name, TrackKind.VIDEO, "vp8", length, frames, layout);
  }
}
