package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;

/** Reads keys and signatures of a fixed length; nothing is copied before the length is right. */
final class FixedBytes {
  private FixedBytes() {}

  /** Returns a copy of {@code bytes}, which must be {@code length} long. */
  static byte[] copy(byte[] bytes, int length, String what) throws KeyFormatException {
    if (bytes.length != length) {
      throw new KeyFormatException(KeyFormatException.Reason.LENGTH, what);
    }
    return bytes.clone();
  }

  /** Decodes base64 text of {@code length} bytes, padded or not. */
  static byte[] decode(String text, int length, String what) throws KeyFormatException {
    try {
      return copy(Base64Text.decode(text), length, what); // PUB-LEN
    } catch (MalformedBase64Exception e) {
      throw new KeyFormatException(KeyFormatException.Reason.BASE64, what);
    }
  }
}
