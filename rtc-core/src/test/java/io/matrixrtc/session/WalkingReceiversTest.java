package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.RecordingSink;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.KeyIndex;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WalkingReceiversTest {
  private final VirtualTime time = new VirtualTime();
  private final ToDeviceNetwork network = new ToDeviceNetwork(time);
  private final SimulatedRoom room = new SimulatedRoom(time);

  private static final class Media extends RecordingSink {
    private final boolean walks;

    Media(boolean walks) {
      this.walks = walks;
    }

    @Override
    public boolean walksKeys() {
      return walks;
    }

    @Override
    public boolean advancesKeys() {
      return true;
    }

    @Override
    public void onOwnKeyAdvanced(KeyIndex index, int steps) {}
  }

  private Participant joined(String user, boolean walks) {
    room.joinRoom(user);
    Participant made =
        new Participant(
            new DeviceAddress(user, "DEV"),
            RotationPolicies.ratchet(Duration.ofSeconds(1)),
            room,
            network,
            time,
            new Media(walks));
    assertThat(made.join()).isEqualTo(new JoinResult.Joined());
    time.advance(Duration.ofSeconds(10));
    return made;
  }

  private static long advances(Participant who) {
    return who.events.stream()
        .filter(SessionEvent.Keys.class::isInstance)
        .map(event -> ((SessionEvent.Keys) event).event())
        .filter(KeyEvent.OwnKeyAdvanced.class::isInstance)
        .count();
  }

  @Test
  void keyR0WhoWalksAnnouncesItInItsMembershipAndJoinersAreLetInByAStep() {
    Participant alice = joined("@alice:example.org", true);
    joined("@bob:example.org", true);
    int keys = alice.made.size();
    joined("@carol:example.org", true);
    assertThat(advances(alice)).isPositive();
    assertThat(alice.made).hasSize(keys);
    assertThat(room.state.values())
        .allMatch(event -> event.content().path(WalkingReceivers.FIELD).asBoolean());
  }

  @Test
  void keyR0OneWhoDoesNotAnnounceItMakesTheJoinARotationUnlessTheAppKnowsBetter() {
    Participant alice = joined("@alice:example.org", true);
    Participant bob = joined("@bob:example.org", false);
    int keys = alice.made.size();
    long before = advances(alice);
    joined("@carol:example.org", true);
    assertThat(advances(alice)).isEqualTo(before);
    assertThat(alice.made).hasSize(keys + 1);
    assertThat(room.state.values())
        .as("who does not walk writes exactly what Element Call writes")
        .anyMatch(event -> !event.content().has(WalkingReceivers.FIELD));

    alice.session.onWalkingReceivers(Set.of(bob.device));
    joined("@dave:example.org", true);
    assertThat(advances(alice)).isGreaterThan(before);
    assertThat(alice.made).hasSize(keys + 1);
  }
}
