package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.SecretEvent.NotShared;
import io.matrixrtc.e2ee.SecretEvent.Refusal;
import io.matrixrtc.json.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers our other devices' requests for secrets: verified ones only, judged by a device list that
 * is current, and again when the answer is encrypted (XS-SECRET-VERIFIED).
 */
final class SecretAnswers {
  /** As many requests wait for a device list; the oldest go first. */
  static final int MAX_WAITING = 100;

  /** As many answered requests are remembered, so that none is answered twice. */
  static final int MAX_ANSWERED = 1_000;

  private final UserDevice own;
  private final DeviceDirectory directory;
  private final DeviceTracker tracker;
  private final SendPolicy policy;
  private final Deliveries deliveries;
  private final HeldSecrets held;
  private final SecretEventLog log;

  private final Map<Request, Waiting> waiting = new LinkedHashMap<>();
  private final Map<Request, Optional<String>> answered = new LinkedHashMap<>();
  private final Map<String, SecretName> underWay = new HashMap<>();

  private record Request(UserDevice asker, String requestId) {}

  private record Waiting(SecretName name, boolean listAsked) {}

  SecretAnswers(
      UserDevice own,
      DeviceDirectory directory,
      DeviceTracker tracker,
      DeviceVerification verification,
      Deliveries deliveries,
      HeldSecrets held,
      SecretEventLog log) {
    this.own = own;
    this.directory = directory;
    this.tracker = tracker;
    this.policy = new SendPolicy(own, verification, TrustPolicy.VERIFIED);
    this.deliveries = deliveries;
    this.held = held;
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
    if (!sender.equals(own.userId())) {
      log.add(new NotShared(asker, Refusal.OTHER_USER)); // XS-SECRET-OWN
    } else if (asker.equals(own) || answered.containsKey(request)) {
      cancelIfAsked(request, content);
    } else if (content.path("action").asText().equals("request_cancellation")) {
      waiting.remove(request);
    } else if (content.path("action").asText().equals("request")) {
      Optional<SecretName> name = SecretName.labelled(content.path("name").asText());
      if (name.isPresent()) {
        waiting.put(request, new Waiting(name.get(), false));
        trim(waiting, MAX_WAITING);
      } else {
        log.add(new NotShared(asker, Refusal.NOT_HELD));
      }
    } else {
      log.add(new NotShared(asker, Refusal.MALFORMED));
    }
  }

  /** An answer that has not left yet is dropped (XS-SECRET-CANCEL). */
  private void cancelIfAsked(Request request, ObjectNode content) {
    if (content.path("action").asText().equals("request_cancellation")) {
      answered
          .getOrDefault(request, Optional.empty())
          .filter(deliveries::cancel)
          .ifPresent(underWay::remove);
    }
  }

  /** Judges what waits, once our own device list is current. */
  void advance(Instant now) throws CryptoStoreException {
    for (Map.Entry<Request, Waiting> entry : List.copyOf(waiting.entrySet())) {
      if (tracker.isCurrent(own.userId())) {
        judge(entry.getKey(), entry.getValue(), now);
      }
    }
    for (CompletedDelivery ended : deliveries.takeCompletedOwn(Set.copyOf(underWay.keySet()))) {
      SecretName name = underWay.remove(ended.id());
      if (name != null) {
        ended
            .outcomes()
            .forEach(
                (device, outcome) ->
                    log.add(
                        outcome instanceof DeliveryOutcome.Sent
                            ? new SecretEvent.Shared(device, name)
                            : new NotShared(device, Refusal.NOT_SENT)));
      }
    }
  }

  private void judge(Request request, Waiting wanted, Instant now) throws CryptoStoreException {
    Optional<Device> device = directory.find(request.asker());
    if (device.isEmpty() && !wanted.listAsked()) {
      tracker.invalidate(own.userId()); // it may be newer than the list
      waiting.put(request, new Waiting(wanted.name(), true));
      return;
    }
    waiting.remove(request);
    if (device.isEmpty()) {
      log.add(new NotShared(request.asker(), Refusal.UNKNOWN_DEVICE));
    } else if (policy.refusal(device.get()).isPresent() || device.get().keys().isDehydrated()) {
      log.add(new NotShared(request.asker(), Refusal.UNVERIFIED_DEVICE)); // XS-SECRET-VERIFIED
    } else {
      answer(request, wanted.name(), now);
    }
  }

  private void answer(Request request, SecretName name, Instant now) throws CryptoStoreException {
    Optional<Secret> secret = held.find(name);
    if (secret.isEmpty()) {
      log.add(new NotShared(request.asker(), Refusal.NOT_HELD));
      return;
    }
    try (Secret opened = secret.get()) {
      ObjectNode content =
          Json.newObject().put("request_id", request.requestId()).put("secret", opened.toBase64());
      String id =
          deliveries.startOwn(SecretMail.SEND, content, Set.of(request.asker()), now, policy);
      underWay.put(id, name);
      answered.put(request, Optional.of(id)); // XS-SECRET-ONCE
      trim(answered, MAX_ANSWERED);
    }
  }

  /**
   * Gives a secret to our verified devices, none of which asked (XS-SECRET-PUSH).
   *
   * @return whether the secret is here and there is such a device
   */
  boolean push(SecretName name, Instant now) throws CryptoStoreException {
    Set<UserDevice> devices = new TreeSet<>();
    for (Device device : directory.of(own.userId())) {
      if (!device.address().equals(own)
          && policy.refusal(device).isEmpty()
          && !device.keys().isDehydrated()) {
        devices.add(device.address());
      }
    }
    Optional<Secret> secret = held.find(name);
    if (secret.isEmpty()) {
      return false;
    }
    try (Secret opened = secret.get()) {
      if (!devices.isEmpty()) {
        ObjectNode content =
            Json.newObject().put("name", name.label()).put("secret", opened.toBase64());
        underWay.put(
            deliveries.startOwn(SecretMail.UNSTABLE_PUSH, content, devices, now, policy), name);
      }
      return !devices.isEmpty();
    }
  }

  private static <K, V> void trim(Map<K, V> map, int max) {
    Iterator<K> oldest = map.keySet().iterator();
    while (map.size() > max) {
      oldest.next();
      oldest.remove();
    }
  }
}
