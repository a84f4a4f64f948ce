package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import java.util.Arrays;
import javax.crypto.BadPaddingException;

/**
 * The encryption that libolm and vodozemac share for what they save.
 *
 * <pre>base64 of | AES-256-CBC of the content | first 8 bytes of HMAC-SHA-256 over that |</pre>
 */
final class PickleEnvelope {
  /** Longest text that is read: many times an account with all the keys that it may hold. */
  static final int MAX_CHARACTERS = 8 * 1024 * 1024;

  private static final int MAC_BYTES = 8;

  private PickleEnvelope() {}

  /** Returns the content, which the caller must wipe. */
  static byte[] open(String pickle, byte[] key) throws PickleException {
    if (pickle.length() > MAX_CHARACTERS) {
      throw new PickleException.Malformed("over " + MAX_CHARACTERS + " characters"); // PICKLE-LIMIT
    }
    byte[] bytes;
    try {
      bytes = Base64Text.decode(pickle);
    } catch (MalformedBase64Exception e) {
      throw new PickleException.Malformed("not base64");
    }
    int macAt = bytes.length - MAC_BYTES;
    if (macAt <= 0) {
      throw new PickleException.Malformed("truncated");
    }
    byte[] ciphertext = Arrays.copyOf(bytes, macAt);
    try (MessageCipher cipher = MessageCipher.ofPickle(key)) {
      if (!cipher.macMatches(ciphertext, Arrays.copyOfRange(bytes, macAt, bytes.length))) {
        throw new PickleException.NotAuthentic(); // PICKLE-AUTH
      }
      return cipher.decrypt(ciphertext);
    } catch (BadPaddingException e) {
      throw new PickleException.NotAuthentic();
    }
  }
}
