package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a session tells and sends besides its membership: events, snapshots, notifications. */
class SessionViewTest {
  private static final String ME = "@me:example.org";
  private static final String BOB = "@bob:example.org";
  private static final JoinRequest RINGING =
      JoinRequest.multiSfu(List.of())
          .withIntent("video")
          .withNotification(NotificationRequest.ring());

  private final VirtualTime time = new VirtualTime();
  private final SimulatedRoom room = new SimulatedRoom(time);
  private final MessagingPublisher publisher = new MessagingPublisher(room.publisher(ME));
  private final List<SessionEvent> events = new ArrayList<>();
  private final RtcSession session = session(publisher);

  private RtcSession session(RoomStatePublisher to) {
    RtcSession made =
        new RtcSession(
            SessionSettings.roomCall("!r:example.org", "11", new DeviceAddress(ME, "ME")),
            to,
            Optional.empty(),
            time,
            events::add);
    room.joined.addAll(Set.of(ME, BOB));
    room.attach(made);
    return made;
  }

  private void bob(String intent) {
    ObjectNode content = MemberEvents.content(BOB, "B");
    content.remove("m.call.intent");
    if (!intent.isEmpty()) {
      content.put("m.call.intent", intent);
    }
    room.set(BOB, MemberEvents.key(BOB, "B"), content, time.now());
  }

  private JoinResult join(JoinRequest request) {
    return Participant.now(session.join(request));
  }

  private SessionSnapshot snapshot() {
    return Participant.now(session.snapshot());
  }

  private <E extends SessionEvent> List<E> told(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void rs13AStickyEventThatComesLaterIsTold() {
    bob("");
    StickyMemberEvent sticky =
        StickyEvents.event("$s", ME, time.now(), StickyEvents.content(ME, "OTHER", "m1"));
    session.onRoomUpdate(RoomUpdate.ofSticky(List.of(sticky)));
    assertThat(told(SessionEvent.MemberJoined.class))
        .extracting(event -> event.member().device().deviceId())
        .containsExactly("B", "OTHER");
  }

  @Test
  void rs14Rs15TheOldestMemberAndTheIntentThatAllAgreeOn() {
    assertThat(snapshot().oldest()).isEmpty();
    String[][] cases = {
      {"", "", ""},
      {"audio", "", "audio"},
      {"", "audio", "audio"},
      {"audio", "audio", "audio"},
      {"audio", "video", ""}
    };
    JoinRequest plain = JoinRequest.multiSfu(List.of());
    join(plain);
    for (String[] one : cases) {
      time.advanceMillis(2_000);
      session.update(one[0].isEmpty() ? plain : plain.withIntent(one[0]));
      time.advanceMillis(2_000);
      bob(one[1]);
      assertThat(snapshot().consensusIntent().orElse(""))
          .as(one[0] + "," + one[1])
          .isEqualTo(one[2]);
    }
    assertThat(snapshot().oldest().orElseThrow().device().deviceId()).isEqualTo("ME");
    assertThat(told(SessionEvent.IntentChanged.class))
        .extracting(event -> event.consensus().orElse(""))
        .startsWith("audio")
        .endsWith("");
  }

  @Test
  void rs16WithoutMultiSfuTheListOfTransportsIsAsGiven() {
    Transport first = OwnCore.SFU;
    Transport second =
        new Transport("livekit", MemberEvents.json("{'type':'livekit','livekit_service_url':'v'}"));
    join(
        new JoinRequest(
            List.of(first, second), JoinRequest.OLDEST_MEMBERSHIP, Optional.of("audio")));
    ObjectNode content = room.log.get(0).content();
    assertThat(content.path("focus_active").path("focus_selection").asText())
        .isEqualTo("oldest_membership");
    assertThat(content.path("foci_preferred"))
        .extracting(focus -> focus.path("livekit_service_url").asText())
        .containsExactly("u", "v");
    assertThat(content.has("created_ts")).isFalse();
  }

  @Test
  void rs20TheFirstInACallTellsTheRoomOnce() {
    assertThat(join(RINGING)).isEqualTo(new JoinResult.Joined());
    bob("");
    time.advance(Duration.ofHours(3));
    assertThat(publisher.messages).hasSize(1);
    OutgoingEvent.Message message = publisher.messages.get(0);
    assertThat(message.type()).isEqualTo("org.matrix.msc4075.rtc.notification");
    assertThat(message.stickyFor()).isEqualTo(Duration.ofSeconds(110));
    ObjectNode content = message.content();
    assertThat(content.path("m.relates_to").path("event_id").asText())
        .isEqualTo(room.log.get(0).eventId());
    assertThat(content.path("lifetime").asLong()).isEqualTo(90_000);
    assertThat(content.path("m.call.intent").asText()).isEqualTo("video");
    assertThat(told(SessionEvent.NotificationSent.class))
        .containsExactly(new SessionEvent.NotificationSent("$message"));
  }

  @Test
  void rs21NobodyIsToldOfACallThatExistsOrWhereSomebodyElseIsSeenFirst() {
    bob("");
    join(RINGING);
    assertThat(publisher.messages).isEmpty();

    SimulatedRoom other = new SimulatedRoom(time);
    other.joined.addAll(Set.of(ME, BOB));
    other.latency = () -> Duration.ofSeconds(1);
    MessagingPublisher mine = new MessagingPublisher(other.publisher(ME));
    RtcSession late =
        new RtcSession(
            SessionSettings.roomCall("!r:example.org", "11", new DeviceAddress(ME, "ME")),
            mine,
            Optional.empty(),
            time,
            events::add);
    other.attach(late);
    other.set(BOB, MemberEvents.key(BOB, "B"), MemberEvents.content(BOB, "B"), time.now());
    late.join(RINGING);
    time.advanceMillis(10_000);
    assertThat(Participant.now(late.members())).hasSize(2);
    assertThat(mine.messages).isEmpty();
  }

  @Test
  void noticePlainWithoutStickyEventsAndRetryUntilItIsNoLongerOfUse() {
    publisher.answer =
        message ->
            message.stickyFor().isZero()
                ? new PublishOutcome.Unreachable("down")
                : new PublishOutcome.Unsupported("no MSC4354");
    join(RINGING);
    assertThat(publisher.messages).hasSize(2);
    assertThat(publisher.messages.get(1).stickyFor()).isEqualTo(Duration.ZERO);
    time.advance(Duration.ofMinutes(10));
    assertThat(publisher.messages).hasSizeBetween(5, 10);
    assertThat(publisher.messages.stream().skip(1).map(OutgoingEvent.Message::transactionId))
        .as("one event")
        .containsOnly(publisher.messages.get(1).transactionId());
    assertThat(told(SessionEvent.NotificationFailed.class)).hasSize(1);
  }

  @Test
  void ringDeclineIsSentStickyAndEndsTheRing() {
    bob("");
    ObjectNode content =
        CallNoticeContent.notification(
            new NotificationRequest(
                CallNotification.Type.RING, Duration.ofSeconds(30), Set.of(ME), false),
            SlotId.ROOM_CALL,
            "$b",
            Optional.empty(),
            time.now());
    session.onRoomUpdate(
        RoomUpdate.ofNotices(
            List.of(
                new CallNoticeEvent(
                    "$ring", CallNoticeEvent.NOTIFICATION, BOB, time.now(), content, false))));
    assertThat(told(SessionEvent.CallNotified.class)).hasSize(1);
    assertThat(Participant.now(session.decline("$ring")))
        .isEqualTo(new PublishOutcome.Published("$message"));
    OutgoingEvent.Message decline = publisher.messages.get(0);
    assertThat(decline.type()).isEqualTo("org.matrix.msc4310.rtc.decline");
    assertThat(decline.stickyFor()).isEqualTo(Duration.ofMinutes(2));
    session.onRoomUpdate(
        RoomUpdate.ofNotices(
            List.of(
                new CallNoticeEvent(
                    "$d", decline.type(), ME, time.now(), decline.content(), false))));
    assertThat(told(SessionEvent.RingEnded.class))
        .extracting(SessionEvent.RingEnded::cause)
        .containsExactly(SessionEvent.RingEnded.Cause.DECLINED);
  }

  @Test
  void rs25BeforeTheJoinItIsDisconnectedThenItMirrorsTheOwnMembership_ours() {
    assertThat(snapshot().status()).isEqualTo(Status.DISCONNECTED);
    assertThat(snapshot().probablyLeft()).isFalse();
    join(JoinRequest.multiSfu(List.of()));
    assertThat(told(SessionEvent.Own.class))
        .extracting(SessionEvent.Own::event)
        .startsWith(new OwnMembershipEvent.StatusChanged(Status.DISCONNECTED, Status.CONNECTING));
    assertThat(snapshot().status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void rs27EventsOfTheOwnMembershipAreTold() {
    join(JoinRequest.multiSfu(List.of()));
    assertThat(told(SessionEvent.Own.class))
        .extracting(event -> event.event().getClass().getSimpleName())
        .containsExactly("StatusChanged", "NoDeadManSwitch", "StatusChanged");
  }

  @Test
  void rs26AFailedListenerDoesNotBlockLaterChanges() {
    List<String> seen = new ArrayList<>();
    RtcSession fragile =
        new RtcSession(
            SessionSettings.roomCall("!r:example.org", "11", new DeviceAddress(ME, "ME")),
            publisher,
            Optional.empty(),
            time,
            event -> {
              seen.add(event.getClass().getSimpleName());
              if (seen.size() == 1) {
                throw new IllegalStateException("the app's bug");
              }
            });
    room.attach(fragile);
    bob("");
    room.set(BOB, MemberEvents.key(BOB, "B"), MemberEvents.json("{}"), time.now());
    assertThat(seen).contains("Started", "MemberJoined", "MemberLeft", "Ended");
    assertThat(Participant.now(fragile.members())).isEmpty();
  }

  @Test
  void rs24OneKeyIsSentToTheOtherMemberAndCounted() {
    ToDeviceNetwork network = new ToDeviceNetwork(time);
    room.joinRoom("@x:example.org");
    Participant other = new Participant("@x:example.org", "X", room, network, time);
    Participant mine = new Participant(ME, "M2", room, network, time);
    other.join();
    mine.join();
    time.advanceMillis(500);
    assertThat(network.sent).filteredOn(sent -> sent.from().equals(mine.device)).hasSize(1);
    SessionStatistics statistics = Participant.now(mine.session.statistics());
    assertThat(statistics.keysSent()).isEqualTo(1);
    assertThat(statistics.keysServed()).isEqualTo(1);
    assertThat(statistics.keysReceived()).isEqualTo(1);
    assertThat(statistics.maxMembers()).isEqualTo(2);
    assertThat(statistics.requests()).isPositive();
    assertThat(statistics.membershipsLost()).isZero();
  }

  @Test
  void publisherLimitOneThatNeverAnswersIsUnreachableAfterAMinute_ours() {
    List<Instant> asked = new ArrayList<>();
    boolean[] hangs = {true};
    RoomStatePublisher real = room.publisher(ME);
    RtcSession stuck =
        session(
            StatePublisher.of(
                (type, key, content) -> {
                  asked.add(time.now());
                  return hangs[0] ? new CompletableFuture<>() : real.putState(type, key, content);
                }));
    CompletionStage<JoinResult> join = stuck.join(JoinRequest.multiSfu(List.of()));
    time.advance(PublisherCalls.LIMIT.minusMillis(1));
    assertThat(asked).hasSize(1);
    hangs[0] = false;
    time.advanceMillis(1);
    assertThat(Participant.now(join)).isNull();
    time.advanceMillis(1_000);
    assertThat(asked).hasSize(2);
    assertThat(Participant.now(join)).isEqualTo(new JoinResult.Joined());
    hangs[0] = true;
    CompletionStage<LeaveResult> leave = stuck.leave(Duration.ofSeconds(5));
    time.advanceMillis(5_000);
    assertThat(Participant.now(leave)).isEqualTo(new LeaveResult.TimedOut());
    hangs[0] = false;
    time.advance(PublisherCalls.LIMIT.plusSeconds(2));
    assertThat(Participant.now(stuck.status())).isEqualTo(Status.DISCONNECTED);
  }

  /**
   * A room key goes to the devices that are there when an event is encrypted; a device that comes
   * later cannot read the event (homeserver.md, section 9).
   */
  @Test
  void g2LateADeviceThatComesAfterAnEncryptedMembershipSeesItAfterAll_ours() {
    for (boolean encrypted : new boolean[] {true, false}) {
      List<OutgoingEvent.Message> sent = new ArrayList<>();
      MessagingPublisher sticky = new MessagingPublisher(room.publisher(ME));
      sticky.answer =
          message -> {
            sent.add(message);
            return new PublishOutcome.Published("$" + sent.size());
          };
      RtcSession mine =
          new RtcSession(
              SessionSettings.roomCall("!r:example.org", "11", new DeviceAddress(ME, "ME"))
                  .withSticky("m1"),
              sticky,
              Optional.empty(),
              time,
              events::add);
      RoomUpdate whole = update(Set.of(ME), encrypted, Set.of());
      mine.onRoomUpdate(whole);
      mine.join(JoinRequest.multiSfu(List.of()));
      time.advance(LateDevices.GAP);
      assertThat(sent).hasSize(1);
      mine.onRoomUpdate(update(Set.of(ME), false, Set.of()));
      mine.onRoomUpdate(update(Set.of(), false, Set.of("@stranger:example.org")));
      time.advance(LateDevices.GAP);
      assertThat(sent).as("nobody came").hasSize(1);
      mine.onRoomUpdate(update(Set.of(BOB), false, Set.of()));
      time.advance(LateDevices.JITTER);
      assertThat(sent).as("Bob joined the room").hasSize(encrypted ? 2 : 1);
      time.advance(LateDevices.GAP);
      mine.onRoomUpdate(update(Set.of(), false, Set.of(BOB)));
      time.advance(LateDevices.JITTER);
      assertThat(sent).as("Bob has another device").hasSize(encrypted ? 3 : 1);
      mine.close();
    }
  }

  private static RoomUpdate update(Set<String> joined, boolean encrypted, Set<String> devices) {
    return new RoomUpdate(
        List.of(), joined, Set.of(), List.of(), List.of(), Set.of(), List.of(), encrypted, devices);
  }
}
