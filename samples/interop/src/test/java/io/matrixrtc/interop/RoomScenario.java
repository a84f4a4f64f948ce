package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.WithheldCode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What encrypted rooms must do among three implementations, on whatever homeserver. */
final class RoomScenario {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int ROTATION = 3;

  private final World world;
  private final UnaryOperator<String> names;

  /** Names users by {@code names}, so that they are new on a homeserver that runs longer. */
  RoomScenario(World world, UnaryOperator<String> names) {
    this.world = world;
    this.names = names;
  }

  private OurDevice ours(String name) throws Exception {
    return world.ours(names.apply(name));
  }

  private Peer sdk(String name) throws Exception {
    return world.peer(JsSdkTest.COMMAND, world.account(names.apply(name)), "SDKDEVICE");
  }

  private Peer nio(String name) throws Exception {
    return world.peer(NioTest.COMMAND, world.account(names.apply(name)), "NIODEVICE");
  }

  private static void acquaint(List<OurDevice> ours, List<Peer> peers) {
    for (Peer peer : peers) {
      for (OurDevice device : ours) {
        device.follow(peer.address().userId());
        await().atMost(SOON).until(() -> device.knows(peer.address()));
        await().atMost(SOON).until(() -> peer.knows(device.address()));
      }
      for (Peer other : peers) {
        await().atMost(SOON).until(() -> peer == other || peer.knows(other.address()));
      }
    }
  }

  /**
   * Everybody reads everybody; by count and by leaves keys are replaced; who left reads nothing.
   */
  void messagesGoInEveryDirectionAndKeysAreReplaced() throws Exception {
    OurDevice alice = ours("alice");
    OurDevice dave = ours("dave");
    String room = world.room(alice, HistoryVisibility.SHARED, ROTATION);
    Peer bob = sdk("bob");
    Peer carol = nio("carol");
    dave.joinRoom(room);
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(alice, dave), List.of(bob, carol));

    String fromAlice = alice.post(room, "from alice").eventId();
    await().atMost(SOON).until(() -> bob.read().contains(fromAlice));
    await().atMost(SOON).until(() -> carol.read().contains(fromAlice));
    await().atMost(SOON).until(() -> dave.hasRead(fromAlice));
    String fromBob = bob.post(room, "from bob");
    await().atMost(SOON).until(() -> alice.hasRead(fromBob) && dave.hasRead(fromBob));
    await().atMost(SOON).until(() -> carol.read().contains(fromBob));
    String fromCarol = carol.post(room, "from carol");
    await().atMost(SOON).until(() -> alice.hasRead(fromCarol) && dave.hasRead(fromCarol));
    await().atMost(SOON).until(() -> bob.read().contains(fromCarol));

    // By count: ours after three messages, and the SDK's as well.
    Set<String> ourSessions = new HashSet<>();
    for (int i = 0; i < ROTATION + 1; i++) {
      ourSessions.add(alice.post(room, "count " + i).encryption().key().sessionId());
      String last = bob.post(room, "sdk count " + i);
      await().atMost(SOON).until(() -> alice.hasRead(last));
    }
    assertThat(ourSessions).hasSize(2);
    long sdkSessions =
        alice.read().stream()
            .filter(one -> one.info().sender().equals(bob.address().userId()))
            .map(one -> one.key())
            .distinct()
            .count();
    assertThat(sdkSessions).isEqualTo(2);

    // A leave: the key is another one at once, and who left is not given it.
    RoomSendOutcome.Sent before = alice.post(room, "carol is here");
    await().atMost(SOON).until(() -> carol.read().contains(before.eventId()));
    carol.call("leaveRoom", Json.newObject().put("room", room));
    await()
        .atMost(SOON)
        .until(
            () ->
                !World.get(alice.client().matrix().rooms().joinedMembers(room))
                    .orThrow()
                    .contains(carol.address().userId()));
    RoomSendOutcome.Sent after = awaitOtherKey(alice, room, before);
    await().atMost(SOON).until(() -> bob.read().contains(after.eventId()));
    assertThat(after.encryption().shares())
        .doesNotContainKey(device(carol.address()))
        .containsKey(device(bob.address()));
    assertThat(carol.read()).doesNotContain(after.eventId());
  }

  /** The leave reaches us by sync, so it may take another message. */
  private static RoomSendOutcome.Sent awaitOtherKey(
      OurDevice device, String room, RoomSendOutcome.Sent before) {
    RoomSendOutcome.Sent[] last = new RoomSendOutcome.Sent[1];
    int[] tries = {0};
    await()
        .atMost(SOON)
        .until(
            () -> {
              last[0] = device.post(room, "try");
              // By count alone there is another key only after three messages.
              return ++tries[0] < ROTATION
                  && !last[0].encryption().key().equals(before.encryption().key());
            });
    return last[0];
  }

  /** A device that is blocked is told so, by ours and by the SDK; the others read on. */
  void aBlockedDeviceIsToldSo() throws Exception {
    OurDevice alice = ours("alice");
    String room = world.room(alice, HistoryVisibility.SHARED, 100);
    Peer bob = sdk("bob");
    Peer carol = nio("carol");
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(alice), List.of(bob, carol));

    block(alice, bob.address(), LocalTrust.BLOCKED);
    String kept = alice.post(room, "not for bob").eventId();
    await().atMost(SOON).until(() -> carol.read().contains(kept));
    await().atMost(SOON).until(() -> bob.unread(kept).contains("MEGOLM_KEY_WITHHELD"));
    assertThat(bob.read()).doesNotContain(kept);
    block(alice, bob.address(), LocalTrust.UNSET);
    String given = alice.post(room, "for bob").eventId();
    await().atMost(SOON).until(() -> bob.read().contains(given));

    bob.call(
        "block",
        Json.newObject()
            .put("user", alice.address().userId())
            .put("device", alice.address().deviceId()));
    String fromBob = bob.post(room, "not for alice");
    await().atMost(SOON).until(() -> carol.read().contains(fromBob));
    await()
        .atMost(SOON)
        .until(
            () ->
                alice.unread(fromBob).stream()
                    .anyMatch(
                        failure ->
                            failure instanceof RoomDecryptionFailure.MissingRoomKey missing
                                && missing
                                    .withheld()
                                    .equals(Optional.of(WithheldCode.BLACKLISTED))));
    assertThat(alice.hasRead(fromBob)).isFalse();
  }

  private static void block(OurDevice by, DeviceAddress of, LocalTrust trust) {
    World.get(by.client().withMachine(machine -> machine.setLocalTrust(device(of), trust)));
  }

  private static UserDevice device(DeviceAddress address) {
    return new UserDevice(address.userId(), address.deviceId());
  }

  /** Who joins later reads from then on; who is invited reads already, where the room allows it. */
  void joinsAndInvitesFollowTheHistoryVisibility() throws Exception {
    OurDevice alice = ours("alice");
    Peer bob = sdk("bob");
    OurDevice erin = ours("erin");
    String open = world.room(alice, HistoryVisibility.SHARED, 100);
    String closed = world.room(alice, HistoryVisibility.JOINED, 100);
    acquaint(List.of(alice, erin), List.of(bob));
    alice.follow(erin.address().userId());
    await().atMost(SOON).until(() -> alice.knows(erin.address()));
    for (String room : List.of(open, closed)) {
      for (DeviceAddress guest : List.of(bob.address(), erin.address())) {
        World.get(alice.client().matrix().rooms().invite(room, guest.userId())).orThrow();
      }
    }
    String early = alice.post(open, "to the invited").eventId();
    String none = alice.post(closed, "to nobody yet").eventId();
    for (String room : List.of(open, closed)) {
      bob.joinRoom(room);
      erin.joinRoom(room);
    }
    await().atMost(SOON).until(() -> bob.read().contains(early) && erin.hasRead(early));

    // Control: from the join on both read the closed room, too.
    await()
        .atMost(SOON)
        .until(
            () ->
                World.get(alice.client().matrix().rooms().joinedMembers(closed)).orThrow().size()
                    == 3);
    String late = alice.post(closed, "to the joined").eventId();
    await().atMost(SOON).until(() -> bob.read().contains(late) && erin.hasRead(late));
    assertThat(bob.read()).doesNotContain(none);
    assertThat(erin.hasRead(none)).isFalse();
    String back = bob.post(closed, "from bob").trim();
    await().atMost(SOON).until(() -> alice.hasRead(back) && erin.hasRead(back));
  }
}
