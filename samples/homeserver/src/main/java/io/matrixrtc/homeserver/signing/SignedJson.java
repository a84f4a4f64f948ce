package io.matrixrtc.homeserver.signing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** Checks signatures in JSON objects. */
public final class SignedJson {
  private static final int KEY_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;

  private SignedJson() {}

  /**
   * Whether {@code object} carries a good signature by {@code userId} with the Ed25519 key whose
   * unpadded base64 is {@code publicKey}, listed as {@code keyId}. Anything malformed is a no.
   */
  public static boolean isSignedBy(
      ObjectNode object, String userId, String keyId, String publicKey) {
    JsonNode signature = object.path("signatures").path(userId).path(keyId);
    if (!signature.isTextual()) {
      return false;
    }
    ObjectNode signed = object.deepCopy();
    signed.remove("signatures");
    signed.remove("unsigned");
    try {
      byte[] key = Base64.getDecoder().decode(publicKey);
      byte[] bytes = Base64.getDecoder().decode(signature.textValue());
      if (key.length != KEY_BYTES || bytes.length != SIGNATURE_BYTES) {
        return false;
      }
      byte[] message = CanonicalJson.bytes(signed);
      Ed25519Signer verifier = new Ed25519Signer();
      verifier.init(false, new Ed25519PublicKeyParameters(key, 0));
      verifier.update(message, 0, message.length);
      return verifier.verifySignature(bytes);
    } catch (IllegalArgumentException | NotCanonical malformed) {
      return false;
    }
  }
}
