package io.matrixrtc.media;

/**
 * The parts of a received frame, as offsets into the caller's array or, behind the clear header of
 * an escaped frame, into a buffer of its own. Reusable, for one thread.
 */
final class SealedFrame implements Sealed {
  private final ClearHeader header = new ClearHeader();
  private byte[] buffer = new byte[0];

  private byte[] frame = buffer;
  private int frameOff;
  private int clearBytes;
  private byte[] tail = buffer;
  private int sealedOff;
  private int sealedBytes;

  /**
   * Takes the frame apart; it is used until the next call.
   *
   * @return OK, TOO_SHORT (also for a header that is not there) or BAD_TRAILER
   */
  FrameStatus parse(Codec codec, FrameType type, byte[] in, int off, int len) {
    clearBytes = header.measure(codec, type, in, off, len);
    if (len - clearBytes < FrameEncryptor.OVERHEAD_BYTES) {
      return FrameStatus.TOO_SHORT;
    }
    frame = in;
    frameOff = off;
    tail = in;
    sealedOff = off + clearBytes;
    int tailBytes = len - clearBytes;
    if (header.isEscaped()) {
      int escape = Rbsp.findEscape(in, sealedOff, tailBytes);
      if (escape >= 0) {
        tailBytes = unescape(in, sealedOff, tailBytes, escape);
      }
    }
    sealedBytes = tailBytes - FrameNumbers.IV_BYTES - 2;
    if (sealedBytes < FrameCipher.TAG_BYTES) {
      return FrameStatus.TOO_SHORT;
    }
    return tail[ivOff() + FrameNumbers.IV_BYTES] == FrameNumbers.IV_BYTES
        ? FrameStatus.OK
        : FrameStatus.BAD_TRAILER;
  }

  private int unescape(byte[] in, int off, int len, int firstEscape) {
    if (buffer.length < len) {
      buffer = new byte[len];
    }
    tail = buffer;
    sealedOff = 0;
    return Rbsp.unescape(in, off, len, firstEscape, buffer, 0);
  }

  /** The length of the frame when decrypted. */
  int plainBytes() {
    return clearBytes + sealedBytes - FrameCipher.TAG_BYTES;
  }

  /** livekit-client unescapes once more before it tries again, and so spoils some frames. */
  @Override
  public boolean opensOneStepOn() {
    return tail == frame
        || Rbsp.findEscape(tail, sealedOff, sealedBytes + FrameNumbers.IV_BYTES + 2) < 0;
  }

  /** Decrypts behind the clear bytes of {@code out}; false if not authentic under the key. */
  @Override
  public boolean open(FrameCipher cipher, FrameKey key, byte[] out, int outOff) {
    return cipher.open(
        key,
        tail,
        ivOff(),
        frame,
        frameOff,
        clearBytes,
        tail,
        sealedOff,
        sealedBytes,
        out,
        outOff + clearBytes);
  }

  void copyClearBytes(byte[] out, int outOff) {
    System.arraycopy(frame, frameOff, out, outOff, clearBytes);
  }

  long naluFallbacks() {
    return header.fallbacks();
  }

  private int ivOff() {
    return sealedOff + sealedBytes;
  }
}
