package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.RemoteKeyState;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import org.junit.jupiter.api.Test;

class RtcSessionTest {
  private final VirtualTime time = new VirtualTime();
  private final ToDeviceNetwork network = new ToDeviceNetwork(time);
  private final SimulatedRoom room = new SimulatedRoom(time);

  private Participant participant(String user, String device) {
    room.joinRoom(user);
    return new Participant(user, device, room, network, time);
  }

  @Test
  void twoWhoJoinHaveEachOthersKeysAndALeaverDoesNotGetTheNextOne() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    Participant carol = participant("@carol:example.org", "CAROLDEV");

    assertThat(alice.join()).isEqualTo(new JoinResult.Joined());
    time.advanceMillis(100);
    assertThat(bob.join()).isEqualTo(new JoinResult.Joined());
    time.advanceMillis(100);
    assertThat(carol.join()).isEqualTo(new JoinResult.Joined());
    time.advanceMillis(100);

    assertThat(alice.sink.own).hasSize(1);
    assertThat(bob.sink.remote(alice.identity())).containsExactly(alice.sink.inUse());
    assertThat(alice.sink.remote(bob.identity())).containsExactly(bob.sink.inUse());
    assertThat(carol.sink.remote(alice.identity())).containsExactly(alice.sink.inUse());

    time.advanceMillis(2_000);
    assertThat(carol.leave()).isEqualTo(new LeaveResult.Left());
    assertThat(carol.sink.closed).isEqualTo(1);
    assertThat(alice.sink.own).hasSize(1);
    time.advanceMillis(1_000);
    assertThat(alice.sink.own).hasSize(2);
    assertThat(bob.sink.remote(alice.identity())).containsExactlyElementsOf(alice.sink.own);
    assertThat(carol.sink.remote(alice.identity())).hasSize(1);

    KeyStatus status = Participant.now(alice.session.keyStatus());
    assertThat(status.remote()).hasSize(1);
    assertThat(status.remote().values()).allMatch(RemoteKeyState.Held.class::isInstance);
  }
}
