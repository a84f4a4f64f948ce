package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** matrix-nio with libolm, as Debian packages them. It knows neither fallback keys nor MSC4147. */
final class NioTest extends HeldSyncScenarios {
  static final List<String> COMMAND = List.of("/usr/bin/python3", "peers/nio/peer.py");

  /** A device without keys is asked again no earlier than this. */
  private static final Duration BACKOFF = Duration.ofSeconds(15);

  @Override
  List<String> command() {
    return COMMAND;
  }

  @Override
  boolean sendsDeviceKeys() {
    return false;
  }

  @Test
  void itsOneTimeKeysUsedUpAreAnOutcomeAndNewOnesMendIt() throws Exception {
    OurDevice alice = world().ours("alice");
    Peer bob = peer("bob", "BOBDEVICE");
    String user = bob.address().userId();

    world().homeserver().syncGate().withhold(user, SyncGate.Mode.SILENT);
    assertThat(OneTimeKeys.useUp(alice.client().matrix().keys(), bob.address())).isPositive();
    assertThat(alice.send(TYPE, text("lost"), bob.address()))
        .isEqualTo(new Outcome.NoOneTimeKeys());

    world().homeserver().syncGate().release(user);
    bob.uploadKeys();
    await()
        .atMost(BACKOFF.plus(SOON))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> alice.send(TYPE, text("later"), bob.address()).equals(new Outcome.Sent()));
    await().atMost(SOON).until(() -> texts(bob).equals(List.of("later")));
  }

  /** Its messages do not carry device keys, so nothing says whose they are until it is listed. */
  @Test
  void tdHeldAMessageOfADeviceThatWeDoNotKnowIsHandedOnOnceItIsKnown() throws Exception {
    OurDevice alice = world().ours("alice");
    Peer bob = peer("bob", "BOBDEVICE");
    assertThat(resultFromAnUnknownDevice(world(), alice, bob))
        .isInstanceOf(ToDeviceResult.UnableToDecrypt.class);

    alice.follow(bob.address().userId());
    await().atMost(SOON).until(() -> alice.knows(bob.address()));
    bob.send(TYPE, text("it is me"), alice.address());
    await().atMost(SOON).until(() -> texts(alice).equals(List.of("who?", "it is me")));
  }
}
