package io.matrixrtc.interop;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameType;

/** The two tracks of a participant, with the codecs that browsers choose. */
enum Media {
  AUDIO("audio", Codec.AUDIO),
  VIDEO("video", Codec.VP8);

  private final String kind;
  private final Codec codec;

  Media(String kind, Codec codec) {
    this.kind = kind;
    this.codec = codec;
  }

  String kind() {
    return kind;
  }

  Codec codec() {
    return codec;
  }

  FrameType type(boolean key) {
    return key ? FrameType.KEY : FrameType.DELTA;
  }
}
