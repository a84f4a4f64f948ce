package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKeyException.Reason;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.Map;

/**
 * One of the public keys that make up a user's cross-signing identity. Its shape is right; whether
 * it is signed as it must be is {@link UserIdentity}'s to say. Keeps members that it does not know,
 * since they are signed. Immutable.
 *
 * <p>Source: Matrix specification, end-to-end encryption, "Cross-signing".
 */
public final class CrossSigningKey {
  private static final String KEY_PREFIX = "ed25519:";

  /** What a key is for. */
  public enum Usage {
    /** Stands for the user, and signs the other two. */
    MASTER("master"),
    /** Signs the user's own devices. */
    SELF_SIGNING("self_signing"),
    /** Signs other users' master keys. */
    USER_SIGNING("user_signing");

    private final String label;

    Usage(String label) {
      this.label = label;
    }

    /** The name in JSON. */
    public String label() {
      return label;
    }
  }

  private final String userId;
  private final Usage usage;
  private final Ed25519PublicKey key;
  private final ObjectNode json;

  private CrossSigningKey(String userId, Usage usage, Ed25519PublicKey key, ObjectNode json) {
    this.userId = userId;
    this.usage = usage;
    this.key = key;
    this.json = json;
  }

  /**
   * Reads the object that is filed under {@code userId} as the key for {@code usage}. Signatures
   * are not checked.
   *
   * @throws CrossSigningKeyException if it is about another user or use, or names no one key
   */
  public static CrossSigningKey parse(String userId, Usage usage, ObjectNode object)
      throws CrossSigningKeyException {
    if (!object.path("user_id").isTextual() || !object.path("usage").isArray()) {
      throw new CrossSigningKeyException(Reason.MALFORMED, usage);
    }
    if (!object.path("user_id").textValue().equals(userId)) {
      throw new CrossSigningKeyException(Reason.OTHER_USER, usage); // XS-FILED
    }
    JsonNode usages = object.path("usage");
    if (usages.size() != 1 || !usages.path(0).asText().equals(usage.label())) {
      throw new CrossSigningKeyException(Reason.WRONG_USAGE, usage); // XS-USAGE
    }
    return new CrossSigningKey(userId, usage, onlyKey(usage, object), object.deepCopy());
  }

  /** The one Ed25519 key, whose id must be the key itself (XS-KEYID). */
  private static Ed25519PublicKey onlyKey(Usage usage, ObjectNode object)
      throws CrossSigningKeyException {
    Ed25519PublicKey found = null;
    for (Map.Entry<String, JsonNode> entry : object.path("keys").properties()) {
      if (!entry.getKey().startsWith(KEY_PREFIX)) {
        continue;
      }
      try {
        Ed25519PublicKey key = Ed25519PublicKey.fromBase64(entry.getValue().asText());
        if (found != null || !entry.getKey().equals(KEY_PREFIX + key.toBase64())) {
          throw new CrossSigningKeyException(Reason.BAD_KEY, usage);
        }
        found = key;
      } catch (KeyFormatException e) {
        throw new CrossSigningKeyException(Reason.BAD_KEY, usage);
      }
    }
    if (found == null) {
      throw new CrossSigningKeyException(Reason.BAD_KEY, usage);
    }
    return found;
  }

  /** The user whose key it is. */
  public String userId() {
    return userId;
  }

  /** What it is for. */
  public Usage usage() {
    return usage;
  }

  /** The key itself. */
  public Ed25519PublicKey key() {
    return key;
  }

  /** Whether this key signed {@code other}, in the name of its own user. */
  public boolean hasSigned(CrossSigningKey other) {
    return hasSigned(other.json);
  }

  /** Whether this key signed {@code keys}, in the name of its own user. */
  public boolean hasSigned(SignedDeviceKeys keys) {
    return keys.isSignedBy(userId, key);
  }

  private boolean hasSigned(ObjectNode object) {
    return SignedJson.verify(
            object, userId, KEY_PREFIX + key.toBase64(), SignedDeviceKeys.verifier(key))
        .isValid();
  }

  /** Whether nothing differs, signatures and unknown members included. */
  boolean isSameAs(CrossSigningKey other) {
    return usage == other.usage && json.equals(other.json);
  }

  /** Returns a copy of the whole object. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  @Override
  public String toString() {
    return "CrossSigningKey[" + usage.label() + ", " + key + "]";
  }
}
