package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.keys.SenderEvidence;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What must work between us and a peer, whatever the peer is made of. */
@Tag("interop")
abstract class CallKeyScenarios {
  static final Duration SOON = Duration.ofSeconds(30);

  private World world;

  /** Starts a peer of the kind under test. */
  abstract List<String> command();

  @BeforeEach
  void start(TestInfo info) throws Exception {
    String method = info.getTestMethod().orElseThrow().getName();
    world = new World(getClass().getSimpleName() + "." + method);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  Peer peer(String user, String device) throws Exception {
    return world.peer(command(), world.account(user), device);
  }

  /** Each of the parties has the key that each other one encrypts with, and knows whose it is. */
  static void awaitKeysOfAll(List<? extends CallParty> parties) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              for (CallParty sender : parties) {
                for (CallParty receiver : parties) {
                  assertThat(receiver.keysOf(sender.address()))
                      .as("%s has of %s", receiver.address(), sender.address())
                      .endsWith(sender.ownKey());
                }
              }
            });
  }

  @Test
  void callKeysGoBothWaysAndTheSenderIsTheRightDevice() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    bob.joinRoom(room);
    OurCall call = OurCall.join(alice, room);
    bob.joinCall(room);

    awaitKeysOfAll(List.of(call, bob));
    assertThat(call.evidenceOf(bob.address()))
        .isNotEmpty()
        .containsOnly(new SenderEvidence.OlmDevice(bob.address(), SenderEvidence.Trust.KNOWN));
    assertThat(bob.received("io.element.call.encryption_keys"))
        .isNotEmpty()
        .allSatisfy(
            received -> {
              assertThat(received.encrypted()).isTrue();
              assertThat(received.sender()).isEqualTo(alice.address().userId());
              assertThat(received.senderDevice()).isEqualTo(alice.address().deviceId());
              assertThat(received.senderKey()).isEqualTo(alice.curve25519());
            });
    assertThat(call.refusals()).isEmpty();
  }
}
