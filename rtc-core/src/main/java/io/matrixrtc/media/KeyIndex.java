package io.matrixrtc.media;

/**
 * The number of a media key: its slot in the key ring and the last byte of every frame, 0 to 255.
 */
public record KeyIndex(int value) implements Comparable<KeyIndex> {
  /** The highest index. */
  public static final int MAX = 255;

  /** The index 0. */
  public static final KeyIndex ZERO = new KeyIndex(0);

  /**
   * @throws IllegalArgumentException if {@code value} is outside 0 to {@value #MAX}
   */
  public KeyIndex {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("key index: want 0.." + MAX + ", got " + value);
    }
  }

  /** The index that follows; 0 follows {@value #MAX}. */
  public KeyIndex next() {
    return new KeyIndex((value + 1) & MAX);
  }

  @Override
  public int compareTo(KeyIndex other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
