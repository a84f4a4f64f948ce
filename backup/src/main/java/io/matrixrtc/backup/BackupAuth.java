package io.matrixrtc.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.recovery.PassphraseException;
import io.matrixrtc.backup.recovery.PassphraseInfo;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.Ed25519Signature;
import io.matrixrtc.olm.KeyFormatException;
import java.util.Optional;

/**
 * What a backup is: its algorithm and {@code auth_data}, with the public key and the signatures of
 * those who vouch for it. Keeps members that it does not know, since they are signed (AUTH-EXTRA).
 * Immutable.
 */
public final class BackupAuth {
  /** The only algorithm that we know. */
  public static final String ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";

  private static final String KEY_PREFIX = "ed25519:";

  private final String algorithm;
  private final ObjectNode authData;

  private BackupAuth(String algorithm, ObjectNode authData) {
    this.algorithm = algorithm;
    this.authData = authData;
  }

  /** Returns that of a new backup, not signed yet. */
  public static BackupAuth of(Curve25519PublicKey publicKey) {
    return new BackupAuth(ALGORITHM, Json.newObject().put("public_key", publicKey.toBase64()));
  }

  /**
   * Reads the members {@code algorithm} and {@code auth_data} of an answer; empty if they are
   * missing or of other types.
   */
  public static Optional<BackupAuth> parse(JsonNode answer) {
    return answer.path("algorithm").isTextual()
            && answer.path("auth_data") instanceof ObjectNode authData
        ? Optional.of(new BackupAuth(answer.path("algorithm").textValue(), authData.deepCopy()))
        : Optional.empty();
  }

  /**
   * Returns the same, signed by {@code signer} in the name of {@code userId}'s device or master key
   * (AUTH-SIGN).
   *
   * @param keyName the device id, or the public master key itself
   * @throws CanonicalJsonException if it holds something that cannot be signed
   */
  public BackupAuth signedBy(String userId, String keyName, SignedJson.Signer signer)
      throws CanonicalJsonException {
    ObjectNode signed = authData.deepCopy();
    SignedJson.sign(signed, userId, KEY_PREFIX + keyName, signer);
    return new BackupAuth(algorithm, signed);
  }

  /** Checks the one signature that is filed under {@code userId} and {@code keyName}. */
  SignedJson.Verification verify(String userId, String keyName, Ed25519PublicKey key) {
    return SignedJson.verify(
        authData,
        userId,
        KEY_PREFIX + keyName,
        (message, signature) -> {
          try {
            return key.verify(message, Ed25519Signature.of(signature));
          } catch (KeyFormatException e) {
            throw new IllegalStateException("the length was checked", e);
          }
        });
  }

  /** The algorithm, known or not. */
  public String algorithm() {
    return algorithm;
  }

  /** Whether this is {@value #ALGORITHM}. */
  public boolean isAlgorithmKnown() {
    return algorithm.equals(ALGORITHM);
  }

  /** The public key that entries are sealed to; empty if it or the algorithm is unusable. */
  public Optional<Curve25519PublicKey> publicKey() {
    if (!isAlgorithmKnown() || !authData.path("public_key").isTextual()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Curve25519PublicKey.fromBase64(authData.path("public_key").textValue()));
    } catch (KeyFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * How to make the private key from a passphrase, as very old backups have it (AUTH-PASSPHRASE);
   * read, never written.
   *
   * @throws PassphraseException if the backup cannot be opened with a passphrase
   */
  public PassphraseInfo passphrase() throws PassphraseException {
    return PassphraseInfo.of(
        authData.path("private_key_salt"),
        authData.path("private_key_iterations"),
        authData.path("private_key_bits"));
  }

  /** Whether {@code key} opens this backup (AUTH-KEY): same algorithm, same public key. */
  public boolean isOpenedBy(BackupKey key) {
    return publicKey().map(key.publicKey()::equals).orElse(false);
  }

  /** Returns a copy of {@code auth_data}. */
  public ObjectNode authData() {
    return authData.deepCopy();
  }

  /** Returns the body of a request that creates or updates a version. */
  public ObjectNode toJson() {
    ObjectNode json = Json.newObject().put("algorithm", algorithm);
    json.set("auth_data", authData());
    return json;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BackupAuth auth
        && algorithm.equals(auth.algorithm)
        && authData.equals(auth.authData);
  }

  @Override
  public int hashCode() {
    return authData.hashCode();
  }

  @Override
  public String toString() {
    return "BackupAuth[" + publicKey().map(Object::toString).orElse("unusable") + "]";
  }
}
