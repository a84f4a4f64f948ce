package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CompletedDelivery;
import io.matrixrtc.e2ee.DeliveryOutcome;
import io.matrixrtc.e2ee.EncryptionInfo;
import io.matrixrtc.e2ee.EncryptionOutcome;
import io.matrixrtc.e2ee.RoomKeyShare;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link ToDeviceChannel} over our own Olm machine. Any thread may call; outcomes and events come
 * on the client's scheduler.
 */
public final class OlmToDeviceChannel implements ToDeviceChannel {
  private static final Logger LOG = LoggerFactory.getLogger(OlmToDeviceChannel.class);

  /**
   * Largest content, in bytes of JSON (SIZE-TO-DEVICE): encrypted, with the longest ids and base64,
   * it stays below the 64 KiB that homeservers take.
   */
  public static final int MAX_CONTENT_BYTES = 40 << 10;

  private final CryptoPump pump;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final Map<String, List<Listener>> listeners = new HashMap<>();
  private boolean closed;

  private record Waiting(
      Set<UserDevice> to,
      Map<DeviceAddress, Outcome> refused,
      CompletableFuture<Map<DeviceAddress, Outcome>> end) {}

  OlmToDeviceChannel(CryptoPump pump) {
    this.pump = pump;
  }

  @Override
  public CompletionStage<Map<DeviceAddress, Outcome>> send(
      String eventType, ObjectNode content, Set<DeviceAddress> to) {
    int bytes = MatrixIds.bytes(content.toString());
    if (bytes > MAX_CONTENT_BYTES) {
      String why = "content of " + bytes + " bytes, at most " + MAX_CONTENT_BYTES + " are sent";
      return CompletableFuture.completedFuture(all(to, new Outcome.Refused(why)));
    }
    Map<DeviceAddress, Outcome> refused = new LinkedHashMap<>();
    Set<UserDevice> devices = new LinkedHashSet<>();
    for (DeviceAddress device : to) {
      if (isNamed(device)) {
        devices.add(new UserDevice(device.userId(), device.deviceId()));
      } else {
        refused.put(device, new Outcome.Refused("no Matrix user and device could have this name"));
      }
    }
    return deliver(eventType, content.deepCopy(), devices, refused);
  }

  /** ID-USER, ID-DEVICE: one wrong name would make the homeserver refuse the others, too. */
  private static boolean isNamed(DeviceAddress device) {
    return MatrixIds.serverOf(device.userId()).isPresent()
        && MatrixIds.isDeviceId(device.deviceId());
  }

  private CompletionStage<Map<DeviceAddress, Outcome>> deliver(
      String eventType,
      ObjectNode content,
      Set<UserDevice> devices,
      Map<DeviceAddress, Outcome> refused) {
    CompletableFuture<Map<DeviceAddress, Outcome>> end = new CompletableFuture<>();
    pump.onScheduler(
        () -> {
          if (closed) {
            end.completeExceptionally(new IllegalStateException("channel is closed"));
            return;
          }
          pump.use(
              (machine, now) -> {
                String id = machine.deliver(eventType, content, devices, now);
                waiting.put(id, new Waiting(devices, refused, end));
              },
              failure -> end.complete(with(refused, devices, new Outcome.Failed(failure))));
        });
    return end;
  }

  @Override
  public Subscription subscribe(String eventType, Listener listener) {
    pump.onScheduler(
        () -> listeners.computeIfAbsent(eventType, type -> new ArrayList<>()).add(listener));
    return () ->
        pump.onScheduler(
            () -> listeners.getOrDefault(eventType, new ArrayList<>()).remove(listener));
  }

  /** A delivery of the machine has ended; other components' deliveries are ignored. */
  void onCompleted(CompletedDelivery delivery) {
    Waiting sent = waiting.remove(delivery.id());
    if (sent != null) {
      Map<DeviceAddress, Outcome> outcomes = new LinkedHashMap<>(sent.refused);
      delivery
          .outcomes()
          .forEach((device, outcome) -> outcomes.put(address(device), outcome(outcome)));
      sent.end.complete(outcomes);
    }
  }

  /** Hands on a decrypted event, or one that came in the clear. */
  void onResult(ToDeviceResult result) {
    if (result instanceof ToDeviceResult.Decrypted decrypted) {
      for (Listener listener : listenersTo(decrypted.type())) {
        decrypted
            .info()
            .senderDevice()
            .ifPresent(
                device ->
                    guarded(
                        () ->
                            listener.onEncrypted(
                                evidence(decrypted.info(), device), decrypted.content())));
      }
    } else if (result instanceof ToDeviceResult.PlainText plain) { // RECV-CLEAR
      ObjectNode content = (ObjectNode) plain.event().path("content");
      String sender = plain.event().path("sender").asText();
      for (Listener listener : listenersTo(plain.type())) {
        guarded(() -> listener.onCleartext(sender, content.deepCopy()));
      }
    }
  }

  /** No more events; sends under way and later ones complete exceptionally. */
  void close() {
    closed = true;
    listeners.clear();
    waiting
        .values()
        .forEach(
            one -> one.end.completeExceptionally(new IllegalStateException("channel is closed")));
    waiting.clear();
  }

  /** The machine is broken: nothing that waits will be sent. */
  void onBroken(String why) {
    List<Waiting> all = List.copyOf(waiting.values());
    waiting.clear();
    all.forEach(one -> one.end.complete(with(one.refused, one.to, new Outcome.Failed(why))));
  }

  private List<Listener> listenersTo(String type) {
    return List.copyOf(listeners.getOrDefault(type, List.of()));
  }

  /** CLIENT-LISTENER: what a listener throws is logged and harms nobody else. */
  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.error("A listener to to-device events failed", e);
    }
  }

  /** RECV-EVIDENCE: from the Olm session, never from envelope or content. */
  private static SenderEvidence evidence(EncryptionInfo info, String deviceId) {
    return new SenderEvidence.OlmDevice(
        new DeviceAddress(info.sender(), deviceId), trust(info.verification()));
  }

  /**
   * As {@link #evidence}, for an event of a room: empty if its key does not prove which device it
   * is from, though a policy may have let it be read.
   */
  static Optional<SenderEvidence> roomEvidence(EncryptionInfo info) {
    return switch (info.verification()) {
      case VERIFIED, UNVERIFIED_IDENTITY, VERIFICATION_VIOLATION, UNSIGNED_DEVICE ->
          info.senderDevice().map(device -> evidence(info, device));
      case NO_DEVICE, INSECURE_SOURCE, MISMATCHED_SENDER -> Optional.empty();
    };
  }

  /** What became of a room key for one device, in the words of the port. */
  static Outcome share(RoomKeyShare share) {
    if (share instanceof RoomKeyShare.Served) {
      return new Outcome.Sent();
    } else if (share instanceof RoomKeyShare.Withheld withheld) {
      return outcome(withheld.why());
    } else if (share instanceof RoomKeyShare.NotReached not) {
      return outcome(not.why());
    }
    throw new IllegalStateException("unknown share");
  }

  private static SenderEvidence.Trust trust(VerificationState state) {
    return switch (state) {
      case VERIFIED -> SenderEvidence.Trust.VERIFIED;
      case UNVERIFIED_IDENTITY -> SenderEvidence.Trust.CROSS_SIGNED;
      case VERIFICATION_VIOLATION, UNSIGNED_DEVICE, NO_DEVICE, INSECURE_SOURCE, MISMATCHED_SENDER ->
          SenderEvidence.Trust.KNOWN;
    };
  }

  private static DeviceAddress address(UserDevice device) {
    return new DeviceAddress(device.userId(), device.deviceId());
  }

  private static Map<DeviceAddress, Outcome> all(Set<DeviceAddress> to, Outcome outcome) {
    Map<DeviceAddress, Outcome> outcomes = new LinkedHashMap<>();
    to.forEach(device -> outcomes.put(device, outcome));
    return outcomes;
  }

  private static Map<DeviceAddress, Outcome> with(
      Map<DeviceAddress, Outcome> refused, Set<UserDevice> others, Outcome outcome) {
    Map<DeviceAddress, Outcome> outcomes = new LinkedHashMap<>(refused);
    others.forEach(device -> outcomes.put(address(device), outcome));
    return outcomes;
  }

  /** SEND-OUTCOMES: one for every device, in the words of the port. */
  private static Outcome outcome(DeliveryOutcome outcome) {
    if (outcome instanceof DeliveryOutcome.Sent) {
      return new Outcome.Sent();
    } else if (outcome instanceof DeliveryOutcome.Failed failed) {
      return new Outcome.Failed(failed.reason());
    } else if (outcome instanceof DeliveryOutcome.NotEncrypted refused) {
      return outcome(refused.why());
    }
    throw new IllegalStateException("unknown outcome");
  }

  static Outcome outcome(EncryptionOutcome why) {
    if (why instanceof EncryptionOutcome.UnknownDevice) {
      return new Outcome.UnknownDevice();
    } else if (why instanceof EncryptionOutcome.NoOneTimeKeys) {
      return new Outcome.NoOneTimeKeys();
    } else if (why instanceof EncryptionOutcome.UntrustedByPolicy untrusted) {
      return new Outcome.Refused(
          "policy " + untrusted.policy().label() + ", device is " + untrusted.state());
    } else if (why instanceof EncryptionOutcome.Blocked) {
      return new Outcome.Refused("blocked by the user");
    } else if (why instanceof EncryptionOutcome.NoOlmSupport) {
      return new Outcome.Refused("the device cannot receive Olm messages");
    } else if (why instanceof EncryptionOutcome.OwnDevice) {
      return new Outcome.Refused("this is the own device");
    } else if (why instanceof EncryptionOutcome.BadOneTimeKey) {
      return new Outcome.Failed("the homeserver gave a one-time key that is not the device's");
    } else if (why instanceof EncryptionOutcome.ServerUnreachable unreachable) {
      return new Outcome.Failed("server " + unreachable.serverName() + " is unreachable");
    } else if (why instanceof EncryptionOutcome.SessionUnusable) {
      return new Outcome.Failed("the session with the device cannot be used");
    }
    throw new IllegalStateException("unknown outcome");
  }
}
