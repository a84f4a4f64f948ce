package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.api.InternalToDeviceTypes;
import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.host.RoomView.Encryption;
import io.matrixrtc.widget.host.ToDeviceDriver.ListDevices;
import io.matrixrtc.widget.host.ToDeviceDriver.Send;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The action {@code send_to_device} (MSC3819).
 *
 * <p>Encrypts if the room is encrypted or the widget says so; in an encrypted room a widget that
 * asks for cleartext is refused (TODEV-CLEAR). {@code *} means every device of the user; a content
 * for a device by name goes before it (TODEV-ALL). Recipients must be joined members of the room
 * (TODEV-MEMBER). Devices that were not reached are named in {@code failures}; it is an error only
 * if none was (TODEV-FAILURES).
 */
final class ToDeviceSending {
  private static final String FAILED = "Error sending event";
  private static final String EVERY_DEVICE = "*";

  private final HostSession session;
  private final RoomAccess rooms;

  ToDeviceSending(HostSession session, RoomAccess rooms) {
    this.session = session;
    this.rooms = rooms;
  }

  void send(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String type = data.filled("type", "missing event type");
    ObjectNode messages = data.object("messages", "missing event contents");
    boolean wantsEncryption = data.flag("encrypted", "missing encryption flag");
    if (!session.grants().allowsToDevice(Flow.SEND, type)
        || InternalToDeviceTypes.contains(type)) { // TODEV-INTERNAL
      throw new RequestRefusedException("Cannot send to-device events of this type");
    }
    boolean roomEncrypted = session.rooms().encryption(rooms.viewed()) != Encryption.CLEAR;
    if (roomEncrypted && !wantsEncryption) {
      throw new RequestRefusedException("Cannot send cleartext from an encrypted room");
    }
    Draft draft = read(type, messages);
    if (draft.toAll.isEmpty()) {
      deliver(exchange, type, draft, wantsEncryption);
    } else {
      exchange.call(
          new ListDevices(draft.toAll.keySet()),
          FAILED,
          devices -> {
            expand(draft, devices);
            deliver(exchange, type, draft, wantsEncryption);
          });
    }
  }

  /** What goes to whom, and whom it cannot reach. */
  private static final class Draft {
    private final Map<DeviceAddress, ObjectNode> contents = new LinkedHashMap<>();
    private final Map<String, ObjectNode> toAll = new LinkedHashMap<>();
    private final Map<String, List<String>> failures = new TreeMap<>();
    private boolean askedForAny;

    void fail(String userId, String deviceId) {
      failures.computeIfAbsent(userId, user -> new ArrayList<>()).add(deviceId);
    }
  }

  private Draft read(String type, ObjectNode messages) throws RequestRefusedException {
    Draft draft = new Draft();
    int recipients = 0;
    for (Map.Entry<String, JsonNode> user : messages.properties()) {
      if (!user.getValue().isObject() || user.getKey().isEmpty()) {
        throw RequestFields.wrong("messages");
      }
      boolean member = session.rooms().isJoined(rooms.viewed(), user.getKey());
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        if (!(device.getValue() instanceof ObjectNode content) || device.getKey().isEmpty()) {
          throw RequestFields.wrong("messages");
        }
        if (++recipients > session.limits().maxRecipients()) { // LIMITS
          throw RequestRefusedException.invalid("too many recipients");
        }
        checkClaim(type, content);
        draft.askedForAny = true;
        if (!member) {
          draft.fail(user.getKey(), device.getKey());
        } else if (device.getKey().equals(EVERY_DEVICE)) {
          draft.toAll.put(user.getKey(), content);
        } else {
          draft.contents.put(new DeviceAddress(user.getKey(), device.getKey()), content);
        }
      }
    }
    return draft;
  }

  /** TODEV-CLAIM: a call key that leaves here says the truth about device and room. */
  private void checkClaim(String type, ObjectNode content) throws RequestRefusedException {
    if (!CallKeys.isCallKey(type)) {
      return;
    }
    Optional<String> device = CallKeys.claimedDevice(content);
    if (device.filter(id -> !id.equals(session.widget().account().deviceId())).isPresent()
        || CallKeys.room(content).filter(id -> !id.equals(rooms.viewed())).isPresent()) {
      throw RequestRefusedException.invalid("a call key of another device or room");
    }
  }

  private void expand(Draft draft, Map<String, Set<String>> devices) {
    draft.toAll.forEach(
        (userId, content) -> {
          Set<String> ids = devices.getOrDefault(userId, Set.of());
          if (ids.isEmpty()) {
            draft.fail(userId, EVERY_DEVICE);
          }
          for (String id : ids) {
            DeviceAddress address = new DeviceAddress(userId, id);
            if (!address.equals(session.widget().account())) {
              draft.contents.putIfAbsent(address, content);
            }
          }
        });
  }

  private void deliver(Exchange exchange, String type, Draft draft, boolean encrypted) {
    if (draft.contents.isEmpty()) {
      finish(exchange, type, draft, 0);
      return;
    }
    exchange.call(
        new Send(type, Map.copyOf(draft.contents), encrypted),
        FAILED,
        outcomes -> {
          int reached = 0;
          for (DeviceAddress to : draft.contents.keySet()) {
            if (outcomes.get(to) instanceof Outcome.Sent) {
              reached++;
            } else {
              draft.fail(to.userId(), to.deviceId());
            }
          }
          finish(exchange, type, draft, reached);
        });
  }

  private void finish(Exchange exchange, String type, Draft draft, int reached) {
    if (!draft.failures.isEmpty()) {
      session.report(new HostEvent.ToDeviceFailures(type, Map.copyOf(draft.failures)));
    }
    boolean nobody = reached == 0 && draft.askedForAny && !draft.failures.isEmpty();
    ObjectNode response = nobody ? WidgetError.of(FAILED).toResponse() : Json.newObject();
    if (nobody) {
      session.report(new HostEvent.Refused(exchange.request().action(), FAILED));
    }
    if (!draft.failures.isEmpty()) {
      ObjectNode failures = response.putObject("failures");
      draft.failures.forEach(
          (userId, ids) -> {
            ArrayNode array = failures.putArray(userId);
            ids.forEach(array::add);
          });
    }
    exchange.reply(response);
  }
}
