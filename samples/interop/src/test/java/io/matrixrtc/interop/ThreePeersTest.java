package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three implementations of Olm in one call: ours, vodozemac by matrix-js-sdk, libolm by nio. */
@Tag("interop")
class ThreePeersTest {
  private World world;

  @BeforeEach
  void start() throws Exception {
    world = new World("ThreePeersTest");
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  @Test
  void callKeysGoInEveryDirectionAndALeaveMakesNewOnesForAll() throws Exception {
    OurDevice alice = world.ours("alice");
    OurDevice dave = world.ours("dave");
    String room = world.room(alice);
    Peer bob = world.peer(JsSdkTest.COMMAND, world.account("bob"), "BOBDEVICE");
    Peer carol = world.peer(NioTest.COMMAND, world.account("carol"), "CAROLDEVICE");
    dave.joinRoom(room);
    bob.joinRoom(room);
    carol.joinRoom(room);
    for (OurDevice ours : List.of(alice, dave)) {
      CallKeyScenarios.getToKnow(ours, carol);
      await().atMost(CallKeyScenarios.SOON).until(() -> bob.knows(ours.address()));
    }
    await().atMost(CallKeyScenarios.SOON).until(() -> bob.knows(carol.address()));
    OurCall atAlice = OurCall.join(alice, room);
    OurCall atDave = OurCall.join(dave, room);
    bob.joinCall(room);
    carol.joinCall(room);
    CallKeyScenarios.awaitKeysOfAll(List.of(atAlice, atDave, bob, carol));

    List<CallParty> staying = List.of(atAlice, bob, carol);
    List<CallKey> before = staying.stream().map(CallParty::ownKey).toList();
    atDave.leave();
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(() -> staying.stream().map(CallParty::ownKey).noneMatch(before::contains));
    CallKeyScenarios.awaitKeysOfAll(staying);
    for (CallParty party : staying) {
      assertThat(atDave.keysOf(party.address())).doesNotContain(party.ownKey());
    }
    assertThat(atAlice.refusals()).isEmpty();
  }
}
