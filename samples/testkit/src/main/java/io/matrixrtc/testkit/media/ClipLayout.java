package io.matrixrtc.testkit.media;

import java.util.List;

/** A clip's file without its frames: what is needed to write frames of it as a file again. */
public sealed interface ClipLayout permits OggOpusLayout, IvfLayout {
  /** How many frames the original file has. */
  int frames();

  /** File name extension without a dot. */
  String extension();

  /**
   * Those of {@code frames} that a decoder can do something with: all Opus packets; of VP8, the
   * frames from a key frame to the next gap.
   */
  List<EncodedFrame> decodable(List<EncodedFrame> frames);

  /**
   * Writes frames of this clip as a file.
   *
   * @param frames in ascending order of their numbers, each at most once, at least one decodable
   * @return with all frames unchanged, the original file byte for byte; else a valid file of the
   *     decodable ones, in which gaps are closed (Opus) or kept in the timestamps (VP8)
   * @throws IllegalArgumentException if the order is wrong or nothing is decodable
   */
  byte[] write(List<EncodedFrame> frames);

  /** Refuses lists that are not in ascending order or hold numbers which the clip does not have. */
  static void requireOrdered(List<EncodedFrame> frames, int clipFrames) {
    int last = -1;
    for (EncodedFrame frame : frames) {
      if (frame.number() <= last || frame.number() >= clipFrames) {
        throw new IllegalArgumentException(
            "frame " + frame.number() + " after frame " + last + " of " + clipFrames);
      }
      last = frame.number();
    }
  }
}
