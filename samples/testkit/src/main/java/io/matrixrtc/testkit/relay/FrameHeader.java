package io.matrixrtc.testkit.relay;

import io.matrixrtc.testkit.media.TrackKind;
import java.time.Duration;

/**
 * What travels beside an encrypted frame in the clear, as RTP would carry it.
 *
 * @param kind sound or pictures
 * @param codec lower-case name as in SDP, at most {@value #MAX_CODEC_CHARS} characters
 * @param sequence the sender's count of frames on this track, from 0
 * @param rtpTimestamp 32 bits
 * @param ssrc 32 bits
 * @param keyFrame whether it can be decoded alone
 * @param mediaTime when the sender played it, since the call's start; microseconds survive
 */
public record FrameHeader(
    TrackKind kind,
    String codec,
    long sequence,
    long rtpTimestamp,
    long ssrc,
    boolean keyFrame,
    Duration mediaTime) {
  /** Longest codec name. */
  public static final int MAX_CODEC_CHARS = 32;

  private static final long MAX_U32 = 0xFFFF_FFFFL;

  public FrameHeader {
    if (!codec.matches("[a-z0-9._+-]{1," + MAX_CODEC_CHARS + "}")) {
      throw new IllegalArgumentException("frame header: codec name");
    }
    if (sequence < 0 || mediaTime.isNegative() || mediaTime.toDays() > 365) {
      throw new IllegalArgumentException("frame header: sequence or media time out of range");
    }
    if (rtpTimestamp < 0 || rtpTimestamp > MAX_U32 || ssrc < 0 || ssrc > MAX_U32) {
      throw new IllegalArgumentException("frame header: RTP timestamp or SSRC is not 32 bits");
    }
  }
}
