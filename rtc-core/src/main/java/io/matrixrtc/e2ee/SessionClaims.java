package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysClaim;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.SessionConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Starts Olm sessions: claims one-time keys, one request at a time, and remembers which devices
 * could not be helped (SESS-CLAIM).
 */
final class SessionClaims {
  /** As many devices go into one claim. */
  static final int MAX_DEVICES_PER_CLAIM = 250;

  /** How long other servers may take. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final OwnDevice own;
  private final DeviceDirectory directory;
  private final OlmSessions sessions;
  private final RequestIds ids;

  private final Set<UserDevice> wanted = new LinkedHashSet<>();
  private final FailureBackoff<UserDevice> devices = new FailureBackoff<>();
  private final FailureBackoff<String> servers = new FailureBackoff<>();
  private final Map<UserDevice, EncryptionOutcome> reasons = new LinkedHashMap<>();
  private @Nullable KeysClaim underWay;

  SessionClaims(OwnDevice own, DeviceDirectory directory, OlmSessions sessions, RequestIds ids) {
    this.own = own;
    this.directory = directory;
    this.sessions = sessions;
    this.ids = ids;
  }

  /** Asks for a session with {@code device}, unless one is being asked for. */
  void want(UserDevice device) {
    if (underWay == null || !underWay.devices().contains(device)) {
      wanted.add(device);
    }
  }

  /** Whether a session with {@code device} is being asked for. */
  boolean isAsking(UserDevice device) {
    return wanted.contains(device) || (underWay != null && underWay.devices().contains(device));
  }

  /** Why no session with {@code device} can be had for now, if it failed lately. */
  Optional<EncryptionOutcome> failure(UserDevice device, Instant now) {
    if (servers.isWaiting(device.serverName(), now)) {
      return Optional.of(new EncryptionOutcome.ServerUnreachable(device.serverName()));
    }
    return devices.isWaiting(device, now)
        ? Optional.ofNullable(reasons.get(device))
        : Optional.empty();
  }

  /** The claim that is wanted now: the one under way, a new one, or none. */
  Optional<KeysClaim> next() {
    if (underWay == null && !wanted.isEmpty()) {
      Set<UserDevice> claimed = new LinkedHashSet<>();
      for (Iterator<UserDevice> next = wanted.iterator();
          next.hasNext() && claimed.size() < MAX_DEVICES_PER_CLAIM; ) {
        claimed.add(next.next());
        next.remove();
      }
      underWay = new KeysClaim(ids.next(), body(claimed), claimed);
    }
    return Optional.ofNullable(underWay);
  }

  private static ObjectNode body(Set<UserDevice> claimed) {
    ObjectNode body = Json.newObject();
    ObjectNode keys = body.putObject("one_time_keys");
    for (UserDevice device : claimed) {
      keys.withObjectProperty(device.userId()).put(device.deviceId(), KeyUploads.KEY_ALGORITHM);
    }
    return body.put("timeout", TIMEOUT.toMillis());
  }

  boolean isUnderWay(String id) {
    return underWay != null && underWay.id().equals(id);
  }

  /** Takes the answer; returns the devices with which there is a new session. */
  List<UserDevice> onAnswer(ObjectNode answer, Instant now) throws CryptoStoreException {
    KeysClaim claim = underWay;
    underWay = null;
    if (claim == null) {
      return List.of();
    }
    Set<String> failedServers = new TreeSet<>();
    answer.path("failures").fieldNames().forEachRemaining(failedServers::add);
    failedServers.remove(own.address().serverName());
    List<UserDevice> started = new ArrayList<>();
    for (UserDevice device : claim.devices()) {
      JsonNode keys = answer.path("one_time_keys").path(device.userId()).path(device.deviceId());
      if (keys.isObject() && !keys.isEmpty()) {
        Map.Entry<String, JsonNode> first = keys.properties().iterator().next();
        if (start(device, first.getKey(), first.getValue(), now)) {
          started.add(device);
          servers.succeeded(device.serverName());
          devices.succeeded(device);
          reasons.remove(device);
        } else {
          fail(device, new EncryptionOutcome.BadOneTimeKey(), now);
        }
      } else if (failedServers.contains(device.serverName())) {
        servers.failed(device.serverName(), now);
        failedServers.remove(device.serverName()); // counted once
      } else if (!servers.isWaiting(device.serverName(), now)) {
        fail(device, new EncryptionOutcome.NoOneTimeKeys(), now); // SESS-NO-OTK
      }
    }
    return started;
  }

  /** The homeserver gave no answer. */
  void onFailure(Instant now) {
    KeysClaim claim = underWay;
    underWay = null;
    if (claim != null) {
      String homeserver = own.address().serverName();
      claim
          .devices()
          .forEach(
              device -> fail(device, new EncryptionOutcome.ServerUnreachable(homeserver), now));
    }
  }

  private void fail(UserDevice device, EncryptionOutcome why, Instant now) {
    devices.failed(device, now);
    reasons.remove(device);
    reasons.put(device, why);
    if (reasons.size() > FailureBackoff.MAX_ENTRIES) {
      reasons.remove(reasons.keySet().iterator().next());
    }
  }

  /** Starts a session with a claimed key, if the device that we know signed it (OTK-SIGNATURE). */
  private boolean start(UserDevice address, String keyId, JsonNode object, Instant now)
      throws CryptoStoreException {
    Device device = directory.find(address).orElse(null);
    if (device == null
        || !keyId.startsWith(KeyUploads.KEY_ALGORITHM + ":")
        || !(object instanceof ObjectNode key)) {
      return false;
    }
    Curve25519PublicKey identity = device.keys().curve25519().orElse(null);
    SignedJson.Verification verification =
        SignedJson.verify(
            key,
            address.userId(),
            "ed25519:" + address.deviceId(),
            SignedDeviceKeys.verifier(device.keys().ed25519()));
    if (identity == null || !verification.isValid()) {
      return false;
    }
    try {
      Curve25519PublicKey oneTimeKey = Curve25519PublicKey.fromBase64(key.path("key").asText());
      sessions.add(
          identity,
          own.account().createOutboundSession(SessionConfig.V1, identity, oneTimeKey),
          now);
      return true;
    } catch (KeyFormatException | OlmException.NonContributory e) {
      return false;
    }
  }
}
