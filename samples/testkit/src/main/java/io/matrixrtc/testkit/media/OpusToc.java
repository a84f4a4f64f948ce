package io.matrixrtc.testkit.media;

import java.time.Duration;

/**
 * What the first bytes of an Opus packet tell (RFC 6716 section 3.1).
 *
 * @param config coding mode, bandwidth and frame size, 0 to 31
 * @param stereo whether the packet holds two channels
 * @param frames Opus frames in the packet, 1 to 48
 */
public record OpusToc(int config, boolean stereo, int frames) {
  /** Longest packet in samples at 48 kHz: 120 ms. */
  public static final int MAX_SAMPLES = 5760;

  private static final int[] SILK_SAMPLES = {480, 960, 1920, 2880};
  private static final int[] HYBRID_SAMPLES = {480, 960};
  private static final int[] CELT_SAMPLES = {120, 240, 480, 960};

  /** Reads the table-of-contents byte, and the count byte where there is one. */
  public static OpusToc read(byte[] packet) throws MediaFormatException {
    if (packet.length == 0) {
      throw new MediaFormatException.Malformed("Opus packet is empty");
    }
    int toc = Byte.toUnsignedInt(packet[0]);
    int frames =
        switch (toc & 3) {
          case 0 -> 1;
          case 1, 2 -> 2;
          default -> packet.length < 2 ? 0 : packet[1] & 0x3F;
        };
    OpusToc read = new OpusToc(toc >>> 3, (toc & 4) != 0, frames);
    if (frames == 0 || read.samples() > MAX_SAMPLES) {
      throw new MediaFormatException.Malformed("Opus packet: bad frame count " + frames);
    }
    return read;
  }

  /** Length of the packet in samples at 48 kHz. */
  public int samples() {
    int perFrame =
        config < 12
            ? SILK_SAMPLES[config & 3]
            : config < 16 ? HYBRID_SAMPLES[config & 1] : CELT_SAMPLES[config & 3];
    return perFrame * frames;
  }

  /** Length of the packet. */
  public Duration duration() {
    return Duration.ofNanos(samples() * 1_000_000_000L / TrackKind.AUDIO.clockRateHz());
  }
}
