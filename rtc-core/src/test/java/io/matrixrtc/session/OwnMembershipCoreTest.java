package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import io.matrixrtc.session.PublishOutcome.Forbidden;
import io.matrixrtc.session.PublishOutcome.Published;
import io.matrixrtc.session.PublishOutcome.RateLimited;
import io.matrixrtc.session.PublishOutcome.Rejected;
import io.matrixrtc.session.PublishOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnMembershipCoreTest {
  private static final DeviceAddress OWN = new DeviceAddress("@alice:example.org", "AAAAAAA");
  private static final Transport SFU =
      new Transport("livekit", MemberEvents.json("{'type':'livekit','livekit_service_url':'u'}"));
  private static final JoinRequest REQUEST =
      new JoinRequest(List.of(SFU), JoinRequest.MULTI_SFU, Optional.of("audio"));
  private static final Duration HOUR = Duration.ofHours(1);

  private final SessionSettings settings = SessionSettings.roomCall("!r:example.org", "11", OWN);
  private final OwnMembershipCore core = new OwnMembershipCore(settings);
  private final List<OwnMembershipEffect.Publish> published = new ArrayList<>();
  private final List<OwnMembershipEvent> events = new ArrayList<>();
  private Instant now = MemberEvents.T;

  private void take(List<OwnMembershipEffect> effects) {
    for (OwnMembershipEffect effect : effects) {
      if (effect instanceof OwnMembershipEffect.Publish publish) {
        published.add(publish);
      } else if (effect instanceof OwnMembershipEffect.Report report) {
        events.add(report.event());
      }
    }
  }

  private OwnMembershipEffect.Publish last() {
    return published.get(published.size() - 1);
  }

  private void join() {
    take(core.join(REQUEST, now));
  }

  private void leave() {
    take(core.leave(now));
  }

  private void answer(PublishOutcome outcome) {
    take(core.onPublished(last().id(), outcome, now));
  }

  private void succeed() {
    answer(new Published("$own" + last().id()));
  }

  /** The last published membership comes back in sync, created at {@code at}. */
  private void seen(Instant at) {
    take(core.onMembers(List.of(membership("$own" + last().id(), at)), now));
  }

  private void gone() {
    take(core.onMembers(List.of(), now));
  }

  private void pass(Duration duration) {
    Instant until = now.plus(duration);
    while (core.nextWakeup().filter(at -> !at.isAfter(until)).isPresent()) {
      now = core.nextWakeup().get().isAfter(now) ? core.nextWakeup().get() : now;
      int before = published.size();
      take(core.onWakeup(now));
      assertThat(published.size()).as("a wakeup leads to a request").isGreaterThan(before);
    }
    now = until;
  }

  private static Membership membership(String eventId, Instant createdAt) {
    return new Membership(
        eventId,
        OWN,
        SlotId.ROOM_CALL,
        "id",
        createdAt,
        Optional.empty(),
        "id",
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private <E> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void mm2G1JoinPutsTheFullContentUnderTheRightKey() {
    join();
    assertThat(last().stateKey()).isEqualTo("_@alice:example.org_AAAAAAA_m.call");
    assertThat(MemberEvents.json(last().content().toString()))
        .isEqualTo(
            MemberEvents.json(
                "{'application':'m.call','call_id':'','scope':'m.room','device_id':'AAAAAAA',"
                    + "'membershipID':'@alice:example.org:AAAAAAA','expires':14400000,"
                    + "'m.call.intent':'audio',"
                    + "'focus_active':{'type':'livekit','focus_selection':'multi_sfu'},"
                    + "'foci_preferred':[{'type':'livekit','livekit_service_url':'u'}]}"));
    CallMemberEvent event =
        new CallMemberEvent("$1", last().stateKey(), OWN.userId(), now, last().content());
    assertThat(StateMembershipParser.read(event)).isInstanceOf(MembershipReading.Joined.class);
  }

  @Test
  void mm3ACustomCallIdIsInContentAndKey() {
    SessionSettings custom =
        new SessionSettings(
            "!r:example.org",
            "11",
            new SlotId("m.call", "custom"),
            OWN,
            "id",
            SessionSettings.MembershipTiming.DEFAULTS);
    assertThat(StateMembershipContent.stateKey(custom))
        .isEqualTo("_@alice:example.org_AAAAAAA_m.callcustom");
    assertThat(
            StateMembershipContent.joined(custom, REQUEST, Optional.empty(), HOUR)
                .path("call_id")
                .asText())
        .isEqualTo("custom");
  }

  @Test
  void mm6WhereUsersOwnTheirStateKeysTheUnderscoreIsAbsent() {
    for (String version : List.of("org.matrix.msc3757.10", "org.matrix.msc3779.11")) {
      assertThat(StateMembershipContent.stateKey(SessionSettings.roomCall("!r", version, OWN)))
          .isEqualTo("@alice:example.org_AAAAAAA_m.call");
    }
    assertThat(
            StateMembershipContent.stateKey(
                SessionSettings.roomCall("!r", "org.matrix.msc37570", OWN)))
        .startsWith("_");
  }

  @Test
  void mm11AndMm15JoiningTwiceOrLeavingUnjoinedDoesNothing() {
    leave();
    assertThat(published).isEmpty();
    join();
    join();
    succeed();
    join();
    assertThat(published).hasSize(1);
  }

  @Test
  void mm21TheStatusGoesThroughItsStages() {
    join();
    succeed();
    leave();
    succeed();
    assertThat(events(OwnMembershipEvent.StatusChanged.class))
        .extracting(OwnMembershipEvent.StatusChanged::to)
        .containsExactly(
            Status.CONNECTING, Status.CONNECTED, Status.DISCONNECTING, Status.DISCONNECTED);
    assertThat(last().content()).isEmpty();
    assertThat(last().stateKey()).isEqualTo(published.get(0).stateKey());
    assertThat(core.nextWakeup()).isEmpty();
  }

  @Test
  void mm20G1RefreshGrowsTheLifetimeByOneStepEachHourWithInheritedCreation() {
    join();
    succeed();
    Instant created = MemberEvents.T.plusMillis(77);
    seen(created);
    for (int step = 1; step <= 3; step++) {
      pass(step == 1 ? HOUR.minusSeconds(5).minusMillis(1) : HOUR.minusMillis(1));
      assertThat(published).hasSize(step);
      pass(Duration.ofMillis(1));
      assertThat(published).hasSize(step + 1);
      ObjectNode content = last().content();
      assertThat(content.path("expires").asLong()).isEqualTo(14_400_000L * (step + 1));
      assertThat(content.path("created_ts").asLong()).isEqualTo(created.toEpochMilli());
      succeed();
      seen(created);
    }
  }

  @Test
  void g1BehindAJoinOverAMembershipOfAnEarlierRunTakesItBackFirst_ours() {
    core.onOwnState(true);
    join();
    assertThat(last().content()).isEmpty();
    answer(new RateLimited(Optional.of(Duration.ofSeconds(3))));
    pass(Duration.ofSeconds(3));
    assertThat(published).hasSize(2);
    assertThat(last().content()).isEmpty();
    succeed();
    assertThat(published).hasSize(3);
    assertThat(last().content().path("device_id").asText()).isEqualTo(OWN.deviceId());
    succeed();
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void g1BehindALeaveWhileItIsTakenBackEndsTheJoin_ours() {
    core.onOwnState(true);
    join();
    leave();
    succeed();
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(published).hasSize(1);
  }

  @Test
  void g1RefreshOfAMembershipThatNeverCameBackIsAFreshJoin_ours() {
    join();
    succeed();
    pass(HOUR);
    assertThat(last().content().has("created_ts")).isFalse();
    assertThat(last().content().path("expires").asLong()).isEqualTo(14_400_000L);
  }

  @Test
  void mm30G1UpdateKeepsTheLifetimeThatWasReached_ours() {
    join();
    take(core.update(new JoinRequest(List.of(SFU), "multi_sfu", Optional.of("video")), now));
    assertThat(published).hasSize(1);
    succeed();
    seen(now);
    pass(HOUR);
    succeed();
    seen(MemberEvents.T);
    pass(Duration.ofMinutes(10));
    JoinRequest audio = REQUEST;
    take(core.update(audio, now));
    assertThat(last().content().path("m.call.intent").asText()).isEqualTo("audio");
    assertThat(last().content().path("expires").asLong()).isEqualTo(28_800_000L);
    assertThat(last().content().path("created_ts").asLong())
        .isEqualTo(MemberEvents.T.toEpochMilli());
    succeed();
    take(core.update(audio, now));
    assertThat(published).hasSize(3);
    pass(Duration.ofMinutes(50).minusSeconds(6));
    assertThat(published).hasSize(3);
    pass(Duration.ofSeconds(1));
    assertThat(last().content().path("expires").asLong()).isEqualTo(43_200_000L);
  }

  @Test
  void g1ForbiddenIsItsOwnOutcomeAndNotTriedAgain_ours() {
    join();
    answer(new Forbidden("power level 50 needed"));
    assertThat(events(OwnMembershipEvent.JoinForbidden.class)).hasSize(1);
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(core.nextWakeup()).isEmpty();
    leave();
    assertThat(published).hasSize(1);
    join();
    assertThat(published).hasSize(2);
  }

  @Test
  void g1RejectedIsNotTriedAgain() {
    join();
    answer(new Rejected("M_TOO_LARGE", "no"));
    assertThat(events(OwnMembershipEvent.JoinFailed.class)).hasSize(1);
    assertThat(core.nextWakeup()).isEmpty();
  }

  @Test
  void mm22ARateLimitIsWaitedOutAsTheServerSaysElse5Seconds() {
    join();
    answer(new RateLimited(Optional.of(Duration.ofSeconds(1))));
    assertThat(core.nextWakeup()).contains(now.plusSeconds(1));
    pass(Duration.ofSeconds(1));
    answer(new RateLimited(Optional.empty()));
    assertThat(core.nextWakeup()).contains(now.plusSeconds(5));
    pass(Duration.ofSeconds(5));
    succeed();
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
    assertThat(published).hasSize(3);
  }

  @Test
  void mm26G1RetryTenFailuresAreRetriedWithBackoffAndTheEleventhIsFinal() {
    join();
    long[] waits = {1, 2, 4, 8, 16, 30, 30, 30, 30, 30};
    for (long wait : waits) {
      answer(new Unreachable("offline"));
      assertThat(core.nextWakeup()).contains(now.plusSeconds(wait));
      pass(Duration.ofSeconds(wait));
    }
    assertThat(events(OwnMembershipEvent.JoinFailed.class)).isEmpty();
    answer(new Unreachable("offline"));
    assertThat(events(OwnMembershipEvent.JoinFailed.class)).hasSize(1);
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void mm24ALeaveEndsTheRetriesOfAJoinThatNeverReachedTheServer() {
    join();
    answer(new RateLimited(Optional.empty()));
    leave();
    assertThat(published).hasSize(1);
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void g1LeaveOfAJoinThatMayHaveReachedTheServerIsSent_ours() {
    join();
    answer(new Unreachable("lost answer"));
    leave();
    assertThat(last().content()).isEmpty();
    succeed();
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void g1LeaveDuringTheJoinIsSentAfterItsAnswer_ours() {
    join();
    leave();
    assertThat(published).hasSize(1);
    succeed();
    assertThat(published).hasSize(2);
    assertThat(last().content()).isEmpty();
    succeed();
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(events(OwnMembershipEvent.StatusChanged.class))
        .extracting(OwnMembershipEvent.StatusChanged::to)
        .containsExactly(Status.CONNECTING, Status.DISCONNECTING, Status.DISCONNECTED);
  }

  @Test
  void g1LeaveThatFailsIsRetriedThenTold() {
    join();
    succeed();
    leave();
    for (int i = 0; i <= 10; i++) {
      answer(new Unreachable("offline"));
      pass(Duration.ofSeconds(30));
    }
    assertThat(published).hasSize(12).last().satisfies(p -> assertThat(p.content()).isEmpty());
    assertThat(events(OwnMembershipEvent.LeaveFailed.class)).hasSize(1);
    assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void mm16AndMm17AMembershipThatIsGoneIsJoinedAnewAndOneThatIsThereIsNot() {
    join();
    succeed();
    gone();
    assertThat(published).as("not seen yet: sync is behind").hasSize(1);
    seen(now);
    seen(now);
    assertThat(published).hasSize(1);
    gone();
    assertThat(published).hasSize(2);
    assertThat(last().content().has("created_ts")).isFalse();
    gone();
    assertThat(published).as("no second join while one is under way").hasSize(2);
    succeed();
    assertThat(events(OwnMembershipEvent.MembershipLost.class)).hasSize(1);
    assertThat(events(OwnMembershipEvent.MembershipRestored.class)).hasSize(1);
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm18AfterTheNewJoinRefreshesCountFromIt() {
    join();
    succeed();
    seen(now);
    pass(Duration.ofMinutes(30));
    gone();
    succeed();
    seen(now);
    pass(HOUR.minusSeconds(6));
    assertThat(published).hasSize(2);
    pass(Duration.ofSeconds(1));
    assertThat(published).hasSize(3);
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void g1LostDuringARefreshTheJoinFollowsItsAnswer() {
    join();
    succeed();
    seen(now);
    pass(HOUR);
    gone();
    assertThat(published).hasSize(2);
    answer(new Unreachable("offline"));
    assertThat(published).hasSize(3);
    assertThat(last().content().has("created_ts")).isFalse();
  }

  @Test
  void g1RefreshFailuresAreRetriedUntilTheMembershipExpiresThenItJoinsAnew() {
    join();
    succeed();
    seen(now);
    pass(HOUR);
    int refreshes = 0;
    while (core.status() == Status.CONNECTED && refreshes < 1_000) {
      answer(new Unreachable("offline"));
      if (core.status() == Status.CONNECTED) {
        pass(Duration.ofSeconds(30));
      }
      refreshes++;
    }
    assertThat(refreshes).isBetween(300, 999);
    assertThat(events(OwnMembershipEvent.MembershipLost.class)).hasSize(1);
    pass(Duration.ofMinutes(1));
    assertThat(last().content().has("created_ts")).isFalse();
    succeed();
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void anAnswerToAnotherRequestIsIgnored() {
    join();
    take(core.onPublished(last().id() + 1, new Published("$x"), now));
    assertThat(core.status()).isEqualTo(Status.CONNECTING);
    succeed();
    take(core.onPublished(last().id(), new Forbidden("late"), now));
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
  }
}
