package io.matrixrtc.widget.host;

import java.util.Base64;
import java.util.Optional;

/** A file's bytes and what kind it is said to be. Immutable. */
public final class MediaContent {
  private final byte[] bytes;
  private final Optional<String> contentType;

  private MediaContent(byte[] bytes, Optional<String> contentType) {
    this.bytes = bytes;
    this.contentType = contentType;
  }

  /** Of a copy of {@code bytes}. */
  public static MediaContent copyOf(byte[] bytes, Optional<String> contentType) {
    return new MediaContent(bytes.clone(), contentType);
  }

  /**
   * Of standard base64 with or without padding.
   *
   * @throws IllegalArgumentException if it is not
   */
  static MediaContent ofBase64(String base64, Optional<String> contentType) {
    return new MediaContent(Base64.getDecoder().decode(base64), contentType);
  }

  public int length() {
    return bytes.length;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public Optional<String> contentType() {
    return contentType;
  }

  /** Padded standard base64: how binary passes a relay of JSON (MEDIA-BASE64). */
  String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "MediaContent[" + bytes.length + " bytes, " + contentType.orElse("no type") + "]";
  }
}
