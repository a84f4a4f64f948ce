package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.client.KeysApi;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must work between us and a peer, too, and is seen where the homeserver is ours. */
abstract class HeldSyncScenarios extends CallKeyScenarios {
  /** The key comes in the same sync as the news that there is such a device, or before it. */
  @Test
  void aCallKeyOfADeviceThatWeHaveNeverSeenIsTakenAndItsDeviceAskedFor() throws Exception {
    OurDevice alice = world().ours("alice");
    String room = world().room(alice);
    Peer.Account bobs = world().account("bob");
    Peer bob = world().peer(command(), bobs, "BOBDEVICE");
    bob.joinRoom(room);
    acquaint(List.of(alice), List.of(bob));
    OurCall call = OurCall.join(alice, room);
    bob.joinCall(room);
    awaitKeysOfAll(List.of(call, bob));
    long queries = world().queries(alice.address().userId(), bobs.userId());

    Peer tablet = unseenInTheCall(alice, bobs, room);
    assertThat(world().queries(alice.address().userId(), bobs.userId())).isEqualTo(queries);
    assertThat(call.keysOf(tablet.address())).isEmpty();
    world().homeserver().syncGate().release(alice.address().userId());
    awaitKeysOfAll(List.of(call, bob, tablet));
    assertThat(call.evidenceOf(tablet.address()))
        .isNotEmpty()
        .containsOnly(new SenderEvidence.OlmDevice(tablet.address(), SenderEvidence.Trust.KNOWN));
    await().atMost(SOON).until(() -> alice.knows(tablet.address()));
    assertThat(world().queries(alice.address().userId(), bobs.userId())).isGreaterThan(queries);
    // Without device keys inside, nothing says whose a message is until the list has come.
    assertThat(alice.results().stream().anyMatch(ToDeviceResult.UnableToDecrypt.class::isInstance))
        .isEqualTo(!sendsDeviceKeys());
    assertThat(call.refusals()).isEmpty();
  }

  /**
   * A device that its owner has just logged in, and that has sent its call key to {@code ours}. The
   * sync of ours is withheld, so that it cannot have heard of the device.
   */
  Peer unseenInTheCall(OurDevice ours, Peer.Account owner, String room) throws Exception {
    world().homeserver().syncGate().withhold(ours.address().userId(), SyncGate.Mode.EMPTY);
    Peer unseen = world().peer(command(), owner, "BOBTABLET");
    unseen.joinRoom(room);
    await().atMost(SOON).until(() -> unseen.knows(ours.address()));
    long sent = world().sentTo(owner.userId(), ours.address());
    unseen.joinCall(room);
    await().atMost(SOON).until(() -> world().sentTo(owner.userId(), ours.address()) > sent);
    assertThat(ours.knows(unseen.address())).isFalse();
    return unseen;
  }

  @Test
  void aCallKeyOfANewDeviceOfOursIsReadByAPeerThatHasNotFetchedIt() throws Exception {
    MatrixSession session = world().register("alice");
    OurDevice alice = world().ours(session);
    String room = world().room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    bob.joinRoom(room);
    acquaint(List.of(alice), List.of(bob));
    OurCall phone = OurCall.join(alice, room);
    bob.joinCall(room);
    awaitKeysOfAll(List.of(phone, bob));

    String bobs = bob.address().userId();
    world().homeserver().syncGate().withhold(bobs, SyncGate.Mode.EMPTY);
    long queries = world().queries(bobs, session.userId());
    long sent = world().sentTo(session.userId(), bob.address());
    OurDevice other = world().ours(world().login(session.userId()));
    getToKnow(other, bob);
    OurCall laptop = OurCall.join(other, room);
    await().atMost(SOON).until(() -> world().sentTo(session.userId(), bob.address()) > sent);
    assertThat(world().queries(bobs, session.userId())).as("not fetched").isEqualTo(queries);
    assertThat(bob.keysOf(other.address())).isEmpty();

    world().homeserver().syncGate().release(bobs);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(bob.keysOf(other.address())).endsWith(laptop.ownKey()));
    awaitKeysOfAll(List.of(phone, bob)); // not of the laptop: upstream gives it none, see acquaint
    assertThat(bob.received(KEYS))
        .filteredOn(received -> received.senderKey().equals(other.curve25519()))
        .isNotEmpty()
        .allSatisfy(
            received -> assertThat(received.senderDevice()).isEqualTo(other.address().deviceId()));
    assertThat(world().queries(bobs, session.userId())).isGreaterThan(queries);
  }

  @Test
  void ourOneTimeKeysUsedUpOurFallbackKeyDoes() throws Exception {
    OurDevice alice = world().ours("alice");
    String room = world().room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    Peer carol = peer("carol", "CAROLDEVICE");
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(alice), List.of(bob, carol));
    await().atMost(SOON).until(alice::uploadsNothing);
    KeysApi keys = alice.client().matrix().keys();

    world().homeserver().syncGate().withhold(alice.address().userId(), SyncGate.Mode.SILENT);
    assertThat(OneTimeKeys.useUp(keys, alice.address())).isPositive();
    assertThat(bob.send(TYPE, text("of bob"), alice.address())).containsExactly(0);
    assertThat(carol.send(TYPE, text("of carol"), alice.address())).containsExactly(0);
    for (Peer peer : List.of(bob, carol)) {
      assertThat(world().claims(peer.address().userId(), alice.address()))
          .containsExactly(OneTimeKeys.Claimed.FALLBACK_KEY);
    }

    world().homeserver().syncGate().release(alice.address().userId());
    await().atMost(SOON).until(() -> texts(alice).equals(List.of("of bob", "of carol")));
    assertThat(alice.decrypted(TYPE))
        .extracting(one -> one.info().senderDevice().orElse("unknown"))
        .containsExactly("BOBDEVICE", "CAROLDEVICE");
    assertThat(alice.send(TYPE, text("answer"), bob.address())).isEqualTo(new Outcome.Sent());
    await().atMost(SOON).until(() -> texts(bob).equals(List.of("answer")));
    await()
        .atMost(SOON)
        .until(() -> OneTimeKeys.claim(keys, alice.address()) == OneTimeKeys.Claimed.ONE_TIME_KEY);
  }

  /**
   * What becomes of a message from a device that {@code alice} has not heard of: it comes in the
   * same sync as the news that {@code bob} is in a room with her.
   */
  static ToDeviceResult resultFromAnUnknownDevice(World world, OurDevice alice, Peer bob)
      throws Exception {
    String room = world.room(alice);
    SyncGate gate = world.homeserver().syncGate();
    gate.withhold(alice.address().userId(), SyncGate.Mode.EMPTY);
    bob.joinRoom(room);
    assertThat(bob.send(TYPE, text("who?"), alice.address())).containsExactly(0);
    assertThat(alice.knows(bob.address())).isFalse();
    gate.release(alice.address().userId());
    await().atMost(SOON).until(() -> !alice.results().isEmpty());
    return alice.results().get(0);
  }
}
