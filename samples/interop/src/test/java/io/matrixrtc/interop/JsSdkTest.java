package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** matrix-js-sdk with its Rust crypto, on Node; its MatrixRTCSession makes and takes the keys. */
final class JsSdkTest extends CallKeyScenarios {
  static final List<String> COMMAND = List.of("node", "target/js-sdk/peer.mjs");

  @Override
  List<String> command() {
    return COMMAND;
  }

  @Test
  void itsOneTimeKeysUsedUpItsFallbackKeyDoes() throws Exception {
    OurDevice alice = world().ours("alice");
    Peer bob = peer("bob", "BOBDEVICE");
    String user = bob.address().userId();
    await().atMost(SOON).until(() -> world().uploadedFallbackKey(user));

    world().homeserver().syncGate().withhold(user, SyncGate.Mode.SILENT);
    assertThat(OneTimeKeys.useUp(alice.client().matrix().keys(), bob.address())).isPositive();
    assertThat(alice.send(TYPE, text("by fallback"), bob.address())).isEqualTo(new Outcome.Sent());
    assertThat(world().claims(alice.address().userId(), bob.address()))
        .endsWith(OneTimeKeys.Claimed.FALLBACK_KEY);

    world().homeserver().syncGate().release(user);
    await().atMost(SOON).until(() -> texts(bob).equals(List.of("by fallback")));
    assertThat(bob.received(TYPE).get(0).senderKey()).isEqualTo(alice.curve25519());
  }

  /** Its messages carry the sending device's keys (MSC4147). */
  @Test
  void aMessageOfADeviceThatWeDoNotKnowCanBeReadAndNamesTheDevice() throws Exception {
    OurDevice alice = world().ours("alice");
    Peer bob = peer("bob", "BOBDEVICE");
    bob.joinRoom(world().room(alice));
    assertThat(resultFromAnUnknownDevice(alice, bob))
        .isInstanceOfSatisfying(
            ToDeviceResult.Decrypted.class,
            decrypted -> assertThat(decrypted.info().senderDevice()).contains("BOBDEVICE"));
  }
}
