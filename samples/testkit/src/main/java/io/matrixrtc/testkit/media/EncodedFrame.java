package io.matrixrtc.testkit.media;

import java.time.Duration;
import java.util.Arrays;

/**
 * One encoded frame of a clip: an Opus packet with its TOC byte, or a VP8 frame. Immutable; equal
 * by content.
 */
public final class EncodedFrame {
  private final int number;
  private final Duration mediaTime;
  private final boolean keyFrame;
  private final byte[] bytes;

  /** Takes over {@code bytes}, which must not change afterwards. */
  private EncodedFrame(int number, Duration mediaTime, boolean keyFrame, byte[] bytes) {
    this.number = number;
    this.mediaTime = mediaTime;
    this.keyFrame = keyFrame;
    this.bytes = bytes;
  }

  /**
   * Returns a frame with a copy of {@code bytes}.
   *
   * @param number position in the clip, from 0
   * @param mediaTime when it is to be heard or seen, from the clip's start
   * @param keyFrame whether it can be decoded alone; true for every Opus packet
   */
  public static EncodedFrame of(int number, Duration mediaTime, boolean keyFrame, byte[] bytes) {
    if (number < 0 || mediaTime.isNegative() || bytes.length == 0) {
      throw new IllegalArgumentException(
          "encoded frame: number and time must not be negative, bytes not empty");
    }
    return new EncodedFrame(number, mediaTime, keyFrame, bytes.clone());
  }

  /** Position in the clip, from 0. */
  public int number() {
    return number;
  }

  /** When it is to be heard or seen, from the clip's start. */
  public Duration mediaTime() {
    return mediaTime;
  }

  /** Whether it can be decoded alone. */
  public boolean keyFrame() {
    return keyFrame;
  }

  /** Its length in bytes, at least 1. */
  public int length() {
    return bytes.length;
  }

  /** A fresh copy of its bytes. */
  public byte[] copyBytes() {
    return bytes.clone();
  }

  void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncodedFrame that
        && number == that.number
        && keyFrame == that.keyFrame
        && mediaTime.equals(that.mediaTime)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * number + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "EncodedFrame[" + number + " at " + mediaTime + ", " + bytes.length + " bytes]";
  }
}
