package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.ToDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings events to devices: waits for outdated device lists and for missing sessions, encrypts for
 * those who are ready, and follows the requests. A device that is not ready in time keeps nobody
 * else waiting (SEND-READY).
 */
final class Deliveries {
  /** How long an outdated device list may hold up a message (SEND-FRESH). */
  static final Duration LIST_WAIT = Duration.ofSeconds(5);

  /** How long a message waits for a session: the claim's own time and the way there and back. */
  static final Duration SESSION_WAIT = SessionClaims.TIMEOUT.plus(LIST_WAIT);

  private final DeviceTracker tracker;
  private final DeviceDirectory directory;
  private final OlmSessions sessions;
  private final SessionClaims claims;
  private final SendPolicy policy;
  private final ToDeviceEncryptor encryptor;
  private final RequestIds ids;

  private final Map<String, Delivery> running = new LinkedHashMap<>();
  private final Map<String, OnTheWire> requests = new LinkedHashMap<>();
  private final List<CompletedDelivery> completed = new ArrayList<>();
  private final Map<String, SendPolicy> own = new HashMap<>(); // events of the machine's own
  private final List<CompletedDelivery> completedOwn = new ArrayList<>();

  /** A request, and the delivery it belongs to; none for messages of the machine's own. */
  private record OnTheWire(ToDevice request, @Nullable Delivery delivery) {}

  Deliveries(
      DeviceTracker tracker,
      DeviceDirectory directory,
      OlmSessions sessions,
      SessionClaims claims,
      SendPolicy policy,
      ToDeviceEncryptor encryptor,
      RequestIds ids) {
    this.tracker = tracker;
    this.directory = directory;
    this.sessions = sessions;
    this.claims = claims;
    this.policy = policy;
    this.encryptor = encryptor;
    this.ids = ids;
  }

  String start(String eventType, ObjectNode content, Set<UserDevice> to, Instant now) {
    Delivery delivery = new Delivery(ids.next(), eventType, content, to, now);
    to.forEach(device -> tracker.follow(device.userId()));
    running.put(delivery.id(), delivery);
    return delivery.id();
  }

  /** As {@link #start}, for an event of the machine's own, by a policy of its own. */
  String startOwn(
      String eventType, ObjectNode content, Set<UserDevice> to, Instant now, SendPolicy stricter) {
    String id = start(eventType, content, to, now);
    own.put(id, stricter);
    return id;
  }

  /** Drops an event of the machine's own of which nothing has left; returns whether it did. */
  boolean cancel(String id) {
    Delivery delivery = running.get(id);
    boolean dropped = delivery != null && own.containsKey(id) && delivery.hasNotBegun();
    if (dropped) {
      running.remove(id);
      own.remove(id);
    }
    return dropped;
  }

  /** Returns those of the machine's own events among {@code ids} that have ended, once. */
  List<CompletedDelivery> takeCompletedOwn(Set<String> ids) {
    List<CompletedDelivery> taken =
        completedOwn.stream().filter(ended -> ids.contains(ended.id())).toList();
    completedOwn.removeAll(taken);
    return taken;
  }

  /** Does what can be done now. */
  void advance(Instant now) throws CryptoStoreException {
    for (Delivery delivery : List.copyOf(running.values())) {
      advance(delivery, now);
      finishIfDone(delivery);
    }
  }

  private void advance(Delivery delivery, Instant now) throws CryptoStoreException {
    Map<UserDevice, ObjectNode> messages = new LinkedHashMap<>();
    for (UserDevice address : new LinkedHashSet<>(delivery.waiting())) {
      if (isListAwaited(delivery, address, now)) {
        continue;
      }
      Device device = directory.find(address).orElse(null);
      EncryptionOutcome outcome =
          device == null ? unknown(address, now) : next(delivery, device, now);
      if (outcome instanceof EncryptionOutcome.Encrypted encrypted) {
        messages.put(address, encrypted.content());
        delivery.encrypted(address);
      } else if (outcome != null) {
        delivery.finished(address, new DeliveryOutcome.NotEncrypted(outcome));
      }
    }
    send(messages, delivery);
  }

  /** A device that is not listed: perhaps because nobody answers for its user (SEND-UNLISTED). */
  private EncryptionOutcome unknown(UserDevice address, Instant now) {
    Optional<String> silent = tracker.silentServer(address.userId(), now);
    return silent.isPresent()
        ? new EncryptionOutcome.ServerUnreachable(silent.get())
        : new EncryptionOutcome.UnknownDevice();
  }

  /** Whether the device's list is outdated and an answer may still come in time (SEND-FRESH). */
  private boolean isListAwaited(Delivery delivery, UserDevice address, Instant now)
      throws CryptoStoreException {
    boolean inTime = now.isBefore(delivery.startedAt().plus(LIST_WAIT));
    if (!tracker.isRefreshing(address.userId(), now)
        && directory.find(address).isEmpty()
        && inTime
        && delivery.askOnce(address)) {
      tracker.invalidate(address.userId()); // SEND-REQUERY: it may be newer than the list
    }
    return inTime && tracker.isRefreshing(address.userId(), now);
  }

  /** The outcome for a known device; null while it must wait. */
  private @Nullable EncryptionOutcome next(Delivery delivery, Device device, Instant now)
      throws CryptoStoreException {
    Optional<EncryptionOutcome> refusal = own.getOrDefault(delivery.id(), policy).refusal(device);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (device.keys().curve25519().isPresent()
        && !sessions.with(device.keys().curve25519().get()).isEmpty()) {
      return encryptor.encrypt(delivery.eventType(), delivery.content(), device);
    }
    Optional<EncryptionOutcome> failure = claims.failure(device.address(), now);
    if (failure.isPresent()) {
      return failure.get();
    }
    if (!now.isBefore(delivery.startedAt().plus(SESSION_WAIT))) {
      return new EncryptionOutcome.ServerUnreachable(device.address().serverName());
    }
    if (!claims.isAsking(device.address()) && delivery.claimOnce(device.address())) {
      claims.want(device.address());
    }
    return null;
  }

  /** Sends an event of the machine's own to a device with which there is a session. */
  void sendOwn(String eventType, ObjectNode content, UserDevice to) throws CryptoStoreException {
    Device device = directory.find(to).orElse(null);
    if (device != null
        && encryptor.encrypt(eventType, content, device)
            instanceof EncryptionOutcome.Encrypted encrypted) {
      send(Map.of(to, encrypted.content()), null);
    }
  }

  private void send(Map<UserDevice, ObjectNode> messages, @Nullable Delivery delivery) {
    ToDeviceBatches.split(
        messages,
        (body, devices) -> {
          ToDevice request = new ToDevice(ids.next(), OlmEnvelope.EVENT_TYPE, body, devices);
          requests.put(request.id(), new OnTheWire(request, delivery));
        });
  }

  List<ToDevice> requests() {
    return requests.values().stream().map(OnTheWire::request).toList();
  }

  boolean isUnderWay(String requestId) {
    return requests.containsKey(requestId);
  }

  /** The homeserver took the request, or finally did not. */
  void onEnd(String requestId, DeliveryOutcome outcome) {
    OnTheWire ended = requests.remove(requestId);
    if (ended != null && ended.delivery() != null) {
      Delivery delivery = ended.delivery();
      ended.request().devices().forEach(device -> delivery.finished(device, outcome));
      finishIfDone(delivery);
    }
  }

  private void finishIfDone(Delivery delivery) {
    if (delivery.isDone() && running.remove(delivery.id()) != null) {
      boolean isOwn = own.remove(delivery.id()) != null;
      (isOwn ? completedOwn : completed)
          .add(new CompletedDelivery(delivery.id(), delivery.outcomes()));
    }
  }

  /** Returns what has ended since the last call. */
  List<CompletedDelivery> takeCompleted() {
    List<CompletedDelivery> taken = List.copyOf(completed);
    completed.clear();
    return taken;
  }

  /** When a wait of some delivery ends, if one waits. */
  Optional<Instant> nextDeadline(Instant now) {
    return running.values().stream()
        .filter(delivery -> !delivery.waiting().isEmpty())
        .map(
            delivery -> {
              Instant list = delivery.startedAt().plus(LIST_WAIT);
              return now.isBefore(list) ? list : delivery.startedAt().plus(SESSION_WAIT);
            })
        .min(Instant::compareTo);
  }
}
