package io.matrixrtc.homeserver.media;

/**
 * Bounds of media, and who may read them.
 *
 * @param maxUploadBytes largest file; requests have a bound of their own
 * @param openDownloads whether the old endpoints, which take no token, give files
 */
public record MediaPolicy(int maxUploadBytes, boolean openDownloads) {
  public MediaPolicy {
    if (maxUploadBytes < 0) {
      throw new IllegalArgumentException("want 0 bytes or more, got " + maxUploadBytes);
    }
  }

  /** 10 MiB, and no downloads without a token. */
  public static MediaPolicy defaults() {
    return new MediaPolicy(10 * 1024 * 1024, false);
  }

  public MediaPolicy withMaxUploadBytes(int bytes) {
    return new MediaPolicy(bytes, openDownloads);
  }

  /** For clients that know no other endpoints. */
  public MediaPolicy withOpenDownloads() {
    return new MediaPolicy(maxUploadBytes, true);
  }
}
