package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.TrackKind;

/** The sound and the pictures that one participant plays. */
public record ClipPair(Clip audio, Clip video) {
  /** The clip of one track. */
  public Clip of(TrackKind kind) {
    return kind == TrackKind.AUDIO ? audio : video;
  }
}
