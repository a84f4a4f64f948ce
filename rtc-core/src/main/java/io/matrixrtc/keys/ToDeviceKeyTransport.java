package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.KeyRefusal.Origin;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keys as Olm-encrypted to-device messages {@code io.element.call.encryption_keys}, the way Element
 * Call sends them. Takes a key only from the device that it says it is from, as the channel knows
 * it, and only if that device is trusted enough. Any thread may call.
 */
public final class ToDeviceKeyTransport implements KeyTransport {
  private final CallContext context;
  private final Settings settings;
  private final ToDeviceChannel channel;
  private final InstantSource clock;
  private final Set<ToDeviceChannel.Subscription> subscriptions = new LinkedHashSet<>();
  private boolean closed;

  /**
   * How a transport names itself and whom it believes.
   *
   * @param memberId this device's member id
   * @param required how far a sender must be trusted
   * @param acceptHostAttested whether keys count for which only a widget host vouches
   */
  public record Settings(String memberId, TrustRequirement required, boolean acceptHostAttested) {
    /** Cross-signed senders, no attestation by a host. */
    public static Settings defaults(String memberId) {
      return new Settings(memberId, TrustRequirement.CROSS_SIGNED, false);
    }
  }

  /** Sends through {@code channel}, which it does not close. */
  public ToDeviceKeyTransport(
      CallContext context, Settings settings, ToDeviceChannel channel, InstantSource clock) {
    this.context = context;
    this.settings = settings;
    this.channel = channel;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Map<CallMember, Delivery>> send(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    synchronized (subscriptions) {
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException("transport is closed"));
      }
    }
    Set<DeviceAddress> devices = new LinkedHashSet<>();
    to.forEach(member -> devices.add(member.device()));
    devices.remove(context.own()); // KT-SELF
    if (devices.isEmpty()) {
      return CompletableFuture.completedFuture(deliveries(to, Map.of()));
    }
    ObjectNode content =
        EncryptionKeysContent.write(key, index, context, settings.memberId(), clock.instant());
    return channel
        .send(EncryptionKeysContent.TYPE, content, devices)
        .thenApply(outcomes -> deliveries(to, outcomes));
  }

  @Override
  public Subscription subscribe(Sink sink) {
    ToDeviceChannel.Subscription running =
        channel.subscribe(EncryptionKeysContent.TYPE, new Receiver(sink));
    synchronized (subscriptions) {
      subscriptions.add(running);
    }
    return () -> {
      running.close();
      synchronized (subscriptions) {
        subscriptions.remove(running);
      }
    };
  }

  @Override
  public void close() {
    Set<ToDeviceChannel.Subscription> running;
    synchronized (subscriptions) {
      closed = true;
      running = Set.copyOf(subscriptions);
      subscriptions.clear();
    }
    running.forEach(ToDeviceChannel.Subscription::close);
  }

  private static Map<CallMember, Delivery> deliveries(
      Set<CallMember> to, Map<DeviceAddress, Outcome> outcomes) {
    Map<CallMember, Delivery> deliveries = new LinkedHashMap<>();
    for (CallMember member : to) {
      Outcome outcome = outcomes.get(member.device());
      deliveries.put(
          member,
          outcome == null
              ? new Delivery.Failed(Delivery.Reason.NO_ANSWER, "no outcome for the device")
              : delivery(outcome));
    }
    return deliveries;
  }

  private static Delivery delivery(Outcome outcome) {
    if (outcome instanceof Outcome.Sent) {
      return new Delivery.Served();
    } else if (outcome instanceof Outcome.UnknownDevice) {
      return new Delivery.Failed(Delivery.Reason.UNKNOWN_DEVICE, "unknown device");
    } else if (outcome instanceof Outcome.NoOneTimeKeys) {
      return new Delivery.Failed(Delivery.Reason.NO_ONE_TIME_KEYS, "no one-time keys");
    } else if (outcome instanceof Outcome.Refused refused) {
      return new Delivery.Failed(Delivery.Reason.REFUSED, refused.reason());
    } else if (outcome instanceof Outcome.Failed failed) {
      return new Delivery.Failed(Delivery.Reason.NOT_SENT, failed.reason());
    }
    throw new IllegalStateException("unknown outcome");
  }

  private final class Receiver implements ToDeviceChannel.Listener {
    private final Sink sink;

    Receiver(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void onCleartext(String userId, ObjectNode content) {
      // KT-CLEARTEXT
      sink.onRefused(new KeyRefusal.Cleartext(new Origin(userId, Optional.empty())));
    }

    @Override
    public void onEncrypted(SenderEvidence evidence, ObjectNode content) {
      Origin from = Origin.of(evidence);
      EncryptionKeysContent keys;
      try {
        keys = EncryptionKeysContent.parse(content);
      } catch (EncryptionKeysContent.Malformed e) {
        sink.onRefused(new KeyRefusal.Malformed(from, e.field));
        return;
      }
      Optional<KeyRefusal> refusal = refuse(from, evidence, keys);
      if (refusal.isPresent()) {
        sink.onRefused(refusal.get());
      } else {
        deliver(from, evidence, keys);
      }
    }

    private Optional<KeyRefusal> refuse(
        Origin from, SenderEvidence evidence, EncryptionKeysContent keys) {
      // KT-ROOM
      if (!keys.roomId().equals(context.roomId())) {
        return Optional.of(new KeyRefusal.WrongRoom(from, Quoted.text(keys.roomId())));
      }
      if (evidence instanceof SenderEvidence.OlmDevice olm) {
        // KT-CLAIM: the device is the one that the Olm session belongs to; a claim only confirms
        // it.
        if (!olm.device().deviceId().equals(keys.claimedDevice())) {
          String claimed = Quoted.text(keys.claimedDevice());
          return Optional.of(new KeyRefusal.ClaimedAnotherDevice(from, claimed));
        }
        // KT-TRUST
        if (!settings.required().isMetBy(olm.trust())) {
          return Optional.of(new KeyRefusal.Untrusted(from, olm.trust(), settings.required()));
        }
      } else if (!settings.acceptHostAttested()) { // KT-HOST
        return Optional.of(new KeyRefusal.HostAttestationOff(from));
      }
      return sender(from, keys).equals(context.own())
          ? Optional.of(new KeyRefusal.OwnDevice(from))
          : Optional.empty();
    }

    private void deliver(Origin from, SenderEvidence evidence, EncryptionKeysContent keys) {
      // KT-INDEX, KT-LENGTH
      Optional<KeyIndex> index = keys.keyIndex();
      if (index.isEmpty()) {
        sink.onRefused(new KeyRefusal.BadIndex(from, Quoted.text(keys.index().toString())));
        return;
      }
      if (keys.keyIsTooLong()) {
        sink.onRefused(new KeyRefusal.BadLength(from, keys.key().length() / 4 * 3));
        return;
      }
      byte[] material = keys.keyBytes();
      if (material == null) {
        sink.onRefused(new KeyRefusal.Malformed(from, "keys.key"));
        return;
      }
      try {
        if (material.length < MediaKey.MIN_BYTES || material.length > MediaKey.MAX_BYTES) {
          sink.onRefused(new KeyRefusal.BadLength(from, material.length));
          return;
        }
        DeviceAddress sender = sender(from, keys);
        String memberId = keys.memberId().orElse(sender.userId() + ":" + sender.deviceId());
        sink.onKey(
            new ReceivedKey(
                sender, evidence, memberId, index.get(), MediaKey.copyOf(material), keys.sentAt()));
      } finally {
        Arrays.fill(material, (byte) 0);
      }
    }

    private DeviceAddress sender(Origin from, EncryptionKeysContent keys) {
      return from.device().orElseGet(() -> new DeviceAddress(from.userId(), keys.claimedDevice()));
    }
  }
}
