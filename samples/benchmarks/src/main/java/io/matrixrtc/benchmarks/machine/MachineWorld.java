package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CompletedDelivery;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.DeliveryOutcome;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.e2ee.OutgoingRequest.ToDevice;
import io.matrixrtc.e2ee.SyncChanges;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.RandomSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One machine, other people's devices that it knows and believes, and the key server between them.
 * Each device belongs to a user of its own.
 */
final class MachineWorld implements AutoCloseable {
  static final String KEY_EVENT = "io.element.call.encryption_keys";

  private static final UserDevice OWN = new UserDevice("@own:example.org", "OWNDEVICE");

  private final StoreKind.OpenStore store;
  private final OlmMachine machine;
  private final Map<UserDevice, RemoteDevice> devices = new LinkedHashMap<>();
  private final List<Curve25519PublicKey> oneTimeKeys = new ArrayList<>();
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private int syncs;

  MachineWorld(int devices, OlmMachine.Settings settings, StoreKind kind) throws Exception {
    this.store = kind.open();
    RandomSource random = RandomSource.secure();
    for (int i = 0; i < devices; i++) {
      UserDevice address = new UserDevice("@user" + i + ":example.org", "DEVICE" + i);
      this.devices.put(address, new RemoteDevice(address, random));
    }
    this.machine = OlmMachine.open(OWN, settings, store.store(), store.key(), random);
    machine.trackUsers(this.devices.keySet().stream().map(UserDevice::userId).toList(), now);
    settle();
  }

  OlmMachine machine() {
    return machine;
  }

  /** Virtual time; passes with every event that is sent or received. */
  Instant now() {
    return now;
  }

  Set<UserDevice> addresses() {
    return devices.keySet();
  }

  List<RemoteDevice> devices() {
    return List.copyOf(devices.values());
  }

  /** Answers every request but to-device messages, which it returns with an empty answer each. */
  List<ToDevice> settle() throws CryptoStoreException {
    List<ToDevice> messages = new ArrayList<>();
    List<OutgoingRequest> requests = machine.outgoingRequests(now);
    while (!requests.isEmpty()) {
      for (OutgoingRequest request : requests) {
        if (request instanceof ToDevice message) {
          messages.add(message);
        }
        machine.markSent(request.id(), answer(request), now);
      }
      requests = machine.outgoingRequests(now);
    }
    for (CompletedDelivery delivery : machine.takeCompletedDeliveries()) {
      delivery
          .outcomes()
          .forEach(
              (device, outcome) -> {
                if (!(outcome instanceof DeliveryOutcome.Sent)) {
                  throw new IllegalStateException(device + ": " + outcome);
                }
              });
    }
    return messages;
  }

  private ObjectNode answer(OutgoingRequest request) {
    ObjectNode answer = Json.newObject();
    if (request instanceof OutgoingRequest.KeysUpload upload) {
      upload.body().path("one_time_keys").forEach(key -> oneTimeKeys.add(publicKey(key)));
      answer.putObject("one_time_key_counts").put("signed_curve25519", oneTimeKeys.size());
    } else if (request instanceof OutgoingRequest.KeysQuery query) {
      for (RemoteDevice device : devices.values()) {
        if (query.users().contains(device.address().userId())) {
          device.addTo(answer);
        }
      }
    } else if (request instanceof OutgoingRequest.KeysClaim claim) {
      for (UserDevice device : claim.devices()) {
        answer
            .withObjectProperty("one_time_keys")
            .withObjectProperty(device.userId())
            .set(device.deviceId(), at(device).claimedKey());
      }
    }
    return answer;
  }

  private RemoteDevice at(UserDevice address) {
    RemoteDevice device = devices.get(address);
    if (device == null) {
      throw new IllegalStateException("no such device: " + address);
    }
    return device;
  }

  private static Curve25519PublicKey publicKey(JsonNode signedKey) {
    try {
      return Curve25519PublicKey.fromBase64(signedKey.path("key").textValue());
    } catch (KeyFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes a one-time key that the machine has uploaded. */
  Curve25519PublicKey claimOneTimeKey() throws CryptoStoreException {
    if (oneTimeKeys.isEmpty()) {
      receive(List.of());
      settle();
    }
    return oneTimeKeys.remove(oneTimeKeys.size() - 1);
  }

  /** Returns the event that {@code device} sends over one of its sessions. */
  ObjectNode write(RemoteDevice device, int session) {
    return device.encrypt(session, KEY_EVENT, keyContent(), OWN, machine.identityKeys());
  }

  /** What a participant of a call sends: about the length that Element Call sends. */
  static ObjectNode keyContent() {
    ObjectNode content = Json.newObject().put("room_id", "!call-room-id-here:example.org");
    content.putObject("keys").put("index", 7).put("key", "MDEyMzQ1Njc4OWFiY2RlZg");
    content.putObject("member").put("id", "01234567-89ab-cdef-0123-456789abcdef");
    content.putObject("session").put("application", "m.call").put("call_id", "");
    return content.put("sent_ts", 1_772_366_400_000L);
  }

  /** Lets the machine sync {@code events}. */
  List<ToDeviceResult> receive(List<? extends JsonNode> events) throws CryptoStoreException {
    SyncChanges changes =
        new SyncChanges(
            List.copyOf(events),
            Set.of(),
            Set.of(),
            oneTimeKeys.size(),
            Optional.of(Set.of("signed_curve25519")),
            "s" + ++syncs);
    return machine.receiveSync(changes, now);
  }

  /** Sees that nothing was refused, and acknowledges it. */
  void acknowledge(List<ToDeviceResult> results, int count) throws CryptoStoreException {
    for (ToDeviceResult result : results) {
      if (!(result instanceof ToDeviceResult.Decrypted)) {
        throw new IllegalStateException(result.toString());
      }
    }
    if (results.size() != count) {
      throw new IllegalStateException("results: " + results.size());
    }
    machine.acknowledge(
        results.stream().flatMap(result -> result.inboxId().stream().boxed()).toList());
  }

  /** The machine writes one event to all devices; returns the requests. */
  List<ToDevice> send() throws CryptoStoreException {
    machine.deliver(KEY_EVENT, keyContent(), new LinkedHashSet<>(devices.keySet()), now);
    return settle();
  }

  /** Brings requests to the devices. */
  void carry(List<ToDevice> requests) throws Exception {
    for (ToDevice request : requests) {
      for (UserDevice address : request.devices()) {
        at(address)
            .receive(
                request.body().path("messages").path(address.userId()).path(address.deviceId()),
                machine.identityKeys());
      }
    }
  }

  /** Lets a little time pass, so that sessions differ in when they were last used. */
  void pass() {
    now = now.plus(Duration.ofSeconds(1));
  }

  @Override
  public void close() {
    machine.close();
    store.close();
  }
}
