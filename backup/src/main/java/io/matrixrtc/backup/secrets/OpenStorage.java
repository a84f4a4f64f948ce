package io.matrixrtc.backup.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.secrets.SecretStorageException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Secret storage with its key. Talks to the homeserver at each call. Wipes the key when closed. */
public final class OpenStorage implements AutoCloseable {
  private final SecretStorage storage;
  private final String keyId;
  private final StorageKey key;

  /** Takes over {@code key}, which fits. */
  OpenStorage(SecretStorage storage, String keyId, StorageKey key) {
    this.storage = storage;
    this.keyId = keyId;
    this.key = key;
  }

  /** The id of the key. */
  public String keyId() {
    return keyId;
  }

  /** Returns the key in the form for people. As secret as all that it opens. */
  public String recoveryKey() {
    return key.toRecoveryKey();
  }

  /**
   * Returns the secret called {@code name}; empty if it was never stored, is gone, or is sealed
   * with other keys only (SSSS-ABSENT).
   *
   * @throws SecretStorageException if the key's description is gone, or the secret is there and
   *     cannot be opened (SSSS-OPEN)
   */
  public Optional<String> read(String name) throws AccountDataException, SecretStorageException {
    Optional<JsonNode> sealed = storage.sealedFor(keyId, name);
    if (sealed.isEmpty()) {
      return Optional.empty();
    }
    Optional<KeyDescription> description = storage.description(keyId);
    if (description.isEmpty()) {
      throw new SecretStorageException(Reason.NO_DESCRIPTION, keyId);
    }
    if (!description.get().isAlgorithmKnown()) {
      throw new SecretStorageException(Reason.UNKNOWN_ALGORITHM, keyId);
    }
    Optional<byte[]> opened = SealedSecret.open(key, name, sealed.get());
    if (opened.isEmpty()) {
      throw new SecretStorageException(Reason.UNREADABLE, name);
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(opened.get())).toString());
    } catch (CharacterCodingException e) {
      throw new SecretStorageException(Reason.UNREADABLE, name);
    } finally {
      Arrays.fill(opened.get(), (byte) 0);
    }
  }

  /** Puts a secret in, beside what other keys hold of it. */
  public void store(String name, String secret) throws AccountDataException {
    storage.put(keyId, key, name, secret);
  }

  /** Wipes the key. */
  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "OpenStorage[" + keyId + "]";
  }
}
