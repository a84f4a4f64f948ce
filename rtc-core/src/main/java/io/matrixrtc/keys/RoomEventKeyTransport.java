package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.KeyRefusal.Origin;
import io.matrixrtc.keys.RoomEventChannel.Outcome;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keys as encrypted events of the room, for clients that know nothing else. <b>Everyone in the room
 * can read them</b>, in the call or not, and whoever is ever given the room key: the claims about
 * joiners and leavers of a call do not hold for them. So that it ends some time, an event is
 * redacted when its key is retired, and the room key that carried it is used no more (RK-CLEAN).
 * Takes a key only from the device that encrypted the event. Any thread may call.
 */
public final class RoomEventKeyTransport implements KeyTransport {
  private static final String RETIRED = "the call's key is not used any more";

  private final CallContext context;
  private final Settings settings;
  private final RoomEventChannel channel;
  private final InstantSource clock;
  private final Set<RoomEventChannel.Subscription> subscriptions = new LinkedHashSet<>();

  /** The events that carry each key which is not retired. */
  private final Map<KeyIndex, List<String>> events = new HashMap<>();

  private boolean closed;

  /**
   * Whom a transport believes, and whether it cleans up.
   *
   * @param required how far a sender must be trusted
   * @param cleansUp whether events of retired keys are redacted, and their room key discarded
   */
  public record Settings(TrustRequirement required, boolean cleansUp) {
    /** Cross-signed senders; cleans up. */
    public static Settings defaults() {
      return new Settings(TrustRequirement.CROSS_SIGNED, true);
    }
  }

  /** Sends through {@code channel}, which it does not close. */
  public RoomEventKeyTransport(
      CallContext context, Settings settings, RoomEventChannel channel, InstantSource clock) {
    this.context = context;
    this.settings = settings;
    this.channel = channel;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Map<CallMember, Delivery>> send(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    boolean nobody = to.stream().allMatch(member -> member.device().equals(context.own()));
    synchronized (events) {
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException("transport is closed"));
      }
      if (nobody) {
        return CompletableFuture.completedFuture(ChannelDeliveries.of(to, Map.of()));
      }
      boolean isNew = events.put(index, events.getOrDefault(index, new ArrayList<>())) == null;
      if (isNew && settings.cleansUp()) {
        channel.discardRoomKey(); // RK-CLEAN: a room key carries one media key only
      }
    }
    ObjectNode content =
        RoomKeysContent.write(key, index, context.own().deviceId(), clock.instant());
    return channel
        .send(RoomKeysContent.TYPE, content)
        .thenApply(
            outcome -> {
              if (outcome instanceof Outcome.Sent sent) {
                note(index, sent.eventId());
              }
              return deliveries(to, outcome);
            });
  }

  private static Map<CallMember, Delivery> deliveries(Set<CallMember> to, Outcome outcome) {
    if (outcome instanceof Outcome.Sent sent) {
      return ChannelDeliveries.of(to, sent.devices());
    } else if (outcome instanceof Outcome.RoomNotEncrypted) {
      return ChannelDeliveries.all(
          to, new Delivery.Failed(Delivery.Reason.REFUSED, "the room is not encrypted"));
    } else if (outcome instanceof Outcome.Failed failed) {
      return ChannelDeliveries.all(
          to, new Delivery.Failed(Delivery.Reason.NOT_SENT, failed.reason()));
    }
    throw new IllegalStateException("unknown outcome");
  }

  /** RK-CLEAN: a key may be retired before the answer to its event is here. */
  private void note(KeyIndex index, String eventId) {
    synchronized (events) {
      List<String> ofKey = events.get(index);
      if (ofKey != null) {
        ofKey.add(eventId);
        return;
      }
    }
    if (settings.cleansUp()) {
      channel.redact(eventId, RETIRED);
    }
  }

  @Override
  public void onRetired(KeyIndex index) {
    List<String> ofKey;
    synchronized (events) {
      ofKey = events.remove(index);
    }
    if (ofKey != null && settings.cleansUp()) {
      ofKey.forEach(eventId -> channel.redact(eventId, RETIRED));
      channel.discardRoomKey(); // nor do messages that follow
    }
  }

  @Override
  public KeyWay way() {
    return KeyWay.ROOM_EVENT;
  }

  @Override
  public Subscription subscribe(Sink sink) {
    RoomEventChannel.Subscription running =
        channel.subscribe(RoomKeysContent.TYPE, new Receiver(sink));
    synchronized (events) {
      subscriptions.add(running);
    }
    return () -> {
      running.close();
      synchronized (events) {
        subscriptions.remove(running);
      }
    };
  }

  /** Redacts what is left, as no key outlives the call. */
  @Override
  public void close() {
    Set<RoomEventChannel.Subscription> running;
    Set<KeyIndex> left;
    synchronized (events) {
      closed = true;
      running = Set.copyOf(subscriptions);
      subscriptions.clear();
      left = Set.copyOf(events.keySet());
    }
    running.forEach(RoomEventChannel.Subscription::close);
    left.forEach(this::onRetired);
  }

  private final class Receiver implements RoomEventChannel.Listener {
    private final Sink sink;

    Receiver(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void onCleartext(String userId, ObjectNode content) {
      // RK-CLEARTEXT
      sink.onRefused(new KeyRefusal.Cleartext(new Origin(userId, Optional.empty())));
    }

    @Override
    public void onEncrypted(SenderEvidence evidence, ObjectNode content, Instant takenAt) {
      Origin from = Origin.of(evidence);
      if (!(evidence instanceof SenderEvidence.OlmDevice olm)) {
        sink.onRefused(new KeyRefusal.HostAttestationOff(from));
        return;
      }
      if (olm.device().equals(context.own())) {
        return; // RK-OWN: a room gives back what one sends
      }
      RoomKeysContent keys;
      try {
        keys = RoomKeysContent.parse(content);
      } catch (EncryptionKeysContent.Malformed e) {
        sink.onRefused(new KeyRefusal.Malformed(from, e.field));
        return;
      }
      // RK-CLAIM
      if (!olm.device().deviceId().equals(keys.claimedDevice())) {
        String claimed = Quoted.text(keys.claimedDevice());
        sink.onRefused(new KeyRefusal.ClaimedAnotherDevice(from, claimed));
        return;
      }
      // RK-TRUST
      if (!settings.required().isMetBy(olm.trust())) {
        sink.onRefused(new KeyRefusal.Untrusted(from, olm.trust(), settings.required()));
        return;
      }
      keys.entries().forEach(entry -> deliver(from, olm, keys, entry, takenAt));
    }

    private void deliver(
        Origin from,
        SenderEvidence.OlmDevice olm,
        RoomKeysContent keys,
        KeyEntry entry,
        Instant takenAt) {
      KeyEntry.Reading reading = entry.read(from);
      if (reading instanceof KeyEntry.Reading.Key key) {
        DeviceAddress device = olm.device();
        sink.onKey(
            new ReceivedKey(
                device,
                olm,
                device.userId() + ":" + device.deviceId(),
                key.index(),
                key.key(),
                keys.sentAt(),
                Optional.of(takenAt),
                KeyWay.ROOM_EVENT));
      } else if (reading instanceof KeyEntry.Reading.Bad bad) {
        sink.onRefused(bad.refusal());
      }
    }
  }
}
