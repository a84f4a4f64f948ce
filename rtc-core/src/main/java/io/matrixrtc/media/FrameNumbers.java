package io.matrixrtc.media;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * The IVs of one key (KEY-IV): {@code prefix (8 bytes) | frame number (4 bytes, big-endian)}.
 *
 * <p>The prefix is random and fixed for the key, the number starts at random and goes up by one for
 * every frame and data packet, whoever encrypts it: all tracks, all encryptors and all generations
 * of the key share this object. It stops after 2³¹ numbers (KEY-AGE), long before it would come
 * round. So two IVs under one key differ whatever SSRCs and timestamps are, and neither is told to
 * an observer. Where several processes share a key (a password for all), their random prefixes of
 * 64 bits keep them apart.
 *
 * <p>No IV needs emulation prevention: no prefix byte is zero, the first is above 3, and numbers
 * holding {@code 00 00} before a byte of at most 3 are skipped. Native receivers misread H.264
 * frames whose IV is escaped.
 *
 * <p>Lock-free; safe for many threads.
 */
final class FrameNumbers {
  /** How many frames one key may encrypt. */
  static final long LIMIT = 1L << 31;

  static final int IV_BYTES = 12;
  private static final int PREFIX_BYTES = 8;

  private final byte[] prefix = new byte[PREFIX_BYTES];
  private final int start;
  private final AtomicLong drawn;

  FrameNumbers(RandomGenerator random) {
    this(random, random.nextInt(), 0);
  }

  /** With chosen values of the number and of how many were drawn, for tests at the limits. */
  FrameNumbers(RandomGenerator random, int start, long drawn) {
    for (int i = 0; i < PREFIX_BYTES; i++) {
      prefix[i] = (byte) random.nextInt(i == 0 ? 4 : 1, 256);
    }
    this.start = start;
    this.drawn = new AtomicLong(drawn);
  }

  /**
   * Writes the next IV into the first 12 bytes of {@code iv}.
   *
   * @return false if the key is exhausted; {@code iv} is then unchanged
   */
  boolean next(byte[] iv) {
    int number;
    do {
      long count = drawn.getAndIncrement();
      if (count >= LIMIT) {
        return false;
      }
      number = start + (int) count;
    } while (needsEscape(number));
    System.arraycopy(prefix, 0, iv, 0, PREFIX_BYTES);
    iv[8] = (byte) (number >>> 24);
    iv[9] = (byte) (number >>> 16);
    iv[10] = (byte) (number >>> 8);
    iv[11] = (byte) number;
    return true;
  }

  /** How many numbers were drawn, skipped ones included; at most {@link #LIMIT}. */
  long drawn() {
    return Math.min(drawn.get(), LIMIT);
  }

  private static boolean needsEscape(int number) {
    return (number & 0xFFFFFC00) == 0 || (number & 0x00FFFFFC) == 0;
  }
}
