package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.TrackKind;

/**
 * The sound and the pictures that one participant plays. Neighbours play different ones, so that a
 * frame counted for the wrong sender does not go unnoticed.
 */
public record ClipPair(Clip audio, Clip video) {
  /** What the participant with this media identity plays. */
  public static ClipPair of(String mediaIdentity) {
    return Math.floorMod(mediaIdentity.hashCode(), 2) == 0
        ? new ClipPair(Clip.BuiltIn.FIFTHS.load(), Clip.BuiltIn.TESTCARD.load())
        : new ClipPair(Clip.BuiltIn.FOURTHS.load(), Clip.BuiltIn.GRADIENT.load());
  }

  /** The clip of one track. */
  public Clip of(TrackKind kind) {
    return kind == TrackKind.AUDIO ? audio : video;
  }
}
