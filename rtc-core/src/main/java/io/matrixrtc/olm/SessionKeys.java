package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The three public keys that a session comes from.
 *
 * @param identityKey of the device that started the session
 * @param baseKey made by it for this session
 * @param oneTimeKey of the other device, one-time or fallback
 */
record SessionKeys(
    Curve25519PublicKey identityKey, Curve25519PublicKey baseKey, Curve25519PublicKey oneTimeKey) {

  /** Equal on both sides: base64 of SHA-256 over the keys in this order (OLM-SID). */
  String sessionId() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(identityKey.raw());
      sha256.update(baseKey.raw());
      sha256.update(oneTimeKey.raw());
      return Base64Text.encode(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks SHA-256", e);
    }
  }
}
