package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the devices of a {@code /keys/query} answer into the directory. What cannot be accepted is
 * refused entry by entry; the others count.
 */
final class DeviceListAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceListAnswer.class);

  /** As many devices of one user are known; further ones are ignored (DEV-BOUND). */
  static final int MAX_DEVICES_PER_USER = 1_000;

  private final OwnDevice own;
  private final DeviceDirectory directory;

  DeviceListAnswer(OwnDevice own, DeviceDirectory directory) {
    this.own = own;
    this.directory = directory;
  }

  /** Takes the lists of {@code askedFor}; whatever else the server sent is ignored (DEV-ASKED). */
  void take(ObjectNode answer, Set<String> askedFor) throws CryptoStoreException {
    for (String userId : askedFor) {
      JsonNode devices = answer.path("device_keys").path(userId);
      if (devices.isObject()) {
        take(userId, devices);
      }
    }
  }

  private void take(String userId, JsonNode devices) throws CryptoStoreException {
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, JsonNode> entry : devices.properties()) {
      if (seen.size() == MAX_DEVICES_PER_USER) {
        LOG.warn(
            "{}: {} has more than {} devices, the others are ignored",
            own.address(),
            userId,
            MAX_DEVICES_PER_USER);
        break;
      }
      String deviceId = entry.getKey();
      seen.add(deviceId);
      if (!deviceId.isEmpty() && entry.getValue() instanceof ObjectNode keys) {
        take(new UserDevice(userId, deviceId), keys);
      }
    }
    for (Device known : directory.of(userId)) {
      if (!seen.contains(known.keys().deviceId())) {
        remove(known.address());
      }
    }
  }

  private void take(UserDevice address, ObjectNode object) throws CryptoStoreException {
    @Nullable Device known = directory.pinned(address).orElse(null); // DEV-TOMBSTONE
    SignedDeviceKeys keys;
    try {
      keys =
          SignedDeviceKeys.accept(
              address.userId(),
              address.deviceId(),
              object,
              known == null ? null : known.keys()); // DEV-FILED, DEV-SELF, DEV-PIN
    } catch (DeviceKeysException e) {
      LOG.warn("{}: refused the keys of {}: {}", own.address(), address, e.reason());
      return;
    }
    if (!address.equals(own.address())) {
      directory.put(new Device(keys, known == null ? LocalTrust.UNSET : known.localTrust()));
    } else if (own.owns(keys)) {
      directory.put(new Device(keys, LocalTrust.VERIFIED)); // DEV-OWN-ENTRY
    } else {
      LOG.error("{}: the homeserver shows other keys for this device", own.address());
    }
  }

  private void remove(UserDevice address) throws CryptoStoreException {
    if (address.equals(own.address())) {
      LOG.error("{}: the homeserver does not list this device", own.address()); // DEV-OWN-KEPT
    } else {
      directory.remove(address); // DEV-DELETED
    }
  }
}
