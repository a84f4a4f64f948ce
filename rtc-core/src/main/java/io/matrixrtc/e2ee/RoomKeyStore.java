package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one home of room keys, as a part of the {@link CryptoStore}. Whoever brings a key, over Olm
 * or from elsewhere, goes through the machine, which merges it with the one that is held. Keys are
 * kept for ever: they open history.
 */
public interface RoomKeyStore {
  /** How many notices of withheld keys are kept; the oldest go first. */
  int MAX_WITHHELD = 10_000;

  /** A room key. */
  Optional<StoredRoomKey> roomKey(RoomKeyId id) throws CryptoStoreException;

  /** Those of these room keys that are held, by their names: thousands at a time. */
  default Map<RoomKeyId, StoredRoomKey> roomKeys(Collection<RoomKeyId> ids)
      throws CryptoStoreException {
    Map<RoomKeyId, StoredRoomKey> held = new HashMap<>();
    for (RoomKeyId id : ids) {
      roomKey(id).ifPresent(key -> held.put(id, key));
    }
    return held;
  }

  /** The room keys whose sender is said to have this identity key. */
  List<StoredRoomKey> roomKeysFrom(Curve25519PublicKey senderKey) throws CryptoStoreException;

  /**
   * Up to {@code limit} room keys, ordered by room id, then session id, that come after {@code
   * after}; from the first one if that is empty. For going through all of them without holding all.
   */
  List<StoredRoomKey> roomKeys(Optional<RoomKeyId> after, int limit) throws CryptoStoreException;

  /**
   * Up to {@code limit} room keys that backup {@code version} has not got as they are held: new
   * ones, and those that became better since. In no order; mark them, then ask for more.
   */
  List<StoredRoomKey> notBackedUp(String version, int limit) throws CryptoStoreException;

  /** The backup version that has a key as it is held; empty if none has. */
  Optional<String> backupVersion(RoomKeyId id) throws CryptoStoreException;

  /** How many room keys there are, and how many of them backup {@code version} has. */
  BackupCount backupCount(String version) throws CryptoStoreException;

  /** What the machine keeps of rooms that it writes to. */
  StoredRows roomRows();

  /** The newest notice about a key. */
  Optional<WithheldRoomKey> withheld(RoomKeyId id) throws CryptoStoreException;

  /** The id of the event that was decrypted with a key at an index, if one was. */
  Optional<String> decryptedEvent(RoomKeyId id, long index) throws CryptoStoreException;

  /** The last place of a session at which an event was decrypted; empty if none was. */
  Optional<Long> lastDecryptedIndex(RoomKeyId id) throws CryptoStoreException;
}
