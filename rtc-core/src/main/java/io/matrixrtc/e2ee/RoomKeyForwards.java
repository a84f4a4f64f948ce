package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.NotForwarded;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.Refusal;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.ExportedSessionKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives room keys to our other devices that ask for them: verified ones only, judged by a device
 * list that is current, and again when the answer is encrypted (FORWARD-VERIFIED).
 */
final class RoomKeyForwards {
  /** As many requests wait for a device list; the oldest go first. */
  static final int MAX_WAITING = 1_000;

  /** As many answered requests are remembered, so that none is answered twice. */
  static final int MAX_ANSWERED = 10_000;

  private final UserDevice own;
  private final OwnVerifiedDevices devices;
  private final DeviceDirectory directory;
  private final DeviceTracker tracker;
  private final Deliveries deliveries;
  private final RoomKeys roomKeys;
  private final WithheldNotices notices;
  private final RoomKeyRequestLog log;

  private final Map<Request, Wanted> waiting = new LinkedHashMap<>();
  private final Set<Request> answered = new LinkedHashSet<>();
  private final Map<String, Given> underWay = new HashMap<>();

  private record Request(UserDevice asker, String requestId) {}

  private record Wanted(RoomKeyId key, boolean listAsked) {}

  private record Given(UserDevice to, RoomKeyId key) {}

  RoomKeyForwards(
      UserDevice own,
      OwnVerifiedDevices devices,
      DeviceDirectory directory,
      DeviceTracker tracker,
      Deliveries deliveries,
      RoomKeys roomKeys,
      WithheldNotices notices,
      RoomKeyRequestLog log) {
    this.own = own;
    this.devices = devices;
    this.directory = directory;
    this.tracker = tracker;
    this.deliveries = deliveries;
    this.roomKeys = roomKeys;
    this.notices = notices;
    this.log = log;
  }

  /** Takes a request or its cancellation. */
  void receive(String sender, ObjectNode content) {
    String device = content.path("requesting_device_id").asText();
    String id = content.path("request_id").asText();
    if (sender.isEmpty() || device.isEmpty() || id.isEmpty()) {
      return;
    }
    UserDevice asker = new UserDevice(sender, device);
    Request request = new Request(asker, id);
    String action = content.path("action").asText();
    if (!sender.equals(own.userId())) {
      log.add(new NotForwarded(asker, Refusal.OTHER_USER)); // FORWARD-OWN
    } else if (asker.equals(own)) {
      return; // homeservers echo what goes to all devices
    } else if (action.equals("request_cancellation")) {
      waiting.remove(request);
    } else if (answered.contains(request)) {
      log.add(new NotForwarded(asker, Refusal.ANSWERED_BEFORE)); // FORWARD-ONCE
    } else {
      Optional<RoomKeyId> key = keyOf(content.path("body"));
      if (!action.equals("request") || key.isEmpty()) {
        log.add(new NotForwarded(asker, Refusal.MALFORMED));
      } else {
        waiting.put(request, new Wanted(key.get(), false));
        trim(waiting.keySet(), MAX_WAITING);
      }
    }
  }

  private static Optional<RoomKeyId> keyOf(JsonNode body) {
    String roomId = body.path("room_id").asText();
    String sessionId = body.path("session_id").asText();
    return body.path("algorithm").asText().equals(OwnDevice.MEGOLM_ALGORITHM)
            && RoomKeyId.isValid(roomId)
            && RoomKeyId.isValid(sessionId)
        ? Optional.of(new RoomKeyId(roomId, sessionId))
        : Optional.empty();
  }

  /**
   * Judges what waits, once our own device list is current; returns whether that gave the
   * deliveries something to do.
   */
  boolean advance(Instant now) throws CryptoStoreException {
    boolean begun = false;
    for (Map.Entry<Request, Wanted> entry : List.copyOf(waiting.entrySet())) {
      if (tracker.isCurrent(own.userId())) {
        begun |= judge(entry.getKey(), entry.getValue(), now);
      }
    }
    for (CompletedDelivery ended : deliveries.takeCompletedOwn(Set.copyOf(underWay.keySet()))) {
      Given given = underWay.remove(ended.id());
      if (given != null) {
        boolean sent = ended.outcomes().get(given.to()) instanceof DeliveryOutcome.Sent;
        log.add(
            sent
                ? new RoomKeyRequestEvent.Forwarded(given.to(), given.key())
                : new NotForwarded(given.to(), Refusal.NOT_SENT));
      }
    }
    return begun;
  }

  private boolean judge(Request request, Wanted wanted, Instant now) throws CryptoStoreException {
    Optional<Device> device = directory.find(request.asker());
    if (device.isEmpty() && !wanted.listAsked()) {
      tracker.invalidate(own.userId()); // it may be newer than the list
      waiting.put(request, new Wanted(wanted.key(), true));
      return false;
    }
    waiting.remove(request);
    Optional<RoomKey> key = roomKeys.find(wanted.key());
    Refusal refusal = null;
    if (device.isEmpty()) {
      refusal = Refusal.UNKNOWN_DEVICE;
    } else if (!devices.includes(device.get())) {
      refusal = Refusal.UNVERIFIED_DEVICE; // FORWARD-VERIFIED
    } else if (key.isEmpty() || key.get().info().claimedKey().isEmpty()) {
      refusal = Refusal.NOT_HELD;
      notices.tell(request.asker(), wanted.key(), WithheldCode.UNAVAILABLE); // WITHHELD-CODE
    }
    if (refusal != null) {
      log.add(new NotForwarded(request.asker(), refusal));
      return false;
    }
    String id =
        deliveries.startOwn(
            RoomKeyMail.FORWARD,
            content(key.orElseThrow()),
            Set.of(request.asker()),
            now,
            devices.policy());
    underWay.put(id, new Given(request.asker(), wanted.key()));
    answered.add(request); // FORWARD-ONCE
    trim(answered, MAX_ANSWERED);
    return true;
  }

  /** All of the key that we have. */
  private static ObjectNode content(RoomKey key) {
    RoomKeyInfo info = key.info();
    try (ExportedSessionKey exported = key.session().exportAtFirstKnownIndex()) {
      ObjectNode content =
          Json.newObject()
              .put("algorithm", OwnDevice.MEGOLM_ALGORITHM)
              .put("room_id", info.id().roomId())
              .put("session_id", info.id().sessionId())
              .put("session_key", exported.toBase64())
              .put("sender_key", info.senderKey().toBase64())
              .put("sender_claimed_ed25519_key", info.claimedKey().orElseThrow().toBase64())
              .put("shared_history", info.sharedHistory())
              .put("org.matrix.msc3061.shared_history", info.sharedHistory());
      content.putArray("forwarding_curve25519_key_chain");
      return content;
    }
  }

  private static void trim(Set<Request> requests, int max) {
    Iterator<Request> oldest = requests.iterator();
    while (requests.size() > max) {
      oldest.next();
      oldest.remove();
    }
  }
}
