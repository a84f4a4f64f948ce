package io.matrixrtc.media;

/**
 * Finds the first slice NALU of an H.264 or H.265 frame in Annex B form, as livekit-client 2.23
 * does: the bytes outrank the codec that was announced. Reusable, for one thread.
 */
final class NaluScan {
  /** What the bytes are. */
  enum Result {
    /** A slice was found; {@link #clearBytes} and {@link #codec} are set. */
    SLICE,
    /** No slice, and no codec that would need one: not NALUs. */
    NOT_NALUS,
    /** Something other than zeros before the first start code. */
    LEADING_DATA,
    /** H.264 or H.265 was announced, but there is no slice. */
    NO_SLICE
  }

  /** A NALU that begins within this many bytes of the end is not seen. */
  private static final int UNSEEN_TAIL_BYTES = 3;

  private int clearBytes;
  private Codec codec = Codec.UNKNOWN;

  Result scan(byte[] bytes, int off, int len, Codec announced) {
    clearBytes = 0;
    codec = Codec.UNKNOWN;
    int end = off + len - UNSEEN_TAIL_BYTES;
    int firstCode = StartCodes.find(bytes, off, end);
    if (end > off && !onlyZeros(bytes, off, firstCode < 0 ? off + len : firstCode)) {
      return Result.LEADING_DATA;
    }
    int h265Slice = -1;
    for (int code = firstCode; code >= 0; code = StartCodes.find(bytes, code + 3, end)) {
      int nalu = code + 3;
      if (nalu >= end) {
        break;
      }
      if (isH264Slice(bytes[nalu])) {
        return slice(Codec.H264, nalu - off);
      }
      if (h265Slice < 0 && isH265Slice(bytes[nalu])) {
        h265Slice = nalu;
      }
    }
    if (h265Slice >= 0) {
      return slice(Codec.H265, h265Slice - off);
    }
    return announced == Codec.H264 || announced == Codec.H265 ? Result.NO_SLICE : Result.NOT_NALUS;
  }

  /** After {@link Result#SLICE}: the bytes up to and including two of the slice. */
  int clearBytes() {
    return clearBytes;
  }

  /** After {@link Result#SLICE}: H.264 or H.265, by the bytes. */
  Codec codec() {
    return codec;
  }

  private Result slice(Codec found, int at) {
    codec = found;
    clearBytes = at + 2;
    return Result.SLICE;
  }

  private static boolean isH264Slice(byte header) {
    int type = header & 0x1F;
    return type == 1 || type == 5;
  }

  private static boolean isH265Slice(byte header) {
    int type = header >> 1 & 0x3F;
    return type <= 9 || (type >= 16 && type <= 21);
  }

  private static boolean onlyZeros(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
