package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.TrustRequirement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** matrix-js-sdk with its Rust crypto, on Node; its MatrixRTCSession makes and takes the keys. */
final class JsSdkTest extends HeldSyncScenarios {
  static final List<String> COMMAND = List.of("node", "target/js-sdk/peer.mjs");

  @Override
  List<String> command() {
    return COMMAND;
  }

  @Override
  boolean sendsDeviceKeys() {
    return true;
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
    assertThat(resultFromAnUnknownDevice(world(), alice, bob))
        .isInstanceOfSatisfying(
            ToDeviceResult.Decrypted.class,
            decrypted -> assertThat(decrypted.info().senderDevice()).contains("BOBDEVICE"));
  }

  @Test
  void byDefaultOnlyCrossSignedDevicesGiveAndGetKeys() throws Exception {
    onlyCrossSignedDevicesGiveAndGetKeys();
  }

  @Test
  void tdHeldTheCallKeyOfANewDeviceCountsOnceItsOwnerHasSignedTheDevice() throws Exception {
    try (MemoryCryptoStore store = new MemoryCryptoStore()) {
      OurDevice alice =
          world().ours(world().register("alice"), OlmMachine.Settings.defaults(), store);
      String room = world().room(alice);
      Peer.Account bobs = world().account("bob");
      Peer bob = world().peer(command(), bobs, "BOBDEVICE");
      bob.crossSign();
      bob.joinRoom(room);
      acquaint(List.of(alice), List.of(bob));
      OurCall call = OurCall.join(alice, room, TrustRequirement.CROSS_SIGNED);
      bob.joinCall(room);
      awaitKeysOfAll(List.of(call, bob));

      Peer tablet = unseenInTheCall(alice, bobs, room);
      world().homeserver().syncGate().release(alice.address().userId());
      await().atMost(SOON).until(() -> alice.knows(tablet.address()));
      awaitRefusedMessage(alice, bobs.userId());
      assertThat(call.keysOf(tablet.address())).isEmpty();
      CallKey first = tablet.ownKey();

      await().atMost(SOON).until(() -> bob.knows(tablet.address()));
      bob.call("signDevice", Json.newObject().put("device", tablet.address().deviceId()));
      await().atMost(SOON).until(() -> call.keysOf(tablet.address()).contains(first));
      assertThat(call.evidenceOf(tablet.address()))
          .isNotEmpty()
          .containsOnly(
              new SenderEvidence.OlmDevice(tablet.address(), SenderEvidence.Trust.CROSS_SIGNED));
      call.close();
      alice.close();
    }
  }
}
