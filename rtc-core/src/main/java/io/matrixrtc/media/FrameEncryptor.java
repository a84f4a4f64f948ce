package io.matrixrtc.media;

/**
 * Encrypts the frames of one track in LiveKit's format, with the key that the ring uses at the
 * moment:
 *
 * <pre>
 * | clear header | ciphertext | tag 16 | IV 12 | IV length 1 | key index 1 |   in bytes
 * </pre>
 *
 * <p>The clear header is authenticated. For H.264 and H.265 its start codes are made 4 bytes long,
 * and everything behind it is escaped. Nothing ever leaves in the clear unless {@link
 * Protection#CLEAR} was set.
 *
 * <p>One for each track, used by one thread at a time; any number of them share a ring. Takes no
 * lock, and allocates nothing beyond what the JCE does, except to grow a buffer for an H.264 frame
 * that needs more escapes than any before.
 */
public final class FrameEncryptor {
  /** What encryption adds to a frame that needs no escapes, in bytes. */
  public static final int OVERHEAD_BYTES = FrameCipher.TAG_BYTES + FrameNumbers.IV_BYTES + 2;

  /** How many IVs are tried until ciphertext does not change how the frame is read. */
  private static final int MAX_TRIES = 8;

  private final KeyRing ring;
  private final IvSource ivs;
  private final FrameCipher cipher = new FrameCipher();
  private final ClearHeader header = new ClearHeader();
  private final ClearHeader asReceived = new ClearHeader();
  private final Rbsp rbsp = new Rbsp();
  private final byte[] iv = new byte[FrameNumbers.IV_BYTES];
  private Protection protection = Protection.ENCRYPTED;
  private int outputLength;
  private int keyIndex = -1;
  private int generation = -1;

  public FrameEncryptor(KeyRing ring) {
    this(ring, IvSource.FRAME_NUMBERS);
  }

  FrameEncryptor(KeyRing ring, IvSource ivs) {
    this.ring = ring;
    this.ivs = ivs;
  }

  /** Says whether the track is encrypted, which it is until then. */
  public void setProtection(Protection protection) {
    this.protection = protection;
  }

  /** The room that an encrypted frame of {@code len} bytes needs at most. */
  public static int maxOutputBytes(Codec codec, int len) {
    return switch (codec) {
      // At worst a start code is widened every 3 bytes, or an escape is inserted every 2.
      case H264, H265, UNKNOWN -> (len + OVERHEAD_BYTES) * 3 / 2 + 1;
      case AUDIO, VP8, VP9, AV1 -> len + OVERHEAD_BYTES;
    };
  }

  /**
   * Encrypts one frame. {@link #outputLength}, {@link #keyIndex} and {@link #generation} tell the
   * rest until the next call.
   *
   * @param type ignored for audio
   * @param in the encoded frame, from {@code off}, {@code len} bytes; unchanged
   * @param out receives the frame from {@code outOff} on; must not overlap the input
   * @return {@code OK}; {@code PASSED_THROUGH} for an empty frame or {@link Protection#CLEAR}; else
   *     the frame is to be dropped: {@code PROTECTION_UNKNOWN}, {@code UNSUPPORTED_CODEC}, {@code
   *     TOO_SHORT} (shorter than its clear header), {@code HELD}, {@code NO_KEY}, {@code
   *     KEY_EXHAUSTED}, {@code OUTPUT_TOO_SMALL}
   * @throws IndexOutOfBoundsException if a range is not within its array
   * @throws IllegalArgumentException if the arrays are the same and the ranges overlap
   */
  public FrameStatus encrypt(
      Codec codec, FrameType type, byte[] in, int off, int len, byte[] out, int outOff) {
    FrameBounds.check(in, off, len, out, outOff, maxOutputBytes(codec, len));
    outputLength = 0;
    keyIndex = -1;
    generation = -1;
    if (len == 0 || protection == Protection.CLEAR) {
      return copy(in, off, len, out, outOff);
    }
    if (protection == Protection.UNKNOWN) {
      return FrameStatus.PROTECTION_UNKNOWN;
    }
    if (codec == Codec.AV1) {
      return FrameStatus.UNSUPPORTED_CODEC;
    }
    int clear = header.measure(codec, type, in, off, len);
    if (len < clear) {
      return FrameStatus.TOO_SHORT;
    }
    int widened = header.isEscaped() ? StartCodes.countShort(in, off, clear) : 0;
    if (out.length - outOff < len + widened + OVERHEAD_BYTES) {
      return FrameStatus.OUTPUT_TOO_SMALL;
    }
    if (!ring.gate().admit()) {
      return FrameStatus.HELD;
    }
    for (int i = 0; i < MAX_TRIES; i++) {
      FrameStatus status = seal(in, off, len, clear, widened, out, outOff);
      if (status != FrameStatus.OK || !header.isAmbiguous()) {
        return status;
      }
      if (asReceived.reads(
          codec, type, out, outOff, outputLength, clear + widened, header.isEscaped())) {
        return FrameStatus.OK;
      }
      outputLength = 0;
      keyIndex = -1;
      generation = -1;
    }
    return FrameStatus.AMBIGUOUS_HEADER;
  }

  private FrameStatus seal(
      byte[] in, int off, int len, int clear, int widened, byte[] out, int outOff) {
    KeyRing.SendingKey key = ring.sending();
    if (key == null) {
      return FrameStatus.NO_KEY;
    }
    KeySlot slot = key.slot();
    if (!ivs.next(slot, iv)) {
      return FrameStatus.KEY_EXHAUSTED;
    }
    if (slot.firstUsedMillis() == KeySlot.NEVER) {
      slot.markUsed(ring.clock().millis());
    }
    if (widened == 0) {
      System.arraycopy(in, off, out, outOff, clear);
    } else {
      StartCodes.copyNormalized(in, off, clear, out, outOff);
    }
    int aad = clear + widened;
    if (!cipher.seal(
        key.generation().frameKey(), iv, aad, in, off + clear, len - clear, out, outOff)) {
      return FrameStatus.NO_KEY;
    }
    int end = outOff + aad + len - clear + FrameCipher.TAG_BYTES;
    System.arraycopy(iv, 0, out, end, FrameNumbers.IV_BYTES);
    end += FrameNumbers.IV_BYTES;
    out[end++] = FrameNumbers.IV_BYTES;
    out[end++] = (byte) slot.index();
    int length = end - outOff;
    if (header.isEscaped()) {
      int tail = rbsp.escape(out, outOff + aad, length - aad);
      if (tail < 0) {
        return FrameStatus.OUTPUT_TOO_SMALL;
      }
      length = aad + tail;
    }
    outputLength = length;
    keyIndex = slot.index();
    generation = key.generation().number();
    return FrameStatus.OK;
  }

  /** The length of the last output, in bytes; 0 if there was none. */
  public int outputLength() {
    return outputLength;
  }

  /** The index of the key that encrypted the last frame; -1 if it was not encrypted. */
  public int keyIndex() {
    return keyIndex;
  }

  /** The generation of that key; -1 if the last frame was not encrypted. */
  public int generation() {
    return generation;
  }

  /** How many H.264 or H.265 frames showed no slice and were encrypted with VP8's header sizes. */
  public long naluFallbacks() {
    return header.fallbacks();
  }

  private FrameStatus copy(byte[] in, int off, int len, byte[] out, int outOff) {
    if (out.length - outOff < len) {
      return FrameStatus.OUTPUT_TOO_SMALL;
    }
    System.arraycopy(in, off, out, outOff, len);
    outputLength = len;
    return FrameStatus.PASSED_THROUGH;
  }
}
