package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches answers to {@code /keys/query} for what changed behind our user's back. Each thing is
 * told once in the life of this object (XS-ALARM).
 */
final class IdentityAlarms {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityAlarms.class);

  /** As many are remembered as told; the oldest go first, and may be told again. */
  static final int MAX_ALARMS = 1_000;

  private final OwnDevice device;
  private final OwnIdentity own;
  private final Identities identities;
  private final DeviceDirectory directory;
  private final Set<IdentityAlarm> told = new LinkedHashSet<>();
  private final Set<IdentityAlarm> untold = new LinkedHashSet<>();
  private Optional<Ed25519PublicKey> master;
  private boolean listed;

  IdentityAlarms(
      OwnDevice device, OwnIdentity own, Identities identities, DeviceDirectory directory)
      throws CryptoStoreException {
    this.device = device;
    this.own = own;
    this.identities = identities;
    this.directory = directory;
    this.master = own.master();
    this.listed = directory.find(device.address()).isPresent();
  }

  /** Our own identity changed as our user wanted. */
  void expectOwnIdentity() throws CryptoStoreException {
    master = own.master();
  }

  /** To be called after the answer's devices and identities were taken. */
  void onAnswer(ObjectNode answer, Set<String> askedFor) throws CryptoStoreException {
    for (String userId : askedFor) {
      if (userId.equals(own.userId())) {
        onOwnUser(answer.path("device_keys").path(userId));
      } else {
        onOtherUser(userId);
      }
      checkDeviceKeys(userId, answer.path("device_keys").path(userId));
    }
  }

  private void onOwnUser(JsonNode devices) throws CryptoStoreException {
    Optional<Ed25519PublicKey> present = own.master();
    if (master.isPresent() && present.isPresent() && !present.equals(master)) {
      raise(new IdentityAlarm.OwnIdentityReplaced(master.get(), present.get()));
    }
    master = present;
    JsonNode entry = devices.path(device.address().deviceId());
    if (entry.isObject()) {
      listed = true;
      if (!shows(entry, "ed25519:", device.identityKeys().ed25519().toBase64())
          || !shows(entry, "curve25519:", device.identityKeys().curve25519().toBase64())) {
        raise(new IdentityAlarm.OwnDeviceReplaced());
      }
    } else if (devices.isObject() && listed) {
      raise(new IdentityAlarm.OwnDeviceNotListed());
    }
  }

  private boolean shows(JsonNode entry, String algorithm, String key) {
    return entry.path("keys").path(algorithm + device.address().deviceId()).asText().equals(key);
  }

  private void onOtherUser(String userId) throws CryptoStoreException {
    Optional<UserIdentity> known = identities.find(userId);
    if (known.isPresent()) {
      IdentityState state = identities.stateOf(known.get());
      if (state == IdentityState.PIN_VIOLATION || state == IdentityState.VERIFICATION_VIOLATION) {
        raise(new IdentityAlarm.IdentityViolation(userId, state, known.get().master().key()));
      }
    }
  }

  /** What was refused is still known with its old key (DEV-PIN). */
  private void checkDeviceKeys(String userId, JsonNode devices) throws CryptoStoreException {
    for (Map.Entry<String, JsonNode> entry : devices.properties()) {
      if (entry.getKey().isEmpty() || entry.getKey().equals(device.address().deviceId())) {
        continue;
      }
      UserDevice address = new UserDevice(userId, entry.getKey());
      String shown = entry.getValue().path("keys").path("ed25519:" + entry.getKey()).asText();
      Optional<Device> known = directory.pinned(address);
      if (known.isPresent() && !known.get().keys().ed25519().toBase64().equals(shown)) {
        raise(new IdentityAlarm.DeviceKeyRefused(address));
      }
    }
  }

  private void raise(IdentityAlarm alarm) {
    if (told.add(alarm)) {
      LOG.warn("{}: {}", device.address(), alarm);
      untold.add(alarm);
      if (told.size() > MAX_ALARMS) {
        told.remove(told.iterator().next());
      }
      if (untold.size() > MAX_ALARMS) {
        untold.remove(untold.iterator().next());
      }
    }
  }

  List<IdentityAlarm> take() {
    List<IdentityAlarm> taken = List.copyOf(untold);
    untold.clear();
    return taken;
  }
}
