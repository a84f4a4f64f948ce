package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Machines, and the key server between them as plain maps. Nothing happens unless told. */
final class MachineNetwork {
  static final OlmMachine.Settings ALL = new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL);

  final Map<UserDevice, ObjectNode> deviceKeys = new LinkedHashMap<>();
  final Map<UserDevice, LinkedHashMap<String, JsonNode>> oneTimeKeys = new LinkedHashMap<>();
  final Map<UserDevice, ObjectNode> fallbackKeys = new LinkedHashMap<>();
  final Map<String, TestIdentity> identities = new LinkedHashMap<>();
  final CrossSigningServer crossSigning = new CrossSigningServer(this);
  final Map<UserDevice, List<JsonNode>> queues = new LinkedHashMap<>();
  final List<OutgoingRequest> carriedOut = new ArrayList<>();
  final List<CompletedDelivery> completed = new ArrayList<>();
  Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final RandomSource random;
  private int syncs;

  MachineNetwork(long seed) {
    Random source = new Random(seed);
    this.random = source::nextBytes;
  }

  RandomSource random() {
    return random;
  }

  static StateKey key() {
    return StateKey.copyOf(new byte[StateKey.BYTES]);
  }

  OlmMachine open(UserDevice device, OlmMachine.Settings settings, CryptoStore store)
      throws CryptoStoreException {
    return OlmMachine.open(device, settings, store, key(), random);
  }

  OlmMachine open(String userId, String deviceId) throws CryptoStoreException {
    return open(new UserDevice(userId, deviceId), ALL, new MemoryCryptoStore());
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Carries out everything that the machine wants, until it wants nothing more. */
  void settle(OlmMachine machine) throws CryptoStoreException {
    for (int round = 0; round < 20; round++) {
      List<OutgoingRequest> requests = machine.outgoingRequests(now);
      completed.addAll(machine.takeCompletedDeliveries());
      if (requests.isEmpty()) {
        return;
      }
      for (OutgoingRequest request : requests) {
        machine.markSent(request.id(), carryOut(machine.device(), request), now);
      }
    }
    throw new AssertionError("never satisfied");
  }

  ObjectNode carryOut(UserDevice by, OutgoingRequest request) {
    carriedOut.add(request);
    if (request instanceof OutgoingRequest.KeysUpload upload) {
      return upload(by, upload.body());
    } else if (request instanceof OutgoingRequest.KeysQuery query) {
      return query(query.users());
    } else if (request instanceof OutgoingRequest.KeysClaim claim) {
      return claim(claim.devices());
    } else if (request instanceof OutgoingRequest.ToDevice message) {
      return toDevice(by, message);
    }
    if (request instanceof OutgoingRequest.SigningKeysUpload upload) {
      return crossSigning.upload(by.userId(), upload.body());
    } else if (request instanceof OutgoingRequest.SignaturesUpload upload) {
      return crossSigning.sign(upload.body());
    }
    throw new IllegalStateException();
  }

  private ObjectNode upload(UserDevice by, ObjectNode body) {
    if (body.get("device_keys") instanceof ObjectNode keys) {
      deviceKeys.put(by, keys);
    }
    Map<String, JsonNode> keys = oneTimeKeys.computeIfAbsent(by, d -> new LinkedHashMap<>());
    body.path("one_time_keys").properties().forEach(k -> keys.put(k.getKey(), k.getValue()));
    if (body.get("fallback_keys") instanceof ObjectNode fallback) {
      fallbackKeys.put(by, fallback);
    }
    ObjectNode answer = Json.newObject();
    answer.putObject("one_time_key_counts").put("signed_curve25519", keys.size());
    return answer;
  }

  ObjectNode query(Set<String> users) {
    ObjectNode answer = Json.newObject();
    ObjectNode lists = answer.putObject("device_keys");
    deviceKeys.forEach(
        (device, keys) -> {
          if (users.contains(device.userId())) {
            lists.withObjectProperty(device.userId()).set(device.deviceId(), keys.deepCopy());
          }
        });
    identities.forEach(
        (user, identity) -> {
          if (users.contains(user)) {
            show(answer, "master_keys", user, identity.masterKey);
            show(answer, "self_signing_keys", user, identity.selfSigningKey);
            show(answer, "user_signing_keys", user, identity.userSigningKey);
          }
        });
    crossSigning.show(answer, users);
    return answer;
  }

  private static void show(ObjectNode answer, String kind, String user, ObjectNode key) {
    answer.withObjectProperty(kind).set(user, key.deepCopy());
  }

  /** What the server shows of a device; tests may break it. */
  ObjectNode deviceKeys(UserDevice device) {
    return Objects.requireNonNull(deviceKeys.get(device));
  }

  /** Gives a user an identity, which signs the devices that the server knows of the user. */
  TestIdentity newIdentity(String userId) {
    TestIdentity identity = new TestIdentity(userId, random);
    identities.put(userId, identity);
    deviceKeys.forEach(
        (device, keys) -> {
          if (device.userId().equals(userId)) {
            identity.signDevice(keys);
          }
        });
    return identity;
  }

  /** Tells the machine that the lists of {@code users} changed, and lets it ask. */
  void refresh(OlmMachine machine, String... users) throws CryptoStoreException {
    sync(machine, List.of(), Set.of(users));
    settle(machine);
  }

  ObjectNode claim(Set<UserDevice> devices) {
    ObjectNode answer = Json.newObject();
    ObjectNode users = answer.putObject("one_time_keys");
    for (UserDevice device : devices) {
      Map<String, JsonNode> keys = oneTimeKeys.getOrDefault(device, new LinkedHashMap<>());
      ObjectNode taken = Json.newObject();
      if (!keys.isEmpty()) {
        String first = keys.keySet().iterator().next();
        taken.set(first, keys.remove(first));
      } else if (fallbackKeys.containsKey(device)) {
        taken = fallbackKeys.get(device);
      }
      if (!taken.isEmpty()) {
        users.withObjectProperty(device.userId()).set(device.deviceId(), taken);
      }
    }
    return answer;
  }

  private ObjectNode toDevice(UserDevice by, OutgoingRequest.ToDevice message) {
    for (UserDevice device : message.devices()) {
      ObjectNode event =
          Json.newObject().put("type", message.eventType()).put("sender", by.userId());
      event.set(
          "content", message.body().path("messages").path(device.userId()).get(device.deviceId()));
      queues.computeIfAbsent(device, d -> new ArrayList<>()).add(event);
    }
    return Json.newObject();
  }

  /** Takes what waits for a device at the homeserver. */
  List<JsonNode> takeQueue(UserDevice device) {
    List<JsonNode> events = queues.remove(device);
    return events == null ? List.of() : events;
  }

  /** Syncs what waits for the machine. */
  List<ToDeviceResult> sync(OlmMachine machine) throws CryptoStoreException {
    List<JsonNode> events = queues.remove(machine.device());
    return sync(machine, events == null ? List.of() : events);
  }

  List<ToDeviceResult> sync(OlmMachine machine, List<? extends JsonNode> events)
      throws CryptoStoreException {
    return sync(machine, events, Set.of());
  }

  List<ToDeviceResult> sync(
      OlmMachine machine, List<? extends JsonNode> events, Set<String> changed)
      throws CryptoStoreException {
    int count = oneTimeKeys.getOrDefault(machine.device(), new LinkedHashMap<>()).size();
    return machine.receiveSync(
        new SyncChanges(
            List.copyOf(events),
            changed,
            Set.of(),
            count,
            Optional.of(Set.of("signed_curve25519")),
            "s" + ++syncs),
        now);
  }

  /** Uploads keys of all, then lets {@code machine} know the devices of the others. */
  void introduce(OlmMachine... machines) throws CryptoStoreException {
    Set<String> users = new LinkedHashSet<>();
    for (OlmMachine machine : machines) {
      settle(machine);
      users.add(machine.device().userId());
    }
    for (OlmMachine machine : machines) {
      machine.trackUsers(users, now);
      sync(machine, List.of(), users);
      settle(machine);
    }
  }

  /** Delivers an event and returns its outcomes, if it has ended. */
  @Nullable Map<UserDevice, DeliveryOutcome> deliver(
      OlmMachine from, String type, ObjectNode content, UserDevice... to)
      throws CryptoStoreException {
    String id = from.deliver(type, content, Set.of(to), now);
    settle(from);
    for (CompletedDelivery delivery : completed) {
      if (delivery.id().equals(id)) {
        return delivery.outcomes();
      }
    }
    return null;
  }
}
