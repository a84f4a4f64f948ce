package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.KeyChanges.Kind;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The devices of the users we follow, as last accepted. Loaded from the store when needed. */
final class DeviceDirectory {
  private final CryptoStore store;
  private final UnitOfWork work;
  private final Map<String, Map<String, Device>> loaded = new HashMap<>();
  private final Map<UserDevice, Device> removed = new HashMap<>(); // not written yet
  private final KeyChangeLog log;
  private final List<Device> listed = new ArrayList<>();
  private final List<SenderKey> unlisted = new ArrayList<>();

  DeviceDirectory(CryptoStore store, UnitOfWork work, KeyChangeLog log) {
    this.store = store;
    this.log = log;
    this.work = work;
  }

  Optional<Device> find(UserDevice address) throws CryptoStoreException {
    return Optional.ofNullable(byId(address.userId()).get(address.deviceId()));
  }

  /** The device, or what it was when the homeserver listed it last (DEV-TOMBSTONE). */
  Optional<Device> pinned(UserDevice address) throws CryptoStoreException {
    Optional<Device> device = find(address);
    if (device.isPresent()) {
      return device;
    }
    Device unwritten = removed.get(address);
    return unwritten != null ? Optional.of(unwritten) : store.removedDevice(address);
  }

  /** Everything is in the store. */
  void written() {
    removed.clear();
  }

  /** The device of {@code userId} with this identity key. */
  Optional<Device> find(String userId, Curve25519PublicKey key) throws CryptoStoreException {
    return byId(userId).values().stream()
        .filter(device -> device.keys().curve25519().filter(key::equals).isPresent())
        .findFirst();
  }

  Collection<Device> of(String userId) throws CryptoStoreException {
    return List.copyOf(byId(userId).values());
  }

  void put(Device device) throws CryptoStoreException {
    Map<String, Device> devices = byId(device.keys().userId());
    loaded.put(device.keys().userId(), devices);
    removed.remove(device.address());
    Device before = devices.put(device.keys().deviceId(), device);
    if (before == null || !before.isSameAs(device)) {
      work.changes().device(device);
      listed.add(device);
      log.device(device.address(), before == null ? Kind.NEW : Kind.CHANGED);
    }
    if (before != null && !before.keys().curve25519().equals(device.keys().curve25519())) {
      unlist(before);
    }
  }

  void remove(UserDevice address) throws CryptoStoreException {
    Device device = byId(address.userId()).remove(address.deviceId());
    if (device != null) {
      removed.put(address, device);
      work.changes().removeDevice(address);
      log.device(address, Kind.DELETED);
      unlist(device);
    }
  }

  private void unlist(Device device) {
    device
        .keys()
        .curve25519()
        .ifPresent(key -> unlisted.add(new SenderKey(device.keys().userId(), key)));
  }

  /** Returns the devices that are new or changed since the last call. */
  List<Device> takeListed() {
    List<Device> taken = List.copyOf(listed);
    listed.clear();
    return taken;
  }

  /** Returns the identity keys that a device had until then, since the last call. */
  List<SenderKey> takeUnlisted() {
    List<SenderKey> taken = List.copyOf(unlisted);
    unlisted.clear();
    return taken;
  }

  /** Replaces what is remembered of a removed device. */
  void putRemoved(Device device) throws CryptoStoreException {
    if (find(device.address()).isPresent()) {
      throw new IllegalStateException("the device is not removed");
    }
    work.changes().tombstone(device);
  }

  private Map<String, Device> byId(String userId) throws CryptoStoreException {
    Map<String, Device> devices = loaded.get(userId);
    if (devices == null) {
      devices = new TreeMap<>(store.devices(userId));
      if (!devices.isEmpty()) { // any sender's name may be asked for; only real users are kept
        loaded.put(userId, devices);
      }
    }
    return devices;
  }
}
