package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.RemoteKeyState;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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

  @Test
  void em11AnUnencryptedSessionSendsNoKeysAndTakesNone() {
    room.joinRoom("@x:example.org");
    DeviceAddress device = new DeviceAddress("@x:example.org", "XDEV");
    RtcSession session =
        new RtcSession(
            SessionSettings.roomCall(Participant.ROOM_ID, "11", device),
            room.publisher(device.userId()),
            Optional.empty(),
            time,
            event -> {});
    room.attach(session);
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    alice.join();
    assertThat(Participant.now(session.join(JoinRequest.multiSfu(List.of()))))
        .isEqualTo(new JoinResult.Joined());
    time.advanceMillis(60_000);
    assertThat(network.listeners(device)).isZero();
    assertThat(network.sent).allMatch(sent -> sent.from().equals(alice.device)).hasSize(1);
    assertThat(Participant.now(session.keyStatus())).isEqualTo(KeyStatus.NONE);
    session.replayKeys();
  }

  @Test
  void emMemberKeysFlowOnlyOnceTheMembershipIsPublished_ours() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    room.refusal = () -> new PublishOutcome.Forbidden("no");
    assertThat(bob.join()).isEqualTo(new JoinResult.Forbidden("no"));
    time.advanceMillis(60_000);
    assertThat(network.sent).isEmpty();
    assertThat(network.listeners(bob.device)).isZero();
    room.refusal = () -> null;
    assertThat(bob.join()).isEqualTo(new JoinResult.Joined());
    assertThat(network.sent).hasSize(2);
  }

  @Test
  void g1BehindADeviceThatComesBackWithoutHavingLeftIsGivenKeysAgain_ours() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant before = participant("@bob:example.org", "BOBDEV");
    alice.join();
    before.join();
    time.advanceMillis(3_000);
    assertThat(before.sink.remote(alice.identity())).contains(alice.sink.inUse());
    room.sessions.remove(before.session);
    before.session.close();

    time.advance(Duration.ofMinutes(1));
    Participant back = participant("@bob:example.org", "BOBDEV");
    assertThat(back.join()).isEqualTo(new JoinResult.Joined());
    time.advanceMillis(3_000);
    assertThat(back.sink.remote(alice.identity())).last().isEqualTo(alice.sink.inUse());
    assertThat(alice.sink.remote(back.identity())).last().isEqualTo(back.sink.inUse());
  }

  @Test
  void g1RefreshCausesNoKeyTrafficAndARejoinDoes_ours() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    bob.join();
    time.advance(Duration.ofMinutes(50));
    int before = network.sent.size();
    time.advance(Duration.ofHours(9));
    assertThat(room.log.size()).isGreaterThan(18);
    assertThat(network.sent).hasSize(before);
    assertThat(alice.events)
        .filteredOn(SessionEvent.MemberUpdated.class::isInstance)
        .hasSizeGreaterThan(9);

    bob.leave();
    bob.join();
    time.advanceMillis(3_000);
    assertThat(network.sent.size()).isGreaterThan(before);
    assertThat(bob.sink.remote(alice.identity())).last().isEqualTo(alice.sink.inUse());
    assertThat(alice.sink.remote(bob.identity())).last().isEqualTo(bob.sink.inUse());
  }

  @Test
  void g1LostMembershipIsRepairedAndTheKeyOfferedAgain_ours() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    bob.join();
    time.advanceMillis(100);
    String key = bob.sink.inUse();
    room.set(
        bob.device.userId(),
        MemberEvents.key(bob.device.userId(), "BOBDEV"),
        MemberEvents.json("{}"),
        time.now());
    time.advanceMillis(5_000);
    assertThat(bob.events)
        .contains(
            new SessionEvent.Own(new OwnMembershipEvent.MembershipLost()),
            new SessionEvent.Own(new OwnMembershipEvent.MembershipRestored()));
    assertThat(bob.sink.own).containsExactly(key);
    assertThat(alice.sink.rings.get(bob.identity())).hasSize(1);
    assertThat(network.sent.stream().filter(sent -> sent.from().equals(bob.device)))
        .as("the first key to alice, and again after the return")
        .hasSize(2);
    assertThat(alice.sink.inUse()).isEqualTo(lastKeyOf(bob, alice));
  }

  @Test
  void g1DoubleTwoMembershipsOfOneDeviceAreServedOnce() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    bob.join();
    int before = network.sent.size();
    room.set(
        "@bob:example.org",
        "_@bob:example.org_BOBDEV",
        MemberEvents.content("@bob:example.org", "BOBDEV"),
        time.now());
    assertThat(network.sent.size()).isEqualTo(before);
  }

  @Test
  void rs23G1ExpiryAMemberIsDroppedAtTheMomentItExpires() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    room.joinRoom("@ghost:example.org");
    alice.join();
    ObjectNode content = MemberEvents.content("@ghost:example.org", "G");
    content.put("expires", 60_000);
    room.set("@ghost:example.org", "_@ghost:example.org_G_m.call", content, time.now());
    assertThat(devices(alice)).containsExactly("ALICEDEV", "G");
    time.advanceMillis(59_999);
    assertThat(devices(alice)).containsExactly("ALICEDEV", "G");
    time.advanceMillis(1);
    assertThat(devices(alice)).containsExactly("ALICEDEV");
    assertThat(alice.sink.left).hasSize(1);
    assertThat(alice.sink.own).hasSize(2);
  }

  @Test
  void g1RoomAUserWhoLeavesTheRoomLosesItsMembership() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    bob.join();
    room.leaveRoom("@bob:example.org");
    assertThat(devices(alice)).containsExactly("ALICEDEV");
    assertThat(alice.sink.left).hasSize(1);
  }

  @Test
  void g1IgnoredEventsAreToldOnceWithTheirReason_ours() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    room.joinRoom("@old:example.org");
    room.set(
        "@old:example.org",
        "@old:example.org",
        MemberEvents.json("{'memberships':[]}"),
        time.now());
    room.joinRoom("@other:example.org");
    room.leaveRoom("@other:example.org");
    assertThat(alice.events)
        .filteredOn(SessionEvent.MemberIgnored.class::isInstance)
        .singleElement()
        .extracting(event -> ((SessionEvent.MemberIgnored) event).event().reason())
        .isEqualTo(MembershipReading.IgnoreReason.OLD_FORMAT);
  }

  @Test
  void g1LeaveThatTakesTooLongTimesOutAndGoesOn() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    alice.join();
    room.refusal = () -> new PublishOutcome.Unreachable("offline");
    CompletionStage<LeaveResult> leave = alice.session.leave(Duration.ofSeconds(5));
    time.advanceMillis(4_999);
    assertThat(Participant.now(leave)).isNull();
    assertThat(alice.sink.closed).as("keys are wiped at once").isEqualTo(1);
    time.advanceMillis(1);
    assertThat(Participant.now(leave)).isEqualTo(new LeaveResult.TimedOut());
    room.refusal = () -> null;
    time.advanceMillis(60_000);
    assertThat(room.state.values()).allMatch(CallMemberEvent::isEmpty).hasSize(1);
    assertThat(Participant.now(alice.session.status()))
        .isEqualTo(OwnMembershipEvent.Status.DISCONNECTED);
  }

  @Test
  void rs18JoinTwiceAndLeaveUnjoinedAreHarmless() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    assertThat(alice.leave()).isEqualTo(new LeaveResult.Left());
    assertThat(alice.join()).isEqualTo(new JoinResult.Joined());
    assertThat(alice.join()).isEqualTo(new JoinResult.AlreadyJoined());
    assertThat(room.log).hasSize(1);
  }

  @Test
  void closeWipesEverythingAndEndsAllWork() {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    bob.join();
    alice.session.close();
    alice.session.close();
    assertThat(alice.made).allMatch(MediaKey::isDestroyed).hasSize(1);
    assertThat(alice.sink.closed).isEqualTo(1);
    assertThat(network.listeners(alice.device)).isZero();
    int before = network.sent.size();
    bob.leave();
    bob.join();
    time.advance(Duration.ofHours(5));
    assertThat(network.sent.stream().skip(before)).allMatch(m -> m.from().equals(bob.device));
    assertThat(alice.join()).isEqualTo(new JoinResult.Left());
  }

  @Test
  void aListenerOrPublisherThatThrowsDoesNotStopTheSession() {
    room.joinRoom("@x:example.org");
    DeviceAddress device = new DeviceAddress("@x:example.org", "XDEV");
    int[] calls = {0};
    RoomStatePublisher real = room.publisher(device.userId());
    RtcSession session =
        new RtcSession(
            SessionSettings.roomCall(Participant.ROOM_ID, "11", device),
            StatePublisher.of(
                (type, key, content) -> {
                  if (calls[0]++ == 0) {
                    throw new IllegalStateException("the app's bug");
                  }
                  return real.putState(type, key, content);
                }),
            Optional.empty(),
            time,
            event -> {
              throw new IllegalStateException("the app's bug");
            });
    room.attach(session);
    CompletionStage<JoinResult> join = session.join(JoinRequest.multiSfu(List.of()));
    time.advanceMillis(2_000);
    assertThat(Participant.now(join)).isEqualTo(new JoinResult.Joined());
  }

  private static List<String> devices(Participant participant) {
    return Participant.now(participant.session.members()).stream()
        .map(member -> member.device().deviceId())
        .toList();
  }

  private static String lastKeyOf(Participant receiver, Participant sender) {
    List<String> keys = receiver.sink.remote(sender.identity());
    return keys.get(keys.size() - 1);
  }
}
