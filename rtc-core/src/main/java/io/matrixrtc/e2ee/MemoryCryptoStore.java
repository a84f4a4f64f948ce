package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store that lasts as long as the object; closing it changes nothing, so a test can re-open. */
public final class MemoryCryptoStore implements CryptoStore {
  private final Map<StoredSession.Key, StoredSession> sessions = new LinkedHashMap<>();
  private final Map<UserDevice, Device> devices = new TreeMap<>();
  private final Map<String, Boolean> trackedUsers = new TreeMap<>();
  private final Set<String> messageHashes = new LinkedHashSet<>();
  private @Nullable StoredAccount account;
  private @Nullable String syncToken;

  @Override
  public Optional<StoredAccount> account() {
    return Optional.ofNullable(account);
  }

  @Override
  public List<StoredSession> sessions(Curve25519PublicKey peer) {
    return sessions.values().stream().filter(session -> session.peer().equals(peer)).toList();
  }

  @Override
  public Map<String, Device> devices(String userId) {
    Map<String, Device> ofUser = new TreeMap<>();
    devices.forEach(
        (address, device) -> {
          if (address.userId().equals(userId)) {
            ofUser.put(address.deviceId(), device);
          }
        });
    return ofUser;
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
  public void write(Changes changes) {
    changes.account().ifPresent(stored -> account = stored);
    changes.sessions().forEach(session -> sessions.put(session.key(), session));
    changes.removedSessions().forEach(sessions::remove);
    changes.devices().forEach(device -> devices.put(device.address(), device));
    changes.removedDevices().forEach(devices::remove);
    trackedUsers.putAll(changes.trackedUsers());
    changes.untrackedUsers().forEach(trackedUsers::remove);
    changes.messageHashes().forEach(this::addHash);
    changes.syncToken().ifPresent(token -> syncToken = token);
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
  public void close() {}
}
