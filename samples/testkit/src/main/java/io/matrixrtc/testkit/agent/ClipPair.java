package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.TrackKind;

/**
 * The sound and the pictures that one participant plays. Neighbours play different ones, so that a
 * frame counted for the wrong sender does not go unnoticed.
 */
public record ClipPair(Clip audio, Clip video) {
  private static final ClipPair EVEN =
      new ClipPair(Clip.BuiltIn.FIFTHS.load(), Clip.BuiltIn.TESTCARD.load());
  private static final ClipPair ODD =
      new ClipPair(Clip.BuiltIn.FOURTHS.load(), Clip.BuiltIn.GRADIENT.load());

  /** What the participant with this media identity plays. */
  public static ClipPair of(String mediaIdentity) {
    return Math.floorMod(mediaIdentity.hashCode(), 2) == 0 ? EVEN : ODD;
  }

  /** The clip of one track. */
  public Clip of(TrackKind kind) {
    return kind == TrackKind.AUDIO ? audio : video;
  }
}
