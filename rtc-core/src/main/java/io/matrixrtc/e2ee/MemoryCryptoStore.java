package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A store that lasts as long as the object; closing it changes nothing, so a test can re-open. */
public final class MemoryCryptoStore implements CryptoStore {
  private final Map<Curve25519PublicKey, Map<String, StoredSession>> sessions = new HashMap<>();
  private final Map<String, Map<String, Device>> devices = new HashMap<>();
  private final Map<String, Boolean> trackedUsers = new TreeMap<>();
  private final Map<UserDevice, Device> removedDevices = new LinkedHashMap<>();
  private final Set<UserDevice> undecided = new LinkedHashSet<>(); // of the removed ones
  private final Map<String, UserIdentity> identities = new TreeMap<>();
  private final Map<String, Sealed> ownSecrets = new HashMap<>();
  private final MemoryRoomKeys roomKeys = new MemoryRoomKeys();
  private final MemoryRows extraRows = new MemoryRows();
  private final SortedMap<Long, StoredInboxEvent> inbox = new TreeMap<>();
  private final Set<String> messageHashes = new LinkedHashSet<>();
  private long lastInboxId;
  private @Nullable StoredAccount account;
  private @Nullable String syncToken;

  @Override
  public Optional<StoredAccount> account() {
    return Optional.ofNullable(account);
  }

  @Override
  public Optional<Sealed> ownSecret(String name) {
    return Optional.ofNullable(ownSecrets.get(name));
  }

  @Override
  public List<StoredSession> sessions(Curve25519PublicKey peer) {
    return List.copyOf(sessions.getOrDefault(peer, Map.of()).values());
  }

  @Override
  public Map<String, Device> devices(String userId) {
    return Map.copyOf(devices.getOrDefault(userId, Map.of()));
  }

  @Override
  public Optional<Device> removedDevice(UserDevice device) {
    return Optional.ofNullable(removedDevices.get(device));
  }

  @Override
  public Optional<UserIdentity> identity(String userId) {
    return Optional.ofNullable(identities.get(userId));
  }

  @Override
  public Collection<UserIdentity> identities() {
    return List.copyOf(identities.values());
  }

  @Override
  public Optional<StoredRoomKey> roomKey(RoomKeyId id) {
    return roomKeys.roomKey(id);
  }

  @Override
  public List<StoredRoomKey> roomKeysFrom(Curve25519PublicKey senderKey) {
    return roomKeys.roomKeysFrom(senderKey);
  }

  @Override
  public List<StoredRoomKey> roomKeys(Optional<RoomKeyId> after, int limit) {
    return roomKeys.roomKeys(after, limit);
  }

  @Override
  public List<StoredRoomKey> notBackedUp(String version, int limit) {
    return roomKeys.notBackedUp(version, limit);
  }

  @Override
  public Optional<String> backupVersion(RoomKeyId id) {
    return roomKeys.backupVersion(id);
  }

  @Override
  public BackupCount backupCount(String version) {
    return roomKeys.backupCount(version);
  }

  @Override
  public StoredRows roomRows() {
    return roomKeys.roomRows();
  }

  @Override
  public StoredRows extraRows() {
    return extraRows;
  }

  @Override
  public Optional<WithheldRoomKey> withheld(RoomKeyId id) {
    return roomKeys.withheld(id);
  }

  @Override
  public Optional<String> decryptedEvent(RoomKeyId id, long index) {
    return roomKeys.decryptedEvent(id, index);
  }

  @Override
  public Optional<Long> lastDecryptedIndex(RoomKeyId id) {
    return roomKeys.lastDecryptedIndex(id);
  }

  @Override
  public SortedSet<Long> inboxIds() {
    return new TreeSet<>(inbox.keySet());
  }

  @Override
  public List<StoredInboxEvent> inboxEvents(long after, int limit) {
    return inbox.tailMap(after + 1).values().stream().limit(limit).toList();
  }

  @Override
  public long lastInboxId() {
    return lastInboxId;
  }

  @Override
  public Map<String, Boolean> trackedUsers() {
    return Map.copyOf(trackedUsers);
  }

  @Override
  public boolean hasMessageHash(String hash) {
    return messageHashes.contains(hash);
  }

  @Override
  public Optional<String> syncToken() {
    return Optional.ofNullable(syncToken);
  }

  @Override
  public void write(Changes changes, RowChanges extra) {
    extraRows.write(extra);
    changes.account().ifPresent(stored -> account = stored);
    changes
        .ownSecrets()
        .forEach(
            (name, secret) ->
                secret.ifPresentOrElse(
                    value -> ownSecrets.put(name, value), () -> ownSecrets.remove(name)));
    changes.sessions().forEach(this::put);
    changes
        .removedSessions()
        .forEach(key -> sessions.getOrDefault(key.peer(), new HashMap<>()).remove(key.sessionId()));
    changes.devices().forEach(this::put);
    changes
        .removedDevices()
        .forEach(
            address -> {
              Device device =
                  devices
                      .getOrDefault(address.userId(), new HashMap<>())
                      .remove(address.deviceId());
              if (device != null) {
                bury(device);
              }
            });
    changes.tombstones().forEach(this::bury);
    changes.identities().forEach(identity -> identities.put(identity.userId(), identity));
    roomKeys.write(changes.roomKeys());
    changes.inbox().received().forEach(this::put);
    inbox.keySet().removeAll(changes.inbox().acknowledged());
    trackedUsers.putAll(changes.trackedUsers());
    changes.untrackedUsers().forEach(trackedUsers::remove);
    changes.messageHashes().forEach(this::addHash);
    changes.syncToken().ifPresent(token -> syncToken = token);
  }

  private void put(StoredSession session) {
    sessions
        .computeIfAbsent(session.peer(), peer -> new LinkedHashMap<>())
        .put(session.sessionId(), session);
  }

  private void put(Device device) {
    removedDevices.remove(device.address());
    undecided.remove(device.address());
    devices
        .computeIfAbsent(device.keys().userId(), user -> new TreeMap<>())
        .put(device.keys().deviceId(), device);
  }

  private void bury(Device device) {
    removedDevices.put(device.address(), device);
    undecided.remove(device.address());
    if (device.localTrust() == LocalTrust.UNSET) {
      undecided.add(device.address());
    }
    if (undecided.size() > MAX_REMOVED_DEVICES) { // DEV-TOMBSTONES
      UserDevice oldest = undecided.iterator().next();
      undecided.remove(oldest);
      removedDevices.remove(oldest);
    }
  }

  private void put(StoredInboxEvent event) {
    inbox.put(event.id(), event);
    lastInboxId = Math.max(lastInboxId, event.id());
  }

  private void addHash(String hash) {
    messageHashes.remove(hash); // a repeated one counts as new
    messageHashes.add(hash);
    if (messageHashes.size() > MAX_MESSAGE_HASHES) {
      Iterator<String> oldest = messageHashes.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  @Override
  public void erase() {
    account = null;
    syncToken = null;
    ownSecrets.clear();
    sessions.clear();
    devices.clear();
    removedDevices.clear();
    undecided.clear();
    identities.clear();
    roomKeys.clear();
    extraRows.clear();
    inbox.clear();
    lastInboxId = 0;
    trackedUsers.clear();
    messageHashes.clear();
  }

  @Override
  public void close() {}
}
