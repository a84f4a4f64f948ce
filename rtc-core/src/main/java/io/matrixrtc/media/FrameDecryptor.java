package io.matrixrtc.media;

/**
 * Decrypts the frames of one received track with the ring of its sender. Strict: the IV has 12
 * bytes, a frame has at least its clear header and 30 bytes, and nothing passes that is not
 * authentic, unless {@link Protection#CLEAR} was set. No frame throws.
 *
 * <p>One for each track, used by one thread at a time; any number of them share a ring. For a frame
 * that the installed key opens it takes no lock and allocates nothing beyond what the JCE does,
 * except to grow a buffer for an H.264 frame with escapes.
 */
public final class FrameDecryptor {
  private final KeyRing ring;
  private final Trial trial;
  private final SealedFrame frame = new SealedFrame();
  private Protection protection = Protection.ENCRYPTED;
  private ServerInjectedFrames serverInjected = ServerInjectedFrames.NONE;
  private int outputLength;
  private int keyIndex = -1;
  private int generation = -1;

  public FrameDecryptor(KeyRing ring) {
    this.ring = ring;
    this.trial = new Trial(ring.settings(), ring.clock());
  }

  /** Says whether the track is encrypted, which it is until then. */
  public void setProtection(Protection protection) {
    this.protection = protection;
  }

  /** Says how the SFU marks frames of its own; until then there are none. */
  public void setServerInjected(ServerInjectedFrames serverInjected) {
    this.serverInjected = serverInjected;
  }

  /**
   * Decrypts one frame. {@link #outputLength}, {@link #keyIndex} and {@link #generation} tell the
   * rest until the next call.
   *
   * @param type ignored for audio
   * @param in the frame as it was depacketised, from {@code off}, {@code len} bytes; unchanged
   * @param out receives the encoded frame from {@code outOff} on, never longer than the input; must
   *     not overlap it
   * @return {@code OK} for an authentic frame; {@code PASSED_THROUGH}, {@code SERVER_BLANK}; all
   *     else is to be dropped
   * @throws IndexOutOfBoundsException if a range is not within its array
   * @throws IllegalArgumentException if the arrays are the same and the ranges overlap
   */
  public FrameStatus decrypt(
      Codec codec, FrameType type, byte[] in, int off, int len, byte[] out, int outOff) {
    FrameBounds.check(in, off, len, out, outOff, len);
    outputLength = 0;
    keyIndex = -1;
    generation = -1;
    if (len == 0 || protection == Protection.CLEAR) {
      return copy(FrameStatus.PASSED_THROUGH, in, off, len, out, outOff);
    }
    if (protection == Protection.UNKNOWN) {
      return FrameStatus.PROTECTION_UNKNOWN;
    }
    if (ring.isSuspended()) {
      return FrameStatus.SENDER_SUSPENDED;
    }
    ServerInjectedFrames.Kind kind = serverInjected.classify(in, off, len);
    if (kind == ServerInjectedFrames.Kind.BLANK) {
      int blank = len - serverInjected.trailerBytes();
      return copy(FrameStatus.SERVER_BLANK, in, off, blank, out, outOff);
    }
    if (kind == ServerInjectedFrames.Kind.FOREIGN) {
      return FrameStatus.SERVER_INJECTED;
    }
    int index = in[off + len - 1] & 0xFF;
    if (ring.refuses(index)) {
      return FrameStatus.KEY_INVALID;
    }
    KeySlot slot = ring.slot(index);
    if (slot == null) {
      ring.missing(index);
      return FrameStatus.NO_KEY;
    }
    if (codec == Codec.AV1) {
      return FrameStatus.UNSUPPORTED_CODEC;
    }
    FrameStatus status = open(slot, codec, type, in, off, len, out, outOff);
    if (status == FrameStatus.OK) {
      keyIndex = index;
    } else if (status != FrameStatus.OUTPUT_TOO_SMALL) {
      ring.failed(index);
    }
    return status;
  }

  private FrameStatus open(
      KeySlot slot,
      Codec codec,
      FrameType type,
      byte[] in,
      int off,
      int len,
      byte[] out,
      int outOff) {
    FrameStatus status = frame.parse(codec, type, in, off, len);
    if (status != FrameStatus.OK) {
      return status;
    }
    if (out.length - outOff < frame.plainBytes()) {
      return FrameStatus.OUTPUT_TOO_SMALL;
    }
    Generation opened = trial.open(slot, frame, out, outOff);
    if (opened == null) {
      return FrameStatus.NOT_AUTHENTIC;
    }
    frame.copyClearBytes(out, outOff);
    outputLength = frame.plainBytes();
    generation = opened.number();
    ring.authentic(slot, opened);
    return FrameStatus.OK;
  }

  /** The length of the last output, in bytes; 0 if there was none. */
  public int outputLength() {
    return outputLength;
  }

  /** The index of the key under which the last frame was authentic; -1 if it was not. */
  public int keyIndex() {
    return keyIndex;
  }

  /** The generation of that key; -1 if the last frame was not authentic. */
  public int generation() {
    return generation;
  }

  /** How many H.264 or H.265 frames showed no slice and were read with VP8's header sizes. */
  public long naluFallbacks() {
    return frame.naluFallbacks();
  }

  private FrameStatus copy(
      FrameStatus status, byte[] in, int off, int len, byte[] out, int outOff) {
    if (out.length - outOff < len) {
      return FrameStatus.OUTPUT_TOO_SMALL;
    }
    System.arraycopy(in, off, out, outOff, len);
    outputLength = len;
    return status;
  }
}
