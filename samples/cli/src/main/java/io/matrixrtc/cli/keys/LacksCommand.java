package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomSessionStatus;
import io.matrixrtc.e2ee.RoomSessionStatus.Holding;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.VerificationState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who cannot read what this device writes, and what this device cannot read, with reasons. */
@Command(
    name = "lacks",
    description = {
      "Show who lacks what in an encrypted room: for each member's device whether it has the key that this device writes with, and for the newest events whether they can be read here."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys lacks '!room:localhost' --events 100"})
final class LacksCommand extends KeysAction {
  private static final int MAX_EVENTS = 1000;

  @Parameters(paramLabel = "ROOM", description = "Room id.")
  private String room = "";

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many of the newest events to look at, 0 to 1000 (default: 50).")
  private int events = 50;

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    roomId(room);
    if (events < 0 || events > MAX_EVENTS) {
      throw misused("events: want 0 to " + MAX_EVENTS + ", got " + events);
    }
    try (OpenProfile open = OpenProfile.open(profile)) {
      Map<String, String> members = members(open);
      open.lookUp(members.keySet());
      int without = 0;
      Optional<RoomSessionStatus> session =
          open.ask(machine -> machine.rooms().outboundSession(room));
      for (Map.Entry<String, String> member : members.entrySet()) {
        without += print(member.getKey(), member.getValue(), session, open, out);
      }
      int unread = events == 0 ? 0 : unread(open, out);
      out.note(
          without
              + " devices lack the key of the next event; "
              + unread
              + " of the newest events cannot be read here.");
      out.summary().put("devicesWithout", without).put("eventsUnread", unread);
    }
  }

  /** Joined and invited users with their membership. */
  private Map<String, String> members(OpenProfile open) throws CommandFailure {
    Map<String, String> members = new TreeMap<>();
    boolean encrypted = false;
    for (ObjectNode event : open.value(open.client().matrix().rooms().wholeState(room))) {
      String type = event.path("type").asText();
      String membership = event.path("content").path("membership").asText();
      if (type.equals("m.room.member") && membership.matches("join|invite")) {
        members.put(event.path("state_key").asText(), membership);
      }
      encrypted |= type.equals("m.room.encryption");
    }
    if (!encrypted) {
      throw new CommandFailure(
          "the room " + room + " is not encrypted: everybody reads everything.");
    }
    return members;
  }

  private int print(
      String user,
      String membership,
      Optional<RoomSessionStatus> session,
      OpenProfile open,
      Printer out)
      throws CommandFailure {
    List<Device> devices =
        open.ask(
            machine ->
                machine.devicesOf(user).stream()
                    .sorted((a, b) -> a.address().compareTo(b.address()))
                    .toList());
    int without = 0;
    for (Device device : devices) {
      UserDevice address = device.address();
      if (address.equals(open.device())) {
        continue;
      }
      Optional<VerificationState> state = open.ask(machine -> machine.verificationOf(address));
      Optional<Holding> holding =
          session.map(RoomSessionStatus::devices).map(all -> all.get(address));
      boolean has = holding.filter(Holding::confirmed).isPresent();
      without += has ? 0 : 1;
      ObjectNode json =
          Printer.object("member_device")
              .put("user", user)
              .put("device", address.deviceId())
              .put("membership", membership)
              .put("has", has)
              .put("state", state.map(Enum::name).orElse("NO_DEVICE"));
      holding.flatMap(Holding::withheld).ifPresent(code -> json.put("withheld", code.code()));
      if (has) {
        json.put("fromMessage", holding.orElseThrow().index());
      }
      String why = why(holding);
      json.put("why", why);
      out.print(json, String.format("  %-40s %-8s %s", address, has ? "has it" : "LACKS", why));
    }
    if (devices.isEmpty()) {
      out.print(
          Printer.object("member_without_device").put("user", user).put("membership", membership),
          "  " + user + " has no device that does encryption");
    }
    return without;
  }

  private static String why(Optional<Holding> holding) {
    if (holding.isEmpty()) {
      return "not offered yet: that is decided with the next event";
    }
    Holding what = holding.get();
    if (what.withheld().isPresent()) {
      return "kept from it, and it was told: " + what.withheld().get().code();
    }
    return what.confirmed()
        ? "from message " + what.index() + " on"
        : "the homeserver has not confirmed it: it is offered again with the next event";
  }

  private int unread(OpenProfile open, Printer out) throws CommandFailure {
    ApiRequest request =
        ApiRequest.get("v3", "rooms", room, "messages")
            .with("dir", "b")
            .with("limit", Integer.toString(events));
    ObjectNode page = open.value(open.client().matrix().api().call(request));
    List<ObjectNode> encrypted = new ArrayList<>();
    for (JsonNode event : page.path("chunk")) {
      if (event instanceof ObjectNode object
          && event.path("type").asText().equals("m.room.encrypted")
          && !event.has("state_key")) {
        encrypted.add(object);
      }
    }
    int unread = 0;
    for (RoomEventResult result :
        open.ask(machine -> machine.rooms().decryptAll(room, encrypted))) {
      if (result instanceof RoomEventResult.UnableToDecrypt unable) {
        unread++;
        String event = unable.event().path("event_id").asText();
        String sender = unable.event().path("sender").asText();
        String why = UnreadReason.sentence(unable.failure());
        out.print(
            Printer.object("unread_event")
                .put("event", event)
                .put("sender", sender)
                .put("session", unable.event().path("content").path("session_id").asText())
                .put("reason", UnreadReason.name(unable.failure()))
                .put("why", why),
            "  " + event + " of " + sender + ": " + why);
      }
    }
    open.settle();
    return unread;
  }
}
