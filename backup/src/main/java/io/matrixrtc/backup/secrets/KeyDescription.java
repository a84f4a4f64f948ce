package io.matrixrtc.backup.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.cipher.AesCtr;
import io.matrixrtc.backup.recovery.PassphraseException;
import io.matrixrtc.backup.recovery.PassphraseInfo;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.backup.secrets.SecretStorageException.Reason;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What account data says of a storage key: how to make it from a passphrase, if it can be, and how
 * to tell that one fits. Immutable.
 */
public final class KeyDescription {
  /** The only algorithm there is. */
  public static final String ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2";

  private final ObjectNode json;

  private KeyDescription(ObjectNode json) {
    this.json = json;
  }

  /** Returns the description of a new key. */
  public static KeyDescription of(
      StorageKey key, Optional<PassphraseInfo> passphrase, RandomSource random) {
    byte[] iv = AesCtr.newIv(random);
    ObjectNode json = Json.newObject().put("algorithm", ALGORITHM);
    passphrase.ifPresent(info -> json.set("passphrase", info.toJson()));
    json.put("iv", Base64Text.encodePadded(iv));
    json.put("mac", Base64Text.encodePadded(SealedSecret.keyCheck(key, iv)));
    return new KeyDescription(json);
  }

  /** Reads the content of an event; {@code {}} counts as none. */
  public static Optional<KeyDescription> parse(JsonNode content) {
    return content instanceof ObjectNode object && !object.isEmpty()
        ? Optional.of(new KeyDescription(object.deepCopy()))
        : Optional.empty();
  }

  /** Whether we know the algorithm (SSSS-ALGORITHM). */
  public boolean isAlgorithmKnown() {
    return json.path("algorithm").asText().equals(ALGORITHM);
  }

  /** Whether the key can be made from a passphrase. */
  public boolean hasPassphrase() {
    return json.hasNonNull("passphrase");
  }

  /**
   * Whether {@code key} fits (SSSS-CHECK). A description without {@code mac} takes any key; one
   * with {@code mac} and without {@code iv} takes none.
   */
  public boolean fits(StorageKey key) {
    if (!isAlgorithmKnown()) {
      return false;
    }
    if (!json.hasNonNull("mac")) {
      return true;
    }
    Optional<byte[]> iv = SealedSecret.decode(json.path("iv"));
    Optional<byte[]> mac = SealedSecret.decode(json.path("mac"));
    return iv.isPresent()
        && iv.get().length == AesCtr.IV_BYTES
        && mac.isPresent()
        && MessageDigest.isEqual(mac.get(), SealedSecret.keyCheck(key, iv.get()));
  }

  /**
   * Returns the key that {@code typed} stands for (SSSS-TYPED): first as passphrase, if there can
   * be one, then as recovery key. Takes a second or so.
   *
   * @throws SecretStorageException telling of the passphrase if both fail
   */
  public StorageKey unlock(String typed) throws SecretStorageException {
    if (!isAlgorithmKnown()) {
      throw new SecretStorageException(Reason.UNKNOWN_ALGORITHM);
    }
    if (!hasPassphrase()) {
      return checked(recoveryKey(typed));
    }
    SecretStorageException failure;
    try {
      return checked(
          StorageKey.fromPassphrase(typed, PassphraseInfo.parse(json.path("passphrase"))));
    } catch (PassphraseException e) {
      failure = new SecretStorageException(e);
    } catch (SecretStorageException e) {
      failure = e;
    }
    try {
      return checked(recoveryKey(typed));
    } catch (SecretStorageException e) {
      throw failure;
    }
  }

  private static StorageKey recoveryKey(String typed) throws SecretStorageException {
    try {
      return StorageKey.fromRecoveryKey(typed);
    } catch (RecoveryKeyException e) {
      throw new SecretStorageException(e);
    }
  }

  private StorageKey checked(StorageKey key) throws SecretStorageException {
    if (!fits(key)) {
      key.close();
      throw new SecretStorageException(Reason.WRONG_KEY);
    }
    return key;
  }

  /** Returns the content of the event. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }
}
