package io.matrixrtc.media;

/**
 * Decides which leading bytes of a frame stay clear (and are authenticated), and whether the rest
 * is escaped. The same on both sides, by the bytes alone. Reusable, for one thread.
 */
final class ClearHeader {
  private static final int AUDIO_BYTES = 1;
  private static final int VP8_KEY_BYTES = 10;
  private static final int VP8_DELTA_BYTES = 3;

  private final NaluScan nalus = new NaluScan();
  private int length;
  private boolean escaped;
  private boolean ambiguous;
  private long fallbacks;

  /**
   * Measures the header of a frame; not for AV1. The length may exceed that of a short frame.
   *
   * @return the number of clear bytes
   */
  int measure(Codec codec, FrameType type, byte[] frame, int off, int len) {
    escaped = false;
    ambiguous = false;
    length =
        switch (codec) {
          case AUDIO -> AUDIO_BYTES;
          case VP8 -> vp8(type);
          case VP9 -> 0;
          case H264, H265, UNKNOWN -> nalus(codec, type, frame, off, len);
          case AV1 -> throw new IllegalArgumentException("AV1 frames are not encrypted");
        };
    return length;
  }

  /** Whether everything behind the header is escaped. */
  boolean isEscaped() {
    return escaped;
  }

  /**
   * Whether what follows the header decides how it is read, so that ciphertext could change it: in
   * H.265, since an H.264 slice outranks it, and where no slice was found. Never so in H.264.
   */
  boolean isAmbiguous() {
    return ambiguous;
  }

  /** Whether a frame reads as {@code length} clear bytes with the rest escaped or not. */
  boolean reads(
      Codec codec, FrameType type, byte[] frame, int off, int len, int length, boolean escaped) {
    return measure(codec, type, frame, off, len) == length && this.escaped == escaped;
  }

  /** How many H.264 or H.265 frames showed no slice and were treated as VP8. */
  long fallbacks() {
    return fallbacks;
  }

  private int nalus(Codec codec, FrameType type, byte[] frame, int off, int len) {
    NaluScan.Result result = nalus.scan(frame, off, len, codec);
    ambiguous = result != NaluScan.Result.SLICE || nalus.codec() == Codec.H265;
    if (result == NaluScan.Result.SLICE) {
      escaped = true;
      return nalus.clearBytes();
    }
    if (codec != Codec.UNKNOWN) {
      fallbacks++;
    }
    return vp8(type);
  }

  private static int vp8(FrameType type) {
    return switch (type) {
      case KEY -> VP8_KEY_BYTES;
      case DELTA -> VP8_DELTA_BYTES;
      case EMPTY -> 0;
    };
  }
}
