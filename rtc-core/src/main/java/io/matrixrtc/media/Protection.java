package io.matrixrtc.media;

/** Whether the frames of a track are encrypted; known from signalling ({@code TrackInfo}). */
public enum Protection {
  /** Every frame is encrypted. The default. */
  ENCRYPTED,
  /** The track is unencrypted, by an explicit choice: frames pass untouched. */
  CLEAR,
  /** Not known yet: every frame is dropped, in both directions. */
  UNKNOWN
}
