package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.e2ee.EncryptionInfo;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence.OlmDevice;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.widget.host.IncomingToDevice;
import io.matrixrtc.widget.host.WidgetHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * Hands what the account hears to the hosts. Each event once (FEED-ONCE); an encrypted one when it
 * can be read, if it came in a sync since then and not in history (FEED-LATE). To-device messages
 * that the Olm machine keeps to itself go to nobody. Runs on the client's scheduler; any thread may
 * attach.
 */
final class HostFeed {
  private static final int REMEMBERED = 4_096;
  private static final String ENCRYPTED = "m.room.encrypted";

  private final RoomStates states;
  private final Set<WidgetHost> hosts = new CopyOnWriteArraySet<>();
  private final RecentIds fed = new RecentIds(REMEMBERED);
  private final RecentIds unread = new RecentIds(REMEMBERED);

  HostFeed(RoomStates states) {
    this.states = states;
  }

  void attach(WidgetHost host) {
    hosts.add(host);
  }

  void detach(WidgetHost host) {
    hosts.remove(host);
  }

  void onEvent(ClientEvent event) {
    if (event instanceof ClientEvent.Room room) {
      onRoom(room);
    } else if (event instanceof ClientEvent.RoomEvent read
        && read.result() instanceof RoomEventResult.Decrypted decrypted) {
      if (unread.remove(decrypted.event().path("event_id").asText())) {
        hosts.forEach(host -> host.onRoomEvent(read.roomId(), decrypted.event()));
      }
    } else if (event instanceof ClientEvent.ToDevice toDevice
        && toDevice.result().inboxId().isPresent()) {
      message(toDevice.result()).ifPresent(told -> hosts.forEach(host -> host.onToDevice(told)));
    }
  }

  private void onRoom(ClientEvent.Room room) {
    List<ObjectNode> changed = states.onSync(room.roomId(), room.changes());
    List<ObjectNode> events = new ArrayList<>(room.changes().sticky());
    events.addAll(room.changes().timeline());
    for (ObjectNode event : events) {
      String id = event.path("event_id").asText();
      if (event.path("type").asText().equals(ENCRYPTED) && !event.has("state_key")) {
        unread.add(id);
      } else if (fed.add(id)) {
        hosts.forEach(host -> host.onRoomEvent(room.roomId(), event));
      }
    }
    if (!changed.isEmpty()) {
      hosts.forEach(host -> host.onStateChanged(room.roomId(), changed));
    }
  }

  private static Optional<IncomingToDevice> message(ToDeviceResult result) {
    if (result instanceof ToDeviceResult.Decrypted decrypted) {
      return decrypted
          .info()
          .senderDevice()
          .map(
              device ->
                  IncomingToDevice.encrypted(
                      decrypted.type(), evidence(decrypted.info(), device), decrypted.content()));
    } else if (result instanceof ToDeviceResult.PlainText plain
        && plain.event().get("content") instanceof ObjectNode content) {
      String sender = plain.event().path("sender").asText();
      return Optional.of(IncomingToDevice.cleartext(plain.type(), sender, content));
    }
    return Optional.empty();
  }

  private static OlmDevice evidence(EncryptionInfo info, String deviceId) {
    return new OlmDevice(new DeviceAddress(info.sender(), deviceId), trust(info.verification()));
  }

  private static Trust trust(VerificationState state) {
    return switch (state) {
      case VERIFIED -> Trust.VERIFIED;
      case UNVERIFIED_IDENTITY -> Trust.CROSS_SIGNED;
      case VERIFICATION_VIOLATION, UNSIGNED_DEVICE, NO_DEVICE, INSECURE_SOURCE, MISMATCHED_SENDER ->
          Trust.KNOWN;
    };
  }
}
