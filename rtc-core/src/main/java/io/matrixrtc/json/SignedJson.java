package io.matrixrtc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.encoding.MalformedBase64Exception;

/**
 * Signs objects and checks their signatures, which sit at {@code signatures[user id][key id]}. Key
 * ids are whole, for example {@code ed25519:ALICEDEVICE}.
 *
 * <p>Source: Matrix specification, appendices, "Signing JSON".
 */
public final class SignedJson {
  /** Length of an Ed25519 signature in bytes. */
  public static final int SIGNATURE_BYTES = 64;

  private static final String SIGNATURES = "signatures";

  /** Makes Ed25519 signatures. */
  @FunctionalInterface
  public interface Signer {
    /** Returns the {@value SignedJson#SIGNATURE_BYTES}-byte signature of {@code message}. */
    byte[] sign(byte[] message);
  }

  /** Checks Ed25519 signatures of one key. */
  @FunctionalInterface
  public interface SignatureVerifier {
    /** Whether {@code signature}, always {@value SignedJson#SIGNATURE_BYTES} bytes, is right. */
    boolean verify(byte[] message, byte[] signature);
  }

  /** What became of a signature check. */
  public enum Verification {
    /** The signature is there and right. */
    VALID,
    /** No signature of this user and key. */
    MISSING,
    /** The entry is no base64 text of 64 bytes. */
    MALFORMED,
    /** The signature belongs to other bytes or another key. */
    WRONG,
    /** The object holds something that cannot be signed, for example a fraction. */
    NOT_CANONICAL;

    /** Whether this is {@link #VALID}. */
    public boolean isValid() {
      return this == VALID;
    }
  }

  private SignedJson() {}

  /**
   * Adds a signature to {@code object}, which it changes and returns. Other signatures stay, one of
   * the same user and key is replaced (SIGN-KEEP).
   *
   * @throws CanonicalJsonException if the object cannot be signed; it is then unchanged
   */
  public static ObjectNode sign(ObjectNode object, String userId, String keyId, Signer signer)
      throws CanonicalJsonException {
    byte[] signature = signer.sign(CanonicalJson.signingBytes(object));
    if (signature.length != SIGNATURE_BYTES) {
      throw new IllegalArgumentException("signature: want 64 bytes, got " + signature.length);
    }
    child(child(object, SIGNATURES), userId).put(keyId, Base64Text.encode(signature));
    return object;
  }

  /**
   * Checks the one signature of {@code userId} and {@code keyId}; whatever else stands in {@code
   * signatures} does not matter (SIGN-LOOKUP).
   */
  public static Verification verify(
      ObjectNode object, String userId, String keyId, SignatureVerifier verifier) {
    JsonNode entry = object.path(SIGNATURES).path(userId).path(keyId);
    if (entry.isMissingNode()) {
      return Verification.MISSING;
    }
    if (!entry.isTextual()) {
      return Verification.MALFORMED;
    }
    try {
      byte[] signature = Base64Text.decode(entry.textValue());
      if (signature.length != SIGNATURE_BYTES) {
        return Verification.MALFORMED;
      }
      return verifier.verify(CanonicalJson.signingBytes(object), signature)
          ? Verification.VALID
          : Verification.WRONG;
    } catch (MalformedBase64Exception e) {
      return Verification.MALFORMED;
    } catch (CanonicalJsonException e) {
      return Verification.NOT_CANONICAL;
    }
  }

  /** The object at {@code name}; junk there is replaced, as nothing could verify it anyway. */
  private static ObjectNode child(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode existing ? existing : parent.putObject(name);
  }
}
