package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.KeyRefusal.Origin;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keys as Olm-encrypted to-device messages: written the way Element Call does, or as MSC4143's
 * draft if asked; both are read. Takes a key only from the device that it says it is from, as the
 * channel knows it, and only if that device is trusted enough. Any thread may call.
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
   * @param written the format of own keys
   */
  public record Settings(
      String memberId, TrustRequirement required, boolean acceptHostAttested, KeyFormat written) {
    /** In the format of deployed clients. */
    public Settings(String memberId, TrustRequirement required, boolean acceptHostAttested) {
      this(memberId, required, acceptHostAttested, KeyFormat.ELEMENT_CALL);
    }

    /** These, writing another format. */
    public Settings writing(KeyFormat format) {
      return new Settings(memberId, required, acceptHostAttested, format);
    }

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
      return CompletableFuture.completedFuture(ChannelDeliveries.of(to, Map.of()));
    }
    return write(key, index, devices).thenApply(outcomes -> ChannelDeliveries.of(to, outcomes));
  }

  private CompletionStage<Map<DeviceAddress, ToDeviceChannel.Outcome>> write(
      MediaKey key, KeyIndex index, Set<DeviceAddress> devices) {
    return switch (settings.written()) {
      case ELEMENT_CALL ->
          channel.send(
              EncryptionKeysContent.TYPE,
              EncryptionKeysContent.write(
                  key, index, context, settings.memberId(), clock.instant()),
              devices);
      case MSC4143_DRAFT ->
          channel.send(
              DraftKeyContent.TYPE,
              DraftKeyContent.write(key, index, context.roomId(), settings.memberId()),
              devices);
    };
  }

  @Override
  public KeyWay way() {
    return KeyWay.TO_DEVICE;
  }

  @Override
  public Subscription subscribe(Sink sink) {
    Set<ToDeviceChannel.Subscription> running =
        Set.of(
            channel.subscribe(
                EncryptionKeysContent.TYPE, new Receiver(sink, EncryptionKeysContent::parse)),
            channel.subscribe(DraftKeyContent.TYPE, new Receiver(sink, DraftKeyContent::parse)));
    synchronized (subscriptions) {
      subscriptions.addAll(running);
    }
    return () -> {
      running.forEach(ToDeviceChannel.Subscription::close);
      synchronized (subscriptions) {
        subscriptions.removeAll(running);
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

  /** Reads one format. */
  @FunctionalInterface
  private interface Parser {
    EncryptionKeysContent parse(ObjectNode content) throws EncryptionKeysContent.Malformed;
  }

  private final class Receiver implements ToDeviceChannel.Listener {
    private final Sink sink;
    private final Parser format;

    Receiver(Sink sink, Parser format) {
      this.sink = sink;
      this.format = format;
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
        keys = format.parse(content);
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
        Optional<String> claimed = keys.claimedDevice();
        if (claimed.isPresent() && !olm.device().deviceId().equals(claimed.get())) {
          return Optional.of(new KeyRefusal.ClaimedAnotherDevice(from, Quoted.text(claimed.get())));
        }
        // KT-TRUST
        if (!settings.required().isMetBy(olm.trust())) {
          return Optional.of(new KeyRefusal.Untrusted(from, olm.trust(), settings.required()));
        }
      } else if (!settings.acceptHostAttested()) { // KT-HOST
        return Optional.of(new KeyRefusal.HostAttestationOff(from));
      } else if (keys.claimedDevice().isEmpty()) {
        return Optional.of(new KeyRefusal.Malformed(from, "no device is named"));
      }
      return sender(from, keys).equals(context.own())
          ? Optional.of(new KeyRefusal.OwnDevice(from))
          : Optional.empty();
    }

    private void deliver(Origin from, SenderEvidence evidence, EncryptionKeysContent keys) {
      KeyEntry.Reading reading = keys.entry().read(from);
      if (reading instanceof KeyEntry.Reading.Key key) {
        DeviceAddress sender = sender(from, keys);
        String memberId = keys.memberId().orElse(sender.userId() + ":" + sender.deviceId());
        sink.onKey(
            new ReceivedKey(
                sender,
                evidence,
                memberId,
                key.index(),
                key.key(),
                keys.sentAt(),
                KeyWay.TO_DEVICE));
      } else if (reading instanceof KeyEntry.Reading.Bad bad) {
        sink.onRefused(bad.refusal());
      }
    }

    private DeviceAddress sender(Origin from, EncryptionKeysContent keys) {
      return from.device()
          .orElseGet(() -> new DeviceAddress(from.userId(), keys.claimedDevice().orElseThrow()));
    }
  }
}
