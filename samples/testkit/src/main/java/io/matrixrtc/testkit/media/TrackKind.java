package io.matrixrtc.testkit.media;

import java.time.Duration;

/** What a track carries, with the RTP clock rate that goes with it (RFC 7587, RFC 7741). */
public enum TrackKind {
  AUDIO(48_000),
  VIDEO(90_000);

  private final int clockRateHz;

  TrackKind(int clockRateHz) {
    this.clockRateHz = clockRateHz;
  }

  /** RTP timestamp ticks per second. */
  public int clockRateHz() {
    return clockRateHz;
  }

  /** The RTP timestamp of a media time: {@code base} plus its ticks, modulo 2³². */
  public long rtpTimestamp(long base, Duration mediaTime) {
    long ticks =
        mediaTime.getSeconds() * clockRateHz
            + mediaTime.getNano() * (long) clockRateHz / 1_000_000_000L;
    return (base + ticks) & 0xFFFF_FFFFL;
  }
}
