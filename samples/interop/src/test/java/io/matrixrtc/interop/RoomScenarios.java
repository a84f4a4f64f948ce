package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RotationCause;
import io.matrixrtc.e2ee.WithheldCode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What encrypted rooms must do among ours, matrix-js-sdk and nio, on whatever homeserver. */
@Tag("interop")
abstract class RoomScenarios {
  private static final Duration SOON = Cast.SOON;
  private static final int ROTATION = 3;
  private static final String MARK = "org.example.mark";

  /** The shortest that ours and the SDK take from a room. */
  private static final Duration PERIOD = Duration.ofHours(1);

  /** nio reads no period from a room. */
  private static final Duration PERIOD_OF_NIO = Duration.ofDays(7);

  /** How long before its time a key is used once more. */
  private static final Duration LITTLE = Duration.ofMinutes(10);

  private Cast cast;

  abstract Cast open(TestInfo test) throws Exception;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    cast = open(test);
  }

  @AfterEach
  void stop() throws Exception {
    cast.close();
  }

  /**
   * Everybody reads everybody; by count and by leaves keys are replaced; who left reads nothing.
   */
  @Test
  void messagesGoInEveryDirectionAndKeysAreReplaced() throws Exception {
    OurDevice alice = cast.ours("alice");
    OurDevice dave = cast.ours("dave");
    String room = cast.world().room(alice, HistoryVisibility.SHARED, ROTATION);
    Peer bob = cast.sdk("bob");
    Peer carol = cast.nio("carol");
    dave.joinRoom(room);
    bob.joinRoom(room);
    carol.joinRoom(room);
    Cast.acquaint(List.of(alice, dave), List.of(bob, carol));

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
        .doesNotContainKey(Cast.device(carol.address()))
        .containsKey(Cast.device(bob.address()));
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

  /** Each implementation replaces its key when it is old, and no earlier; everybody reads on. */
  @Test
  void keysAreReplacedWhenTheyAreOld() throws Exception {
    OurDevice alice = cast.ours("alice");
    OurDevice dave = cast.ours("dave");
    String room = cast.world().room(alice, HistoryVisibility.SHARED, 100, PERIOD);
    Peer bob = cast.sdk("bob");
    Peer carol = cast.nio("carol");
    dave.joinRoom(room);
    bob.joinRoom(room);
    carol.joinRoom(room);
    Cast.acquaint(List.of(alice, dave), List.of(bob, carol));

    List<RoomSendOutcome.Sent> ours = new ArrayList<>();
    ours.add(alice.post(room, "young"));
    alice.pass(PERIOD.minus(LITTLE));
    ours.add(alice.post(room, "older"));
    alice.pass(LITTLE);
    ours.add(alice.post(room, "next"));
    assertThat(ours.get(1).encryption().rotation()).as("not before").isEmpty();
    assertThat(ours.get(2).encryption().rotation()).contains(RotationCause.AGE);
    List<String> keys = ours.stream().map(one -> one.encryption().key().sessionId()).toList();
    assertReplacedAtTheThird(keys);
    for (Peer reader : List.of(bob, carol)) {
      List<String> events = ours.stream().map(RoomSendOutcome.Sent::eventId).toList();
      await().atMost(SOON).until(() -> reader.read().containsAll(events));
      assertThat(events.stream().map(reader::sessionOf)).isEqualTo(keys);
    }

    assertReplacedByAge(bob, PERIOD, room, List.of(alice, dave), carol);
    assertReplacedByAge(carol, PERIOD_OF_NIO, room, List.of(alice, dave), bob);
  }

  private static void assertReplacedByAge(
      Peer writer, Duration age, String room, List<OurDevice> readers, Peer peer)
      throws InterruptedException {
    List<String> events = new ArrayList<>();
    events.add(writer.post(room, "young"));
    writer.pass(age.minus(LITTLE));
    events.add(writer.post(room, "older"));
    writer.pass(LITTLE);
    events.add(writer.post(room, "next"));
    for (OurDevice reader : readers) {
      await().atMost(SOON).until(() -> events.stream().allMatch(reader::hasRead));
      assertReplacedAtTheThird(
          events.stream().map(reader::keyOf).map(RoomKeyId::sessionId).toList());
    }
    await().atMost(SOON).until(() -> peer.read().containsAll(events));
  }

  private static void assertReplacedAtTheThird(List<String> sessions) {
    assertThat(sessions).hasSize(3);
    assertThat(sessions.get(1)).as("while it is young").isEqualTo(sessions.get(0));
    assertThat(sessions.get(2)).as("when it is old").isNotEqualTo(sessions.get(0));
  }

  /** A device that is blocked is told so, by ours and by the SDK; the others read on. */
  @Test
  void aBlockedDeviceIsToldSo() throws Exception {
    OurDevice alice = cast.ours("alice");
    String room = cast.world().room(alice, HistoryVisibility.SHARED, 100);
    Peer bob = cast.sdk("bob");
    Peer carol = cast.nio("carol");
    bob.joinRoom(room);
    carol.joinRoom(room);
    Cast.acquaint(List.of(alice), List.of(bob, carol));

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
    World.get(by.client().withMachine(machine -> machine.setLocalTrust(Cast.device(of), trust)));
  }

  /** Who joins later reads from then on; who is invited reads already, where the room allows it. */
  @Test
  void joinsAndInvitesFollowTheHistoryVisibility() throws Exception {
    OurDevice alice = cast.ours("alice");
    Peer bob = cast.sdk("bob");
    OurDevice erin = cast.ours("erin");
    String open = cast.world().room(alice, HistoryVisibility.SHARED, 100);
    String closed = cast.world().room(alice, HistoryVisibility.JOINED, 100);
    Cast.acquaint(List.of(alice, erin), List.of(bob));
    for (String room : List.of(open, closed)) {
      for (DeviceAddress guest : List.of(bob.address(), erin.address())) {
        World.get(alice.client().matrix().rooms().invite(room, guest.userId())).orThrow();
      }
    }
    RoomSendOutcome.Sent early = alice.post(open, "to the invited");
    RoomSendOutcome.Sent none = alice.post(closed, "to nobody yet");
    assertThat(early.encryption().shares())
        .containsKeys(Cast.device(bob.address()), Cast.device(erin.address()));
    assertThat(none.encryption().shares()).as("keys for the invited").isEmpty();

    // The SDK decides the same of its keys, as long as Erin is but invited.
    bob.joinRoom(open);
    bob.joinRoom(closed);
    await().atMost(SOON).until(() -> bob.read().contains(early.eventId()));
    String bobToInvited = bob.post(open, "to the invited");
    String bobToJoined = bob.post(closed, "to the joined");
    await().atMost(SOON).until(() -> alice.hasRead(bobToInvited) && alice.hasRead(bobToJoined));
    awaitWhatWasSent(bob, erin);
    assertThat(erin.holds(alice.keyOf(bobToInvited))).as("a key for the invited").isTrue();
    assertThat(erin.holds(alice.keyOf(bobToJoined))).as("a key for the joined").isFalse();

    erin.joinRoom(open);
    erin.joinRoom(closed);
    await().atMost(SOON).until(() -> erin.hasRead(early.eventId()) && erin.hasRead(bobToInvited));

    // Control: from the join on both read the closed room, too.
    await()
        .atMost(SOON)
        .until(
            () ->
                World.get(alice.client().matrix().rooms().joinedMembers(closed)).orThrow().size()
                    == 3);
    String late = alice.post(closed, "to the joined").eventId();
    await().atMost(SOON).until(() -> bob.read().contains(late) && erin.hasRead(late));
    assertThat(bob.read()).doesNotContain(none.eventId());
    assertThat(erin.hasRead(none.eventId())).isFalse();
    String back = bob.post(closed, "from bob").trim();
    await().atMost(SOON).until(() -> alice.hasRead(back) && erin.hasRead(back));
  }

  /** Waits until {@code to} has all to-device messages that {@code from} has sent it so far. */
  private static void awaitWhatWasSent(Peer from, OurDevice to) throws InterruptedException {
    int before = to.decrypted(MARK).size();
    from.send(MARK, Json.newObject(), to.address());
    await().atMost(SOON).until(() -> to.decrypted(MARK).size() > before);
  }

  /** When the room stops to show its history to the invited, the next key is not for them. */
  @Test
  void anotherHistoryVisibilityMakesAnotherKey() throws Exception {
    OurDevice alice = cast.ours("alice");
    OurDevice erin = cast.ours("erin");
    Peer bob = cast.sdk("bob");
    String room = cast.world().room(alice, HistoryVisibility.SHARED, 100);
    bob.joinRoom(room);
    Cast.acquaint(List.of(alice, erin), List.of(bob));
    World.get(alice.client().matrix().rooms().invite(room, erin.address().userId())).orThrow();
    RoomSendOutcome.Sent before = alice.post(room, "to the invited");
    String bobBefore = bob.post(room, "to the invited");
    await().atMost(SOON).until(() -> erin.holds(before.encryption().key()));
    await().atMost(SOON).until(() -> alice.hasRead(bobBefore));
    awaitWhatWasSent(bob, erin);
    assertThat(erin.holds(alice.keyOf(bobBefore))).isTrue();

    World.get(
            alice
                .client()
                .matrix()
                .rooms()
                .sendState(
                    room,
                    "m.room.history_visibility",
                    "",
                    Json.newObject().put("history_visibility", HistoryVisibility.JOINED.label())))
        .orThrow();
    RoomSendOutcome.Sent[] after = new RoomSendOutcome.Sent[1];
    String[] bobAfter = new String[1];
    await() // the change reaches everybody by sync
        .atMost(SOON)
        .until(
            () -> {
              after[0] = alice.post(room, "to the joined");
              return !after[0].encryption().key().equals(before.encryption().key());
            });
    assertThat(after[0].encryption().rotation()).contains(RotationCause.VISIBILITY);
    await()
        .atMost(SOON)
        .until(
            () -> {
              bobAfter[0] = bob.post(room, "to the joined");
              await().atMost(SOON).until(() -> alice.hasRead(bobAfter[0]));
              return !alice.keyOf(bobAfter[0]).equals(alice.keyOf(bobBefore));
            });
    await().atMost(SOON).until(() -> bob.read().contains(after[0].eventId()));
    awaitWhatWasSent(bob, erin);
    assertThat(erin.holds(after[0].encryption().key())).isFalse();
    assertThat(erin.holds(alice.keyOf(bobAfter[0]))).isFalse();
    assertThat(after[0].encryption().shares()).containsOnlyKeys(Cast.device(bob.address()));
  }
}
