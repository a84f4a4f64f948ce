package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.keys.KeyEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** matrix-js-sdk 39.0, whose keys are room events, with us and a current one in one call. */
@Tag("interop")
final class JsSdk39Test {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<String> OLD = List.of("node", "target/js-sdk-39/peer.mjs");

  private World world;

  @BeforeEach
  void start(TestInfo info) throws Exception {
    world = new World("JsSdk39Test." + info.getTestMethod().orElseThrow().getName());
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  private Peer peer(List<String> command, String user, String device) throws Exception {
    return world.peer(command, world.account(user), device);
  }

  private static void awaitKey(CallParty receiver, CallParty sender) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(receiver.keysOf(sender.address())).endsWith(sender.ownKey()));
  }

  @Test
  void keysOfAnOldClientGoBothWaysByRoomEvents() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer(OLD, "bob", "BOBDEVICE");
    bob.joinRoom(room);
    await().atMost(SOON).until(() -> bob.knows(alice.address()));
    OurCall call = OurCall.joinAdaptively(alice, room);
    bob.joinCall(room);

    awaitKey(call, bob);
    awaitKey(bob, call);
    assertThat(call.keyEvents(KeyEvent.RemoteKeyReceived.class))
        .isNotEmpty()
        .allMatch(received -> received.way().toString().equals("room-event (fallback)"));
    assertThat(call.keyEvents(KeyEvent.WayChanged.class))
        .singleElement()
        .satisfies(change -> assertThat(change.devices()).containsExactly(bob.address()));
    assertThat(call.refusals()).isEmpty();
    bob.leaveCall();
    await().atMost(SOON).until(() -> call.members().equals(List.of(alice.address())));
    call.leave();
    call.close();
  }

  @Test
  void aCurrentClientInTheSameCallIsReachedByToDeviceMessagesAllTheWhile() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer(OLD, "bob", "BOBDEVICE");
    Peer carol = peer(JsSdkTest.COMMAND, "carol", "CAROLDEVICE");
    bob.joinRoom(room);
    carol.joinRoom(room);
    await().atMost(SOON).until(() -> bob.knows(alice.address()) && carol.knows(alice.address()));
    OurCall call = OurCall.joinAdaptively(alice, room);
    bob.joinCall(room);
    carol.joinCall(room);

    awaitKey(call, bob);
    awaitKey(call, carol);
    awaitKey(bob, call);
    awaitKey(carol, call);
    assertThat(call.keyEvents(KeyEvent.WayChanged.class))
        .flatExtracting(KeyEvent.WayChanged::devices)
        .containsOnly(bob.address());
    assertThat(carol.keysOf(bob.address())).as("they cannot hear each other").isEmpty();
    assertThat(bob.keysOf(carol.address())).isEmpty();
    call.leave();
    call.close();
  }
}
