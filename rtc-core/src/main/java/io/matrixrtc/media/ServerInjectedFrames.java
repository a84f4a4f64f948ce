package io.matrixrtc.media;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells the blank frames that the SFU makes of its own (on mute, on close) from everything else.
 * They end in the room's trailer ({@code JoinResponse.sif_trailer}), are not encrypted, and are let
 * through only if the rest is one of the known blank frames: thus the SFU cannot inject content of
 * its choice. Immutable.
 */
public final class ServerInjectedFrames {
  /** Recognises none: before the trailer is known, or for a server without. */
  public static final ServerInjectedFrames NONE = new ServerInjectedFrames(new byte[0], List.of());

  /** Which blank frames are known. */
  public enum Known {
    /**
     * The five of livekit-client: VP8, Opus silence, and SPS, PPS and IDR of H.264 each alone,
     * without start code.
     */
    LIVEKIT_CLIENT,
    /** Those, and what the SFU sends besides: H.264 in Annex B form, RED, PCMU and PCMA. */
    ALL
  }

  /** What a frame is. */
  enum Kind {
    NOT_INJECTED,
    BLANK,
    FOREIGN
  }

  private static final byte[] VP8 =
      hex("1002009d012a080008000047088585888584880202000c0d6000feffab5080");
  private static final byte[] OPUS_SILENCE = Arrays.copyOf(hex("f8fffe"), 80);
  private static final byte[] SPS = hex("6742c01f0fd91f888884000003000400000300c83c60c920");
  private static final byte[] PPS = hex("6887cb83cb20");
  private static final byte[] IDR = hex("6588840af2628000a7be");
  private static final byte[] START_CODE = hex("00000001");
  private static final int G711_BYTES = 160;

  private static final List<byte[]> LIVEKIT_CLIENT = List.of(VP8, OPUS_SILENCE, SPS, PPS, IDR);
  private static final List<byte[]> ALL =
      List.of(
          VP8,
          OPUS_SILENCE,
          SPS,
          PPS,
          IDR,
          concat(START_CODE, IDR),
          concat(START_CODE, SPS, START_CODE, PPS, START_CODE, IDR),
          filled((byte) 0xFF),
          filled((byte) 0xD5));

  private final byte[] trailer;
  private final List<byte[]> known;

  private ServerInjectedFrames(byte[] trailer, List<byte[]> known) {
    this.trailer = trailer;
    this.known = known;
  }

  /** Recognises frames with {@code trailer} behind any known blank frame. */
  public static ServerInjectedFrames withTrailer(byte[] trailer) {
    return withTrailer(trailer, Known.ALL);
  }

  /** Recognises frames with {@code trailer}, none if it is empty; which of them are let through. */
  public static ServerInjectedFrames withTrailer(byte[] trailer, Known known) {
    return new ServerInjectedFrames(trailer.clone(), known == Known.ALL ? ALL : LIVEKIT_CLIENT);
  }

  /** The length of the trailer, which is cut off a blank frame. */
  int trailerBytes() {
    return trailer.length;
  }

  Kind classify(byte[] frame, int off, int len) {
    int payload = len - trailer.length;
    if (trailer.length == 0
        || payload < 0
        || !Arrays.equals(frame, off + payload, off + len, trailer, 0, trailer.length)) {
      return Kind.NOT_INJECTED;
    }
    for (byte[] blank : known) {
      if (Arrays.equals(frame, off, off + payload, blank, 0, blank.length)) {
        return Kind.BLANK;
      }
    }
    return known == ALL && isRedSilence(frame, off, payload) ? Kind.BLANK : Kind.FOREIGN;
  }

  /** RED with the primary block alone (RFC 2198: first bit 0) around Opus silence. */
  private static boolean isRedSilence(byte[] frame, int off, int len) {
    return len == OPUS_SILENCE.length + 1
        && frame[off] >= 0
        && Arrays.equals(frame, off + 1, off + len, OPUS_SILENCE, 0, OPUS_SILENCE.length);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] filled(byte value) {
    byte[] bytes = new byte[G711_BYTES];
    Arrays.fill(bytes, value);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
