package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.RoomSessionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The keys of a room that are here. */
@Command(
    name = "sessions",
    description = {
      "Show the Megolm sessions of a room: the one that this device writes with, and those that it can read.",
      "The keys themselves are not shown."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys sessions '!room:localhost'"})
final class SessionsCommand extends KeysAction {
  private static final int PAGE = 500;

  @Parameters(paramLabel = "ROOM", description = "Room id.")
  private String room = "";

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    roomId(room);
    try (OpenProfile open = OpenProfile.open(profile)) {
      Optional<RoomSessionStatus> own = open.ask(machine -> machine.rooms().outboundSession(room));
      own.ifPresent(session -> print(session, out));
      if (own.isEmpty()) {
        out.note("This device has written nothing in the room yet.");
      }
      List<RoomKeyInfo> held = held(open);
      held.forEach(key -> print(key, out));
      if (held.isEmpty()) {
        out.note("It holds no key of the room.");
      }
      out.summary().put("held", held.size()).put("writes", own.isPresent());
    }
  }

  private List<RoomKeyInfo> held(OpenProfile open) throws CommandFailure {
    return open.ask(
        machine -> {
          List<RoomKeyInfo> found = new ArrayList<>();
          Optional<RoomKeyId> after = Optional.empty();
          List<RoomKeyInfo> page;
          do {
            page = machine.rooms().keys().infos(after, PAGE);
            for (RoomKeyInfo key : page) {
              if (key.id().roomId().equals(room)) {
                found.add(key);
              }
              after = Optional.of(key.id());
            }
          } while (page.size() == PAGE);
          return found;
        });
  }

  private static void print(RoomSessionStatus session, Printer out) {
    long served = session.devices().values().stream().filter(d -> d.confirmed()).count();
    out.print(
        Printer.object("writing_session")
            .put("room", session.key().roomId())
            .put("session", session.key().sessionId())
            .put("created", session.createdAt().toString())
            .put("messages", session.messages())
            .put("visibility", session.visibility().label())
            .put("devices", served),
        "Writes with  "
            + session.key().sessionId()
            + " since "
            + session.createdAt()
            + ": "
            + session.messages()
            + " messages, "
            + served
            + " devices have it");
  }

  private static void print(RoomKeyInfo key, Printer out) {
    String owner = key.sender().device().map(device -> device.toString()).orElse("");
    out.print(
        Printer.object("reading_session")
            .put("room", key.id().roomId())
            .put("session", key.id().sessionId())
            .put("owner", owner)
            .put("state", key.sender().state().name())
            .put("source", key.source().name())
            .put("firstIndex", key.firstKnownIndex())
            .put("sharedHistory", key.sharedHistory()),
        "Reads        "
            + key.id().sessionId()
            + " from message "
            + key.firstKnownIndex()
            + " on, "
            + (owner.isEmpty() ? "" : owner + ", ")
            + DevicesCommand.sentence(key.sender().state()));
  }
}
