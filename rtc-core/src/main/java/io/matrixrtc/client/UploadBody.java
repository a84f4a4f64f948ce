package io.matrixrtc.client;

/** The bytes of a file on their way to a homeserver. They are only read, and must not change. */
public final class UploadBody {
  private final String contentType;
  private final byte[] bytes;

  private UploadBody(String contentType, byte[] bytes) {
    this.contentType = contentType;
    this.bytes = bytes;
  }

  /** A file of {@code contentType}, for example {@code application/octet-stream}. */
  public static UploadBody of(String contentType, byte[] bytes) {
    return new UploadBody(contentType, bytes);
  }

  /** The MIME type that the homeserver is told. */
  public String contentType() {
    return contentType;
  }

  /** The bytes themselves; callers only read them. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "UploadBody[" + contentType + ", " + bytes.length + " bytes]";
  }
}
