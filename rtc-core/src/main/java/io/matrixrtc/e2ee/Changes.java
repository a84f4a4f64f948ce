package io.matrixrtc.e2ee;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one operation of the machine changed: a store takes all of it or nothing. Immutable.
 *
 * @param account the new state of our own device
 * @param ownSecrets secrets of our own user, by name; empty ones are to be forgotten
 * @param sessions new and changed sessions
 * @param removedSessions sessions to forget
 * @param devices new and changed devices
 * @param removedDevices devices that {@link CryptoStore#devices} no longer gives, and {@link
 *     CryptoStore#removedDevice} does
 * @param tombstones removed devices that {@link CryptoStore#removedDevice} now gives otherwise
 * @param identities new and changed cross-signing identities
 * @param roomKeys what changed about room keys
 * @param inbox what changed in the inbox
 * @param trackedUsers users whose device lists are followed, each with whether the list is outdated
 * @param untrackedUsers users who are no longer followed
 * @param messageHashes hashes of decrypted Olm messages, in order
 * @param syncToken the token that the next sync starts from
 */
public record Changes(
    Optional<StoredAccount> account,
    Map<String, Optional<Sealed>> ownSecrets,
    List<StoredSession> sessions,
    Set<StoredSession.Key> removedSessions,
    List<Device> devices,
    Set<UserDevice> removedDevices,
    List<Device> tombstones,
    List<UserIdentity> identities,
    RoomKeyChanges roomKeys,
    InboxChanges inbox,
    Map<String, Boolean> trackedUsers,
    Set<String> untrackedUsers,
    Set<String> messageHashes,
    Optional<String> syncToken) {

  public Changes {
    ownSecrets = Map.copyOf(ownSecrets);
    sessions = List.copyOf(sessions);
    removedSessions = Set.copyOf(removedSessions);
    devices = List.copyOf(devices);
    removedDevices = Set.copyOf(removedDevices);
    tombstones = List.copyOf(tombstones);
    identities = List.copyOf(identities);
    trackedUsers = Map.copyOf(trackedUsers);
    untrackedUsers = Set.copyOf(untrackedUsers);
    messageHashes = Collections.unmodifiableSet(new LinkedHashSet<>(messageHashes));
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return equals(builder().build());
  }

  /** Starts with no changes. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects changes. A later one replaces an earlier one of the same thing. */
  public static final class Builder {
    private @Nullable StoredAccount account;
    private final Map<String, Optional<Sealed>> ownSecrets = new LinkedHashMap<>();
    private @Nullable String syncToken;
    private final Map<StoredSession.Key, StoredSession> sessions = new LinkedHashMap<>();
    private final Set<StoredSession.Key> removedSessions = new LinkedHashSet<>();
    private final Map<UserDevice, Device> devices = new LinkedHashMap<>();
    private final Set<UserDevice> removedDevices = new LinkedHashSet<>();
    private final Map<UserDevice, Device> tombstones = new LinkedHashMap<>();
    private final Map<String, UserIdentity> identities = new LinkedHashMap<>();
    private final RoomKeyChanges.Builder roomKeys = new RoomKeyChanges.Builder();
    private final InboxChanges.Builder inbox = new InboxChanges.Builder();
    private final Map<String, Boolean> trackedUsers = new LinkedHashMap<>();
    private final Set<String> untrackedUsers = new LinkedHashSet<>();
    private final Set<String> messageHashes = new LinkedHashSet<>();

    private Builder() {}

    /** Replaces our own device. */
    public Builder account(StoredAccount stored) {
      account = stored;
      return this;
    }

    /** Adds or replaces a secret of our own user. */
    public Builder ownSecret(String name, Sealed secret) {
      ownSecrets.put(name, Optional.of(secret));
      return this;
    }

    /** Forgets a secret of our own user. */
    public Builder forgetOwnSecret(String name) {
      ownSecrets.put(name, Optional.empty());
      return this;
    }

    /** Adds or replaces a session. */
    public Builder session(StoredSession stored) {
      removedSessions.remove(stored.key());
      sessions.put(stored.key(), stored);
      return this;
    }

    /** Forgets a session. */
    public Builder removeSession(StoredSession.Key key) {
      sessions.remove(key);
      removedSessions.add(key);
      return this;
    }

    /** Adds or replaces a device. */
    public Builder device(Device device) {
      removedDevices.remove(device.address());
      tombstones.remove(device.address());
      devices.put(device.address(), device);
      return this;
    }

    /** Moves a device, as last written, to the removed ones. */
    public Builder removeDevice(UserDevice device) {
      devices.remove(device);
      removedDevices.add(device);
      return this;
    }

    /** Replaces what is remembered of a removed device, which stays removed. */
    public Builder tombstone(Device device) {
      tombstones.put(device.address(), device);
      return this;
    }

    /** Adds or replaces an identity. */
    public Builder identity(UserIdentity identity) {
      identities.put(identity.userId(), identity);
      return this;
    }

    /** Adds or replaces a room key. */
    public Builder roomKey(StoredRoomKey key) {
      roomKeys.key(key);
      return this;
    }

    /** Forgets a room key. */
    public Builder forgetRoomKey(RoomKeyId id) {
      roomKeys.forget(id);
      return this;
    }

    /** Adds or replaces a notice that a room key is withheld. */
    public Builder withheld(WithheldRoomKey notice) {
      roomKeys.withheld(notice);
      return this;
    }

    /** Remembers which event was decrypted at a place of a session. */
    public Builder decryptedEvent(RoomKeyChanges.MessageIndex at, String eventId) {
      roomKeys.decryptedEvent(at, eventId);
      return this;
    }

    /** Notes which backup version has a room key as it is held; empty for none. */
    public Builder backupMark(RoomKeyId id, Optional<String> version) {
      roomKeys.backupMark(id, version);
      return this;
    }

    /** Adds or replaces what is kept of a room that is written to; empty to forget it. */
    public Builder roomRow(RowKey key, Optional<Sealed> value) {
      roomKeys.row(key, value);
      return this;
    }

    /** The event that these changes remember for a place of a session. */
    Optional<String> decryptedEventAt(RoomKeyChanges.MessageIndex at) {
      return roomKeys.decryptedEventAt(at);
    }

    /** Adds a to-device event to the inbox. */
    public Builder inboxEvent(StoredInboxEvent event) {
      inbox.received(event);
      return this;
    }

    /** Forgets a to-device event of the inbox. */
    public Builder acknowledged(long inboxId) {
      inbox.acknowledged(inboxId);
      return this;
    }

    /** Follows a user's device list. */
    public Builder trackUser(String userId, boolean outdated) {
      untrackedUsers.remove(userId);
      trackedUsers.put(userId, outdated);
      return this;
    }

    /** Stops following a user's device list. */
    public Builder untrackUser(String userId) {
      trackedUsers.remove(userId);
      untrackedUsers.add(userId);
      return this;
    }

    /** Remembers that an Olm message was decrypted. */
    public Builder messageHash(String hash) {
      messageHashes.add(hash);
      return this;
    }

    /** Replaces the token that the next sync starts from. */
    public Builder syncToken(String token) {
      syncToken = token;
      return this;
    }

    /** Returns what was collected. */
    public Changes build() {
      return new Changes(
          Optional.ofNullable(account),
          ownSecrets,
          new ArrayList<>(sessions.values()),
          removedSessions,
          new ArrayList<>(devices.values()),
          removedDevices,
          new ArrayList<>(tombstones.values()),
          new ArrayList<>(identities.values()),
          roomKeys.build(),
          inbox.build(),
          trackedUsers,
          untrackedUsers,
          messageHashes,
          Optional.ofNullable(syncToken));
    }
  }
}
