package io.matrixrtc.backup.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.recovery.PassphraseInfo;
import io.matrixrtc.backup.recovery.RandomText;
import io.matrixrtc.backup.secrets.SecretStorageException.Reason;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The secrets in our user's account data. Every method talks to the homeserver, and a failure in
 * the middle leaves the old storage in force: the default key is switched last (SSSS-ORDER).
 *
 * <p>One object per account and process; its methods exclude each other (SSSS-ONE-WRITER), since
 * account data cannot be changed but as a whole.
 *
 * <p>Source: Matrix specification, "Secrets" module.
 */
public final class SecretStorage {
  /** Content: the id of the key in force. */
  public static final String DEFAULT_KEY = "m.secret_storage.default_key";

  /** Prefix of the types that describe keys. */
  public static final String KEY_PREFIX = "m.secret_storage.key.";

  private static final int KEY_ID_CHARACTERS = 32;

  private final AccountData accountData;
  private final RandomSource random;

  /** Works on {@code accountData}; new keys and IVs come from {@code random}. */
  public SecretStorage(AccountData accountData, RandomSource random) {
    this.accountData = accountData;
    this.random = random;
  }

  /** The id of the default key; empty if secret storage is off. */
  public synchronized Optional<String> defaultKeyId() throws AccountDataException {
    return accountData
        .read(DEFAULT_KEY)
        .map(content -> content.path("key"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue);
  }

  /** What is known of a key; empty if nothing is, or it was turned off. */
  public synchronized Optional<KeyDescription> description(String keyId)
      throws AccountDataException {
    return accountData.read(KEY_PREFIX + keyId).flatMap(KeyDescription::parse);
  }

  /**
   * Opens the storage with what a person typed: passphrase or recovery key.
   *
   * @throws SecretStorageException if storage is off, its key has no description, or the text is
   *     not its key
   */
  public synchronized OpenStorage unlock(String typed)
      throws AccountDataException, SecretStorageException {
    String keyId = defaultKeyId().orElseThrow(() -> new SecretStorageException(Reason.OFF));
    return new OpenStorage(this, keyId, needDescription(keyId).unlock(typed));
  }

  /**
   * Opens the storage with a key that is at hand, which it copies.
   *
   * @throws SecretStorageException if the key has no description or does not fit it
   */
  public synchronized OpenStorage unlock(String keyId, StorageKey key)
      throws AccountDataException, SecretStorageException {
    KeyDescription description = needDescription(keyId);
    if (!description.isAlgorithmKnown()) {
      throw new SecretStorageException(Reason.UNKNOWN_ALGORITHM, keyId);
    }
    if (!description.fits(key)) {
      throw new SecretStorageException(Reason.WRONG_KEY, keyId);
    }
    return new OpenStorage(this, keyId, StorageKey.copyOf(key.bytes()));
  }

  private KeyDescription needDescription(String keyId)
      throws AccountDataException, SecretStorageException {
    return description(keyId)
        .orElseThrow(() -> new SecretStorageException(Reason.NO_DESCRIPTION, keyId));
  }

  /**
   * Sets up a storage with a new random key and puts {@code secrets} into it, each by its name.
   * Show {@link OpenStorage#recoveryKey} to the person: nothing else keeps it.
   */
  public synchronized OpenStorage create(Map<String, String> secrets) throws AccountDataException {
    return create(StorageKey.generate(random), Optional.empty(), secrets);
  }

  /** As {@link #create(Map)}, with a key that the passphrase gives. Takes a second or so. */
  public synchronized OpenStorage create(String passphrase, Map<String, String> secrets)
      throws AccountDataException {
    PassphraseInfo info = PassphraseInfo.generate(random);
    return create(StorageKey.fromPassphrase(passphrase, info), Optional.of(info), secrets);
  }

  private OpenStorage create(
      StorageKey key, Optional<PassphraseInfo> passphrase, Map<String, String> secrets)
      throws AccountDataException {
    String keyId = RandomText.alphanumeric(random, KEY_ID_CHARACTERS);
    try {
      accountData.write(KEY_PREFIX + keyId, KeyDescription.of(key, passphrase, random).toJson());
      for (Map.Entry<String, String> secret : secrets.entrySet()) {
        put(keyId, key, secret.getKey(), secret.getValue());
      }
      accountData.write(DEFAULT_KEY, Json.newObject().put("key", keyId)); // SSSS-ORDER: last
      return new OpenStorage(this, keyId, key);
    } catch (AccountDataException | RuntimeException e) {
      key.close();
      throw e;
    }
  }

  /**
   * Replaces the key of the storage: every secret of {@code names} is read with {@code old}, sealed
   * with a new key, and only then the default key switched and what {@code old} opens removed
   * (SSSS-REKEY). {@code old} stays the caller's.
   *
   * @param passphrase makes the new key, if there is one
   * @throws SecretStorageException if a secret cannot be read; nothing is changed then
   */
  public synchronized OpenStorage rekey(
      OpenStorage old, Optional<String> passphrase, Collection<String> names)
      throws AccountDataException, SecretStorageException {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (String name : names) {
      Optional<String> secret = old.read(name);
      secret.ifPresent(text -> secrets.put(name, text));
    }
    OpenStorage opened =
        passphrase.isPresent() ? create(passphrase.get(), secrets) : create(secrets);
    try {
      for (String name : secrets.keySet()) {
        remove(old.keyId(), name);
      }
      accountData.write(KEY_PREFIX + old.keyId(), Json.newObject());
      return opened;
    } catch (AccountDataException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Turns secret storage off: there is no delete in account data, so empty contents replace the
   * default key, its description and the secrets of {@code names} that are there (SSSS-OFF).
   */
  public synchronized void disable(Collection<String> names) throws AccountDataException {
    Optional<String> keyId = defaultKeyId();
    accountData.write(DEFAULT_KEY, Json.newObject());
    if (keyId.isPresent()) {
      accountData.write(KEY_PREFIX + keyId.get(), Json.newObject());
    }
    for (String name : names) {
      if (accountData.read(name).map(content -> !content.isEmpty()).orElse(false)) {
        ObjectNode emptied = Json.newObject();
        emptied.putObject("encrypted");
        accountData.write(name, emptied);
      }
    }
  }

  /**
   * Whether every one of these secrets is sealed with the default key. That another key of the
   * storage has them all does not count: nobody asks for that key.
   */
  public synchronized boolean holds(Collection<String> names) throws AccountDataException {
    Optional<String> keyId = defaultKeyId();
    if (keyId.isEmpty()) {
      return false;
    }
    for (String name : names) {
      if (sealedFor(keyId.get(), name).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the content {@code encrypted} of a secret for one key; empty if the secret was never
   * stored, is gone, or is not sealed with that key.
   */
  synchronized Optional<JsonNode> sealedFor(String keyId, String name) throws AccountDataException {
    return accountData
        .read(name)
        .map(content -> content.path("encrypted").path(keyId))
        .filter(box -> !box.isMissingNode());
  }

  /** Seals a secret with one key beside those that are there (SSSS-KEEP-OTHERS). */
  synchronized void put(String keyId, StorageKey key, String name, String secret)
      throws AccountDataException {
    ObjectNode content = accountData.read(name).orElseGet(Json::newObject);
    ObjectNode encrypted =
        content.get("encrypted") instanceof ObjectNode present
            ? present
            : content.putObject("encrypted");
    encrypted.set(keyId, SealedSecret.seal(key, name, secret, random));
    accountData.write(name, content);
  }

  private void remove(String keyId, String name) throws AccountDataException {
    Optional<ObjectNode> content = accountData.read(name);
    if (content.isPresent() && content.get().get("encrypted") instanceof ObjectNode encrypted) {
      encrypted.remove(keyId);
      accountData.write(name, content.get());
    }
  }
}
