package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.ToDevice;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.NotTaken;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.Refusal;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.SessionConfig;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks our verified devices for room keys that are missing, and takes the answers. For each key one
 * request is open at most, also over restarts (REQUEST-ONCE).
 */
final class RoomKeyRequests {
  /** As many requests are open; the oldest is cancelled for a new one (REQUEST-BOUND). */
  static final int MAX_OPEN = 1_000;

  private static final String KIND = "room key request";
  private static final String BACKOFF = "requests";

  private final UserDevice own;
  private final OwnVerifiedDevices devices;
  private final RoomKeys roomKeys;
  private final RoomRows rows;
  private final RequestIds ids;
  private final RoomKeyRequestLog log;
  private final FailureBackoff<String> backoff = new FailureBackoff<>();
  private final Map<RoomKeyId, Open> open = new LinkedHashMap<>();
  private final Map<String, ToDevice> underWay = new LinkedHashMap<>();

  private record Open(String requestId, Set<String> asked) {}

  RoomKeyRequests(
      UserDevice own,
      OwnVerifiedDevices devices,
      RoomKeys roomKeys,
      RoomRows rows,
      RequestIds ids,
      RoomKeyRequestLog log)
      throws CryptoStoreException {
    this.own = own;
    this.devices = devices;
    this.roomKeys = roomKeys;
    this.rows = rows;
    this.ids = ids;
    this.log = log;
    for (Map.Entry<RowKey, ObjectNode> row : rows.of(KIND, MAX_OPEN).entrySet()) {
      RoomKeyId key = new RoomKeyId(row.getKey().scope(), row.getKey().name());
      Set<String> asked = new TreeSet<>();
      row.getValue().path("asked").forEach(device -> asked.add(device.asText()));
      Open stored = new Open(row.getValue().path("id").asText(), asked);
      open.put(key, stored);
      send(request(key, stored.requestId()), asked); // a crash may have come first
    }
  }

  /** The keys that are asked for. */
  Set<RoomKeyId> open() {
    return Set.copyOf(open.keySet());
  }

  /**
   * Asks for a key, unless it is asked for already, or no device of ours can be asked.
   *
   * @return whether it is asked for now
   */
  boolean ask(RoomKeyId key) throws CryptoStoreException {
    if (open.containsKey(key)) {
      return true; // REQUEST-ONCE
    }
    Set<String> asked = new TreeSet<>();
    devices.all().forEach(device -> asked.add(device.deviceId()));
    if (asked.isEmpty()) {
      return false; // REQUEST-VERIFIED
    }
    if (open.size() >= MAX_OPEN) {
      close(open.keySet().iterator().next(), Set.of()); // REQUEST-BOUND
    }
    Open request = new Open(ids.next(), asked);
    open.put(key, request);
    ArrayNode names = Json.mapper().createArrayNode();
    asked.forEach(names::add);
    ObjectNode row = Json.newObject().put("id", request.requestId());
    row.set("asked", names);
    rows.put(rowOf(key), row);
    send(request(key, request.requestId()), asked);
    return true;
  }

  /** Asks no more; the devices that were asked are told (REQUEST-CANCEL). */
  void cancel(RoomKeyId key) {
    close(key, Set.of());
  }

  private void close(RoomKeyId key, Set<String> butNot) {
    Open closed = open.remove(key);
    if (closed != null) {
      Set<String> told = new TreeSet<>(closed.asked());
      told.removeAll(butNot);
      rows.forget(rowOf(key));
      send(message("request_cancellation", closed.requestId()), told);
    }
  }

  private static RowKey rowOf(RoomKeyId key) {
    return new RowKey(KIND, key.roomId(), key.sessionId());
  }

  private ObjectNode request(RoomKeyId key, String requestId) {
    ObjectNode content = message("request", requestId);
    content
        .putObject("body")
        .put("algorithm", OwnDevice.MEGOLM_ALGORITHM)
        .put("room_id", key.roomId())
        .put("session_id", key.sessionId());
    return content;
  }

  private ObjectNode message(String action, String requestId) {
    return Json.newObject()
        .put("action", action)
        .put("request_id", requestId)
        .put("requesting_device_id", own.deviceId());
  }

  private void send(ObjectNode content, Set<String> deviceIds) {
    Map<UserDevice, ObjectNode> messages = new LinkedHashMap<>();
    deviceIds.forEach(id -> messages.put(new UserDevice(own.userId(), id), content.deepCopy()));
    ToDeviceBatches.split(
        messages,
        (body, to) -> {
          ToDevice request = new ToDevice(ids.next(), RoomKeyMail.REQUEST, body, to);
          underWay.put(request.id(), request);
        });
  }

  /** Takes what came over Olm as a forwarded key. */
  void receive(EncryptionInfo info, ObjectNode content) throws CryptoStoreException {
    Optional<Refusal> refusal = take(info, content);
    refusal.ifPresent(why -> log.add(new NotTaken(info.sender(), why)));
  }

  private Optional<Refusal> take(EncryptionInfo info, ObjectNode content)
      throws CryptoStoreException {
    if (!info.sender().equals(own.userId())) {
      return Optional.of(Refusal.OTHER_USER); // FORWARD-OWN
    }
    if (info.senderDevice().isEmpty() || info.verification() != VerificationState.VERIFIED) {
      return Optional.of(Refusal.UNVERIFIED_DEVICE); // FORWARD-VERIFIED
    }
    String roomId = content.path("room_id").asText();
    String sessionId = content.path("session_id").asText();
    if (!RoomKeyId.isValid(roomId) || !RoomKeyId.isValid(sessionId)) {
      return Optional.of(Refusal.MALFORMED);
    }
    RoomKeyId id = new RoomKeyId(roomId, sessionId);
    String device = info.senderDevice().get();
    Open request = open.get(id);
    if (request == null || !request.asked().contains(device)) {
      return Optional.of(Refusal.NOT_REQUESTED); // FORWARD-REQUESTED
    }
    Optional<RoomKey> key = parse(id, content);
    if (key.isEmpty()) {
      return Optional.of(Refusal.MALFORMED);
    }
    if (!roomKeys.merge(key.get())) {
      return Optional.of(Refusal.NOTHING_NEW);
    }
    log.add(new RoomKeyRequestEvent.Received(new UserDevice(own.userId(), device), id));
    close(id, Set.of(device));
    return Optional.empty();
  }

  /** The key as hearsay: whose it is only its owner could prove (FORWARD-HEARSAY). */
  private static Optional<RoomKey> parse(RoomKeyId id, ObjectNode content) {
    if (!content.path("algorithm").asText().equals(OwnDevice.MEGOLM_ALGORITHM)) {
      return Optional.empty();
    }
    try (ExportedSessionKey key =
        ExportedSessionKey.fromBase64(content.path("session_key").asText())) {
      if (!key.sessionId().equals(id.sessionId())) {
        return Optional.empty(); // FORWARD-ID
      }
      RoomKeyInfo info =
          new RoomKeyInfo(
              id,
              Curve25519PublicKey.fromBase64(content.path("sender_key").asText()),
              Optional.of(
                  Ed25519PublicKey.fromBase64(content.path("sender_claimed_ed25519_key").asText())),
              RoomKeySource.IMPORTED,
              SenderData.unknown(),
              RoomKeyEvents.isHistoryShared(content),
              key.index());
      return Optional.of(
          new RoomKey(info, InboundGroupSession.importExported(key, SessionConfig.V1)));
    } catch (MegolmException.MalformedKey | KeyFormatException e) {
      return Optional.empty();
    }
  }

  /** Keys that came another way are asked for no more. */
  void onArrived(Set<RoomKeyId> keys) {
    keys.stream().filter(open::containsKey).toList().forEach(this::cancel);
  }

  List<ToDevice> requests(Instant now) {
    return backoff.isWaiting(BACKOFF, now) ? List.of() : List.copyOf(underWay.values());
  }

  boolean isUnderWay(String id) {
    return underWay.containsKey(id);
  }

  void onAnswer(String id) {
    underWay.remove(id);
    backoff.succeeded(BACKOFF);
  }

  /** The homeserver gave no answer: it is told again later. */
  void onFailure(Instant now) {
    if (!backoff.isWaiting(BACKOFF, now)) { // several at once are one failure
      backoff.failed(BACKOFF, now);
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return backoff.nextEnd(now);
  }
}
