package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.ToDevice;
import io.matrixrtc.e2ee.SecretEvent.NotTaken;
import io.matrixrtc.e2ee.SecretEvent.Refusal;
import io.matrixrtc.json.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Asks our verified devices for secrets that are not here, and takes the answers. Of each secret
 * one request is open at most, also over restarts (XS-SECRET-OPEN).
 */
final class SecretRequests {
  private static final String ROW = "secret requests";
  private static final String BACKUP_ROW = "received backup key";

  private final UserDevice own;
  private final OwnIdentity identity;
  private final DeviceDirectory directory;
  private final DeviceVerification verification;
  private final HeldSecrets held;
  private final OwnSecretRows rows;
  private final RequestIds ids;
  private final SecretEventLog log;
  private final FailureBackoff<String> backoff = new FailureBackoff<>();
  private final Map<SecretName, Open> open = new EnumMap<>(SecretName.class);
  private final Map<String, ToDevice> underWay = new LinkedHashMap<>();
  private Optional<Secret> receivedBackupKey;

  private record Open(String requestId, Set<String> asked) {}

  SecretRequests(
      UserDevice own,
      OwnIdentity identity,
      DeviceDirectory directory,
      DeviceVerification verification,
      HeldSecrets held,
      OwnSecretRows rows,
      RequestIds ids,
      SecretEventLog log)
      throws CryptoStoreException {
    this.own = own;
    this.identity = identity;
    this.directory = directory;
    this.verification = verification;
    this.held = held;
    this.rows = rows;
    this.ids = ids;
    this.log = log;
    load();
  }

  private void load() throws CryptoStoreException {
    for (Map.Entry<String, JsonNode> entry : rows.loadJson(ROW).properties()) {
      Set<String> asked = new TreeSet<>();
      entry.getValue().path("asked").forEach(device -> asked.add(device.asText()));
      Open stored = new Open(entry.getValue().path("id").asText(), asked);
      SecretName name = SecretName.valueOf(entry.getKey());
      open.put(name, stored);
      send(request(name, stored.requestId()), asked); // a crash may have come first
    }
    Optional<byte[]> key = rows.load(BACKUP_ROW);
    receivedBackupKey = key.map(bytes -> Secret.copyOf(SecretName.BACKUP, bytes));
    key.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
  }

  private void store() {
    ObjectNode facts = Json.newObject();
    open.forEach(
        (name, request) -> {
          ArrayNode asked =
              facts.putObject(name.name()).put("id", request.requestId()).putArray("asked");
          request.asked().forEach(asked::add);
        });
    rows.putJson(ROW, facts);
  }

  /** The secrets that are asked for. */
  Set<SecretName> open() {
    Set<SecretName> names = EnumSet.noneOf(SecretName.class);
    names.addAll(open.keySet());
    return names;
  }

  /** Asks for what is missing: each verified device of ours once (XS-SECRET-ASK). */
  Set<SecretName> askForMissing() throws CryptoStoreException {
    Set<String> devices = verifiedDevices();
    Set<SecretName> present = held.names();
    if (receivedBackupKey.isPresent()) {
      present.add(SecretName.BACKUP);
    }
    for (SecretName name : SecretName.values()) {
      boolean possible = name.usage().isEmpty() || identity.identity().isPresent();
      if (possible && !present.contains(name) && !devices.isEmpty()) {
        ask(name, devices);
      }
    }
    store();
    return open();
  }

  private void ask(SecretName name, Set<String> devices) {
    Open before = open.getOrDefault(name, new Open(ids.next(), Set.of()));
    Set<String> asked = new TreeSet<>(before.asked());
    Set<String> more = new TreeSet<>(devices);
    more.removeAll(asked);
    asked.addAll(more);
    open.put(name, new Open(before.requestId(), asked));
    send(request(name, before.requestId()), more);
  }

  private Set<String> verifiedDevices() throws CryptoStoreException {
    Set<String> devices = new TreeSet<>();
    for (Device device : directory.of(own.userId())) {
      if (!device.address().equals(own)
          && device.localTrust() != LocalTrust.BLOCKED
          && !device.keys().isDehydrated()
          && verification.stateOf(device) == VerificationState.VERIFIED) {
        devices.add(device.keys().deviceId());
      }
    }
    return devices;
  }

  private ObjectNode request(SecretName name, String requestId) {
    return Json.newObject()
        .put("action", "request")
        .put("name", name.label())
        .put("request_id", requestId)
        .put("requesting_device_id", own.deviceId());
  }

  private void send(ObjectNode content, Set<String> deviceIds) {
    Map<UserDevice, ObjectNode> messages = new TreeMap<>();
    for (String deviceId : deviceIds) {
      messages.put(new UserDevice(own.userId(), deviceId), content.deepCopy());
    }
    ToDeviceBatches.split( // SEND-SPLIT, SEND-SIZE
        messages,
        (body, devices) -> {
          ToDevice request = new ToDevice(ids.next(), SecretMail.REQUEST, body, devices);
          underWay.put(request.id(), request);
        });
  }

  /** Asks no more; the devices that were asked are told (XS-SECRET-CANCEL). */
  void cancel(SecretName name) {
    close(name, Set.of());
  }

  private void close(SecretName name, Set<String> butNot) {
    Open closed = open.remove(name);
    if (closed != null) {
      Set<String> told = new TreeSet<>(closed.asked());
      told.removeAll(butNot);
      send(
          Json.newObject()
              .put("action", "request_cancellation")
              .put("request_id", closed.requestId())
              .put("requesting_device_id", own.deviceId()),
          told);
      store();
    }
  }

  /** Takes what came over Olm as a secret, or as one that nobody asked for. */
  void receive(EncryptionInfo info, String type, ObjectNode content) throws CryptoStoreException {
    Optional<Refusal> refusal = take(info, SecretMail.isPush(type), content);
    refusal.ifPresent(why -> log.add(new NotTaken(info.sender(), why)));
  }

  private Optional<Refusal> take(EncryptionInfo info, boolean pushed, ObjectNode content)
      throws CryptoStoreException {
    if (!info.sender().equals(own.userId())) {
      return Optional.of(Refusal.OTHER_USER); // XS-SECRET-OWN
    }
    if (info.senderDevice().isEmpty() || info.verification() != VerificationState.VERIFIED) {
      return Optional.of(Refusal.UNVERIFIED_DEVICE); // XS-SECRET-SENDER
    }
    String device = info.senderDevice().get();
    Optional<SecretName> name =
        pushed
            ? SecretName.labelled(content.path("name").asText()) // XS-SECRET-PUSH
            : asked(content.path("request_id").asText(), device);
    if (name.isEmpty()) {
      return Optional.of(pushed ? Refusal.MALFORMED : Refusal.NOT_REQUESTED); // XS-SECRET-REQUESTED
    }
    Optional<Secret> secret = Secret.parse(name.get(), content.path("secret").asText());
    if (secret.isEmpty()) {
      return Optional.of(Refusal.MALFORMED);
    }
    if (!keep(secret.get())) {
      return Optional.of(Refusal.DOES_NOT_MATCH); // XS-IMPORT
    }
    log.add(new SecretEvent.Received(new UserDevice(own.userId(), device), name.get()));
    close(name.get(), Set.of(device));
    return Optional.empty();
  }

  private Optional<SecretName> asked(String requestId, String device) {
    return open.entrySet().stream()
        .filter(request -> request.getValue().requestId().equals(requestId))
        .filter(request -> request.getValue().asked().contains(device))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Keeps a secret that fits; the backup key for the app, which alone can tell (XS-SECRET-BACKUP).
   */
  private boolean keep(Secret secret) throws CryptoStoreException {
    if (secret.name().usage().isPresent()) {
      try (secret) {
        return identity.importKey(secret.name().usage().get(), secret) == SecretImport.IMPORTED;
      }
    }
    forgetBackupKey();
    receivedBackupKey = Optional.of(secret);
    byte[] bytes = secret.copyBytes();
    rows.put(BACKUP_ROW, bytes);
    Arrays.fill(bytes, (byte) 0);
    return true;
  }

  /** Returns a copy of the backup key that came, until the app has dealt with it. */
  Optional<Secret> receivedBackupKey() {
    return receivedBackupKey.map(
        key -> {
          byte[] bytes = key.copyBytes();
          try {
            return Secret.copyOf(SecretName.BACKUP, bytes);
          } finally {
            Arrays.fill(bytes, (byte) 0);
          }
        });
  }

  void forgetBackupKey() {
    receivedBackupKey.ifPresent(Secret::close);
    receivedBackupKey = Optional.empty();
    rows.forget(BACKUP_ROW);
  }

  List<ToDevice> requests(Instant now) {
    return backoff.isWaiting(ROW, now) ? List.of() : List.copyOf(underWay.values());
  }

  boolean isUnderWay(String id) {
    return underWay.containsKey(id);
  }

  void onAnswer(String id) {
    underWay.remove(id);
    backoff.succeeded(ROW);
  }

  /** The homeserver gave no answer: it is told again later. */
  void onFailure(Instant now) {
    if (!backoff.isWaiting(ROW, now)) { // several at once are one failure
      backoff.failed(ROW, now);
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return backoff.nextEnd(now);
  }

  void close() {
    receivedBackupKey.ifPresent(Secret::close);
  }
}
