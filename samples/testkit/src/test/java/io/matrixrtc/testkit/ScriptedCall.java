package io.matrixrtc.testkit;

import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A call that is running: everyone is in it, has everyone's key, and plays. */
final class ScriptedCall implements AutoCloseable {
  static final double SPEED = 20;
  private static final List<String> USERS = List.of("alice", "bob", "carol");

  final World world;
  final List<Participant> all = new ArrayList<>();

  private ScriptedCall(World world) {
    this.world = world;
  }

  static WorldSettings settings(WorldServer server) {
    Duration useDelay = Duration.ofSeconds(1);
    return new WorldSettings(server, SPEED, "strict", useDelay, "all", ParticipantAgent::new);
  }

  /** A call of the first {@code size} of alice, bob and carol on an embedded homeserver. */
  static ScriptedCall running(int size) throws IOException {
    ScriptedCall call = new ScriptedCall(World.open(settings(EmbeddedServer.start(0))));
    try {
      call.start(size);
      return call;
    } catch (RuntimeException e) {
      call.close();
      throw e;
    }
  }

  private void start(int size) {
    for (String user : USERS.subList(0, size)) {
      all.add(world.participant(user, user, user.toUpperCase(Locale.ROOT)));
    }
    world.together(all, Participant::signIn);
    String room = alice().createRoom("test");
    world.together(all, participant -> participant.enterRoom(room));
    all.forEach(Participant::joinCall);
    all.forEach(participant -> participant.settle(size - 1));
    Duration start = world.clock().elapsed();
    all.forEach(participant -> participant.startMedia(start));
    expectAllToHearEachOther(all);
  }

  Participant alice() {
    return all.get(0);
  }

  Participant bob() {
    return all.get(1);
  }

  Participant carol() {
    return all.get(2);
  }

  void expectAllToHearEachOther(List<Participant> some) {
    for (Participant listener : some) {
      for (Participant sender : some) {
        if (!listener.equals(sender)) {
          world.expect(listener).toHear(sender);
        }
      }
    }
  }

  /** Lets the call go on for some media time. */
  void goOn(Duration mediaTime) {
    world.await(world.clock().elapsed().plus(mediaTime));
  }

  @Override
  public void close() {
    world.close();
  }
}
