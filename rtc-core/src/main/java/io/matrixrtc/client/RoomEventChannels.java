package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomEncryptionOutcome;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.RoomEventChannel;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RoomEventChannel}s over our own Megolm, by room. Confined to the client's scheduler. */
final class RoomEventChannels {
  private static final Logger LOG = LoggerFactory.getLogger(RoomEventChannels.class);

  private final CryptoPump pump;
  private final EncryptedRooms rooms;
  private final RoomsApi api;
  private final Map<String, List<Subscribed>> subscribed = new HashMap<>();

  private record Subscribed(String type, RoomEventChannel.Listener listener) {}

  RoomEventChannels(CryptoPump pump, EncryptedRooms rooms, RoomsApi api) {
    this.pump = pump;
    this.rooms = rooms;
    this.api = api;
  }

  RoomEventChannel channel(String roomId) {
    return new Channel(roomId);
  }

  /** An encrypted event of a timeline was read, or was not. */
  void onResult(String roomId, RoomEventResult result) {
    if (result instanceof RoomEventResult.Decrypted decrypted
        && decrypted.event().get("content") instanceof ObjectNode content) {
      Optional<SenderEvidence> from = OlmToDeviceChannel.roomEvidence(decrypted.info());
      String type = decrypted.event().path("type").asText();
      if (from.isPresent()) {
        Instant takenAt = Instant.ofEpochMilli(decrypted.event().path("origin_server_ts").asLong());
        listeners(roomId, type)
            .forEach(
                listener ->
                    tell(() -> listener.onEncrypted(from.get(), content.deepCopy(), takenAt)));
      }
    }
  }

  /** Tells of events in the clear; those that are encrypted come by {@link #onResult}. */
  void onSync(SyncAnswer answer) {
    for (String roomId : List.copyOf(subscribed.keySet())) {
      SyncAnswer.RoomSection section = answer.rooms().get(roomId);
      if (section == null) {
        continue;
      }
      for (ObjectNode event : section.timeline()) {
        if (event.get("content") instanceof ObjectNode content && !event.has("state_key")) {
          String sender = event.path("sender").asText();
          listeners(roomId, event.path("type").asText())
              .forEach(listener -> tell(() -> listener.onCleartext(sender, content.deepCopy())));
        }
      }
    }
  }

  private List<RoomEventChannel.Listener> listeners(String roomId, String type) {
    return subscribed.getOrDefault(roomId, List.of()).stream()
        .filter(one -> one.type().equals(type))
        .map(Subscribed::listener)
        .toList();
  }

  /** CLIENT-LISTENER */
  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.error("A listener to room events failed", e);
    }
  }

  private final class Channel implements RoomEventChannel {
    private final String roomId;

    Channel(String roomId) {
      this.roomId = roomId;
    }

    @Override
    public CompletionStage<Outcome> send(String eventType, ObjectNode content) {
      return rooms.send(roomId, eventType, content).thenApply(RoomEventChannels::outcome);
    }

    @Override
    public void redact(String eventId, String reason) {
      api.redact(roomId, eventId, reason)
          .whenComplete(
              (result, bug) -> {
                if (result instanceof ApiResult.Failed<String> failed) {
                  LOG.warn("{} was not redacted: {}", eventId, failed.failure().sentence());
                }
              });
    }

    @Override
    public void discardRoomKey() {
      pump.onScheduler(
          () -> pump.use((machine, now) -> machine.rooms().discardSession(roomId), why -> {}));
    }

    @Override
    public Subscription subscribe(String eventType, Listener listener) {
      Subscribed added = new Subscribed(eventType, listener);
      pump.onScheduler(
          () -> subscribed.computeIfAbsent(roomId, id -> new ArrayList<>()).add(added));
      return () ->
          pump.onScheduler(
              () -> {
                List<Subscribed> ofRoom = subscribed.get(roomId);
                if (ofRoom != null && ofRoom.remove(added) && ofRoom.isEmpty()) {
                  subscribed.remove(roomId);
                }
              });
    }
  }

  private static RoomEventChannel.Outcome outcome(RoomSendOutcome outcome) {
    if (outcome instanceof RoomSendOutcome.Sent sent) {
      return new RoomEventChannel.Outcome.Sent(sent.eventId(), devices(sent.encryption()));
    } else if (outcome instanceof RoomSendOutcome.RoomNotEncrypted) {
      return new RoomEventChannel.Outcome.RoomNotEncrypted();
    } else if (outcome instanceof RoomSendOutcome.Failed failed) {
      return new RoomEventChannel.Outcome.Failed(failed.failure().sentence());
    }
    throw new IllegalStateException("unknown outcome");
  }

  private static Map<DeviceAddress, ToDeviceChannel.Outcome> devices(
      RoomEncryptionOutcome.Encrypted encryption) {
    Map<DeviceAddress, ToDeviceChannel.Outcome> devices = new HashMap<>();
    encryption
        .shares()
        .forEach((device, share) -> devices.put(address(device), OlmToDeviceChannel.share(share)));
    return devices;
  }

  private static DeviceAddress address(UserDevice device) {
    return new DeviceAddress(device.userId(), device.deviceId());
  }
}
