package io.matrixrtc.media;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * LiveKit's frame metadata ({@code LKTS}), which stands behind the encrypted frame and is not
 * encrypted: a sender appends it after encrypting, a receiver cuts it off before decrypting, and
 * only on tracks whose {@code packet_trailer_features} name it. Immutable.
 *
 * <pre>| tag, length, value … (all XOR FF) | length of all this XOR FF | "LKTS" |</pre>
 */
public final class PacketTrailer {
  /** The longest user data, in bytes: the trailer's length is one byte. */
  public static final int MAX_USER_DATA_BYTES = 255 - 5 - 2 - 10 - 6;

  private static final byte[] MAGIC = "LKTS".getBytes(StandardCharsets.US_ASCII);
  private static final int END_BYTES = 1 + 4;
  private static final int TAG_TIMESTAMP = 1;
  private static final int TAG_FRAME_ID = 2;
  private static final int TAG_USER_DATA = 3;
  private static final int MASK = 0xFF;

  private final long userTimestampMicros;
  private final long frameId;
  private final byte[] userData;

  private PacketTrailer(long userTimestampMicros, long frameId, byte[] userData) {
    this.userTimestampMicros = userTimestampMicros;
    this.frameId = frameId;
    this.userData = userData;
  }

  /**
   * Metadata to send; zero and no bytes mean absent.
   *
   * @param userTimestampMicros unsigned
   * @param frameId 0 to 2³² - 1; senders count from 1
   * @throws IllegalArgumentException if the frame id is out of range or the data too long
   */
  public static PacketTrailer of(long userTimestampMicros, long frameId, byte[] userData) {
    if (frameId < 0 || frameId > 0xFFFFFFFFL) {
      throw new IllegalArgumentException("frame id: want 0..2^32-1, got " + frameId);
    }
    if (userData.length > MAX_USER_DATA_BYTES) {
      throw new IllegalArgumentException("user data of " + userData.length + " bytes");
    }
    return new PacketTrailer(userTimestampMicros, frameId, userData.clone());
  }

  /** The metadata at the end of a received frame; empty if there is no valid trailer. */
  public static Optional<PacketTrailer> parse(byte[] frame, int off, int len) {
    int trailer = lengthAt(frame, off, len);
    if (trailer == 0) {
      return Optional.empty();
    }
    long timestamp = 0;
    long frameId = 0;
    byte[] userData = new byte[0];
    boolean found = false;
    int end = off + len - END_BYTES;
    int at = off + len - trailer;
    while (at + 2 <= end) {
      int tag = (frame[at] & 0xFF) ^ MASK;
      int size = (frame[at + 1] & 0xFF) ^ MASK;
      at += 2;
      if (size > end - at) {
        break;
      }
      if (tag == TAG_TIMESTAMP && size == Long.BYTES) {
        timestamp = ~ByteBuffer.wrap(frame, at, size).getLong();
        found = true;
      } else if (tag == TAG_FRAME_ID && size == Integer.BYTES) {
        frameId = ~ByteBuffer.wrap(frame, at, size).getInt() & 0xFFFFFFFFL;
        found = true;
      } else if (tag == TAG_USER_DATA) {
        userData = inverted(Arrays.copyOfRange(frame, at, at + size));
        found = true;
      }
      at += size;
    }
    return found ? Optional.of(new PacketTrailer(timestamp, frameId, userData)) : Optional.empty();
  }

  /** The length that a valid-looking trailer claims, 0 if there is none or it does not fit. */
  private static int lengthAt(byte[] frame, int off, int len) {
    if (len < END_BYTES
        || !Arrays.equals(frame, off + len - MAGIC.length, off + len, MAGIC, 0, MAGIC.length)) {
      return 0;
    }
    int length = (frame[off + len - END_BYTES] & 0xFF) ^ MASK;
    return length < END_BYTES || length > len ? 0 : length;
  }

  /** The length of the frame before its trailer; {@code len} if there is no valid one. */
  public static int frameBytes(byte[] frame, int off, int len) {
    return parse(frame, off, len).isPresent() ? len - lengthAt(frame, off, len) : len;
  }

  /** The trailer's bytes, to be appended to an encrypted frame; none if there are no metadata. */
  public byte[] toByteArray() {
    ByteBuffer out = ByteBuffer.allocate(255);
    if (userTimestampMicros != 0) {
      head(out, TAG_TIMESTAMP, Long.BYTES).putLong(~userTimestampMicros);
    }
    if (frameId != 0) {
      head(out, TAG_FRAME_ID, Integer.BYTES).putInt((int) ~frameId);
    }
    if (userData.length > 0) {
      head(out, TAG_USER_DATA, userData.length).put(inverted(userData.clone()));
    }
    if (out.position() == 0) {
      return new byte[0];
    }
    out.put((byte) (out.position() + END_BYTES ^ MASK)).put(MAGIC);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The sender's clock in microseconds, unsigned; 0 if absent. */
  public long userTimestampMicros() {
    return userTimestampMicros;
  }

  /** The number of the frame, 32 bits; 0 if absent. */
  public long frameId() {
    return frameId;
  }

  /** A copy of the user data; no bytes if absent. */
  public byte[] userData() {
    return userData.clone();
  }

  private static ByteBuffer head(ByteBuffer out, int tag, int size) {
    return out.put((byte) (tag ^ MASK)).put((byte) (size ^ MASK));
  }

  private static byte[] inverted(byte[] owned) {
    for (int i = 0; i < owned.length; i++) {
      owned[i] = (byte) ~owned[i];
    }
    return owned;
  }
}
