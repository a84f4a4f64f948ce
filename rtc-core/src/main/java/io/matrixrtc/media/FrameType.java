package io.matrixrtc.media;

/** The kind of an encoded video frame; audio frames have none and ignore it. */
public enum FrameType {
  /** Decodable on its own. */
  KEY,
  /** Needs earlier frames. */
  DELTA,
  /** The encoder's "nothing here" frame: no clear bytes. */
  EMPTY
}
