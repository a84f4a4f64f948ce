package io.matrixrtc.media;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an encoded frame is made of, as far as frame encryption cares: it decides which leading
 * bytes stay clear, and whether the rest is escaped.
 */
public enum Codec {
  /** Opus and every other audio codec: one clear byte. */
  AUDIO,
  /** 10 clear bytes in a key frame, 3 in a delta frame. */
  VP8,
  /** No clear bytes. */
  VP9,
  /** Clear up to the first slice; the rest is escaped. */
  H264,
  /** Clear up to the first slice; the rest is escaped. */
  H265,
  /** Refused: no receiver could depacketise the ciphertext. */
  AV1,
  /** Video of a codec that nobody named: H.264 or H.265 if the bytes say so, else as VP8. */
  UNKNOWN;

  /**
   * Finds the codec of a video frame in LiveKit's order: the MIME type of the frame, the payload
   * type by the SDP's map, the codec of the track, else {@link #UNKNOWN}.
   *
   * @param mimeType for example {@code video/VP8}; a subtype that is not known counts as absent
   * @param payloadType the RTP payload type; 0 counts as absent
   * @param payloadTypes codec names by payload type, from the SDP
   * @param trackCodec the codec configured for the track
   */
  public static Codec ofVideo(
      @Nullable String mimeType,
      int payloadType,
      Map<Integer, String> payloadTypes,
      @Nullable Codec trackCodec) {
    if (mimeType != null) {
      Codec named = named(mimeType.substring(mimeType.indexOf('/') + 1));
      if (named != UNKNOWN) {
        return named;
      }
    }
    if (payloadType != 0) {
      String name = payloadTypes.get(payloadType);
      if (name != null && named(name) != UNKNOWN) {
        return named(name);
      }
    }
    return trackCodec == null ? UNKNOWN : trackCodec;
  }

  /** The codec of a MIME type: {@link #AUDIO} for {@code audio/…}, else the video codec. */
  public static Codec ofMimeType(String mimeType) {
    return mimeType.toLowerCase(Locale.ROOT).startsWith("audio/")
        ? AUDIO
        : ofVideo(mimeType, 0, Map.of(), null);
  }

  private static Codec named(String subtype) {
    return switch (subtype.toLowerCase(Locale.ROOT)) {
      case "vp8" -> VP8;
      case "vp9" -> VP9;
      case "h264" -> H264;
      case "h265" -> H265;
      case "av1" -> AV1;
      default -> UNKNOWN;
    };
  }
}
