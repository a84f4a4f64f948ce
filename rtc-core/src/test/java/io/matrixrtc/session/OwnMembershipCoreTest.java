package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import io.matrixrtc.session.PublishOutcome.Forbidden;
import io.matrixrtc.session.PublishOutcome.Published;
import io.matrixrtc.session.PublishOutcome.RateLimited;
import io.matrixrtc.session.PublishOutcome.Rejected;
import io.matrixrtc.session.PublishOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnMembershipCoreTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private final OwnCore own = OwnCore.plain(OwnCore.settings());

  @Test
  void mm2G1JoinPutsTheFullContentUnderTheRightKey() {
    own.join();
    assertThat(own.stateKey()).isEqualTo("_@alice:example.org_AAAAAAA_m.call");
    assertThat(MemberEvents.json(own.content().toString()))
        .isEqualTo(
            MemberEvents.json(
                "{'application':'m.call','call_id':'','scope':'m.room','device_id':'AAAAAAA',"
                    + "'membershipID':'@alice:example.org:AAAAAAA','expires':14400000,"
                    + "'m.call.intent':'audio',"
                    + "'focus_active':{'type':'livekit','focus_selection':'multi_sfu'},"
                    + "'foci_preferred':[{'type':'livekit','livekit_service_url':'u'}]}"));
    CallMemberEvent event =
        new CallMemberEvent("$1", own.stateKey(), OwnCore.OWN.userId(), own.now, own.content());
    assertThat(StateMembershipParser.read(event)).isInstanceOf(MembershipReading.Joined.class);
  }

  @Test
  void mm3ACustomCallIdIsInContentAndKey() {
    SessionSettings custom =
        SessionSettings.roomCall("!r:example.org", "11", OwnCore.OWN)
            .withSlot(new SlotId("m.call", "custom"));
    assertThat(StateMembershipContent.stateKey(custom))
        .isEqualTo("_@alice:example.org_AAAAAAA_m.callcustom");
    assertThat(
            StateMembershipContent.joined(custom, OwnCore.REQUEST, Optional.empty(), HOUR)
                .path("call_id")
                .asText())
        .isEqualTo("custom");
  }

  @Test
  void mm6WhereUsersOwnTheirStateKeysTheUnderscoreIsAbsent() {
    for (String version : List.of("org.matrix.msc3757.10", "org.matrix.msc3779.11")) {
      assertThat(
              StateMembershipContent.stateKey(SessionSettings.roomCall("!r", version, OwnCore.OWN)))
          .isEqualTo("@alice:example.org_AAAAAAA_m.call");
    }
    assertThat(
            StateMembershipContent.stateKey(
                SessionSettings.roomCall("!r", "org.matrix.msc37570", OwnCore.OWN)))
        .startsWith("_");
  }

  @Test
  void mm11AndMm15JoiningTwiceOrLeavingUnjoinedDoesNothing() {
    own.leave();
    assertThat(own.published).isEmpty();
    own.join();
    own.join();
    own.succeed();
    own.join();
    assertThat(own.published).hasSize(1);
  }

  @Test
  void mm21TheStatusGoesThroughItsStages() {
    own.join();
    own.succeed();
    own.leave();
    own.succeed();
    assertThat(own.events(OwnMembershipEvent.StatusChanged.class))
        .extracting(OwnMembershipEvent.StatusChanged::to)
        .containsExactly(
            Status.CONNECTING, Status.CONNECTED, Status.DISCONNECTING, Status.DISCONNECTED);
    assertThat(own.content()).isEmpty();
    assertThat(own.stateKey())
        .isEqualTo(((OutgoingEvent.State) own.published.get(0).event()).stateKey());
    assertThat(own.core.nextWakeup()).isEmpty();
  }

  @Test
  void mm20G1RefreshNamesTheUsualLifetimeFromNowEachHourWithInheritedCreation_ours() {
    own.join();
    own.succeed();
    Instant created = MemberEvents.T.plusMillis(77);
    own.seen(created);
    for (int step = 1; step <= 3; step++) {
      own.pass(HOUR.minusSeconds(5).minusMillis(1));
      assertThat(own.published).hasSize(step);
      own.pass(Duration.ofMillis(1));
      assertThat(own.published).hasSize(step + 1);
      ObjectNode content = own.content();
      long age = HOUR.minusSeconds(5).multipliedBy(step).toMillis();
      assertThat(content.path("expires").asLong()).isEqualTo(14_400_000L + age);
      assertThat(content.path("created_ts").asLong()).isEqualTo(created.toEpochMilli());
      own.succeed();
      own.seen(created);
    }
  }

  @Test
  void g1BehindAJoinOverAMembershipOfAnEarlierRunTakesItBackFirst_ours() {
    own.core.onOwnState(true);
    own.join();
    assertThat(own.content()).isEmpty();
    own.answer(new PublishOutcome.RateLimited(Optional.of(Duration.ofSeconds(3))));
    own.pass(Duration.ofSeconds(3));
    assertThat(own.published).hasSize(2);
    assertThat(own.content()).isEmpty();
    own.succeed();
    assertThat(own.published).hasSize(3);
    assertThat(own.content().path("device_id").asText()).isEqualTo(OwnCore.OWN.deviceId());
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void g1BehindALeaveWhileItIsTakenBackEndsTheJoin_ours() {
    own.core.onOwnState(true);
    own.join();
    own.leave();
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.published).hasSize(1);
  }

  @Test
  void mm10Mm20AShortLifetimeIsRefreshedOncePerLifetime() {
    OwnCore shortLived =
        OwnCore.plain(
            OwnCore.settings()
                .withTiming(MembershipTiming.DEFAULTS.withExpires(Duration.ofMinutes(2))));
    shortLived.join();
    shortLived.succeed();
    shortLived.seen(shortLived.now);
    assertThat(shortLived.content().path("expires").asLong()).isEqualTo(120_000); // MM-10
    assertThat(shortLived.untilNextRequest()).isEqualTo(Duration.ofSeconds(115));
    assertThat(shortLived.content().path("expires").asLong()).isEqualTo(235_000);
  }

  @Test
  void g1RefreshOfAMembershipThatNeverCameBackIsAFreshJoin_ours() {
    own.join();
    own.succeed();
    own.pass(HOUR);
    assertThat(own.content().has("created_ts")).isFalse();
    assertThat(own.content().path("expires").asLong()).isEqualTo(14_400_000L);
  }

  @Test
  void mm30G1UpdateKeepsTheLifetimeAndTheCreation_ours() {
    JoinRequest video = OwnCore.REQUEST.withIntent("video");
    own.update(video);
    assertThat(own.published).as("before the join").isEmpty();
    own.join();
    own.succeed();
    own.seen(own.now);
    for (int i = 0; i < 5; i++) {
      own.untilNextRequest();
      own.succeed();
      own.seen(MemberEvents.T);
    }
    own.pass(Duration.ofMinutes(10));
    int before = own.published.size();
    Duration age = Duration.between(MemberEvents.T, own.now);
    assertThat(age).as("longer than the first lifetime").isGreaterThan(Duration.ofHours(4));
    own.update(video);
    assertThat(own.published).hasSize(before + 1);
    assertThat(own.content().path("m.call.intent").asText()).isEqualTo("video");
    assertThat(own.content().path("created_ts").asLong()).isEqualTo(MemberEvents.T.toEpochMilli());
    assertThat(own.content().path("expires").asLong()).isEqualTo(age.toMillis() + 14_400_000L);
    own.succeed();
    own.update(video);
    own.pass(Duration.ofMinutes(50));
    assertThat(own.published).as("the same value").hasSize(before + 1);
  }

  @Test
  void g1UpdateDuringARequestFollowsItsAnswer_ours() {
    own.join();
    own.update(OwnCore.REQUEST.withIntent("video"));
    assertThat(own.published).hasSize(1);
    own.succeed();
    own.seen(own.now);
    assertThat(own.untilNextRequest()).isEqualTo(Duration.ofSeconds(1));
    assertThat(own.content().path("m.call.intent").asText()).isEqualTo("video");
    own.update(OwnCore.REQUEST.withIntent("x"));
    own.succeed();
    assertThat(own.untilNextRequest()).isEqualTo(Duration.ofSeconds(1));
    assertThat(own.content().path("m.call.intent").asText()).isEqualTo("x");
    own.succeed();
    assertThat(own.untilNextRequest()).isGreaterThan(Duration.ofMinutes(59));
  }

  @Test
  void g1ForbiddenIsItsOwnOutcomeAndNotTriedAgain_ours() {
    own.join();
    own.answer(new Forbidden("power level 50 needed"));
    assertThat(own.events(OwnMembershipEvent.JoinForbidden.class)).hasSize(1);
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.core.nextWakeup()).isEmpty();
    own.leave();
    assertThat(own.published).hasSize(1);
    own.join();
    assertThat(own.published).hasSize(2);
  }

  @Test
  void g1RejectedIsNotTriedAgain() {
    own.join();
    own.answer(new Rejected("M_TOO_LARGE", "no"));
    assertThat(own.events(OwnMembershipEvent.JoinFailed.class)).hasSize(1);
    assertThat(own.core.nextWakeup()).isEmpty();
  }

  @Test
  void mm22ARateLimitIsWaitedOutAsTheServerSaysElse5Seconds() {
    own.join();
    own.answer(new RateLimited(Optional.of(Duration.ofSeconds(1))));
    assertThat(own.core.nextWakeup()).contains(own.now.plusSeconds(1));
    own.pass(Duration.ofSeconds(1));
    own.answer(new RateLimited(Optional.empty()));
    assertThat(own.core.nextWakeup()).contains(own.now.plusSeconds(5));
    own.pass(Duration.ofSeconds(5));
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
    assertThat(own.published).hasSize(3);
  }

  @Test
  void mm26G1RetryTenFailuresAreRetriedWithBackoffAndTheEleventhIsFinal() {
    own.join();
    long[] waits = {1, 2, 4, 8, 16, 30, 30, 30, 30, 30};
    for (long wait : waits) {
      own.answer(new Unreachable("offline"));
      assertThat(own.core.nextWakeup()).contains(own.now.plusSeconds(wait));
      own.pass(Duration.ofSeconds(wait));
    }
    assertThat(own.events(OwnMembershipEvent.JoinFailed.class)).isEmpty();
    own.answer(new Unreachable("offline"));
    assertThat(own.events(OwnMembershipEvent.JoinFailed.class)).hasSize(1);
    assertThat(own.status()).isEqualTo(Status.DISCONNECTING);
    assertThat(own.content()).as("it may have reached the server after all").isEmpty();
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void g1AJoinDuringALeaveFollowsItsAnswerAndEndsItsRetries_ours() {
    own.join();
    own.succeed();
    assertThat(own.core.canJoin()).isFalse();
    own.leave();
    own.join();
    assertThat(own.published).as("the leave is under way").hasSize(2);
    own.answer(new Unreachable("offline"));
    assertThat(own.published).hasSize(3);
    assertThat(own.content()).isNotEmpty();
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
    own.pass(Duration.ofMinutes(5));
    assertThat(own.published).hasSize(3);

    own.leave();
    own.join();
    own.leave();
    own.succeed();
    assertThat(own.published).as("the last word counts").hasSize(4);
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void mm24ALeaveEndsTheRetriesOfAJoinThatNeverReachedTheServer() {
    own.join();
    own.answer(new RateLimited(Optional.empty()));
    own.leave();
    assertThat(own.published).hasSize(1);
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void g1LeaveOfAJoinThatMayHaveReachedTheServerIsSent_ours() {
    own.join();
    own.answer(new Unreachable("lost answer"));
    own.leave();
    assertThat(own.content()).isEmpty();
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void g1LeaveDuringTheJoinIsSentAfterItsAnswer_ours() {
    own.join();
    own.leave();
    assertThat(own.published).hasSize(1);
    own.succeed();
    assertThat(own.published).hasSize(2);
    assertThat(own.content()).isEmpty();
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.events(OwnMembershipEvent.StatusChanged.class))
        .extracting(OwnMembershipEvent.StatusChanged::to)
        .containsExactly(Status.CONNECTING, Status.DISCONNECTING, Status.DISCONNECTED);
  }

  @Test
  void g1LeaveThatFailsIsToldOnceAndTriedUntilTheMembershipExpires_ours() {
    own.join();
    own.succeed();
    own.leave();
    for (int i = 0; i < 10; i++) {
      own.answer(new Unreachable("offline"));
      own.untilNextRequest();
    }
    assertThat(own.events(OwnMembershipEvent.LeaveFailed.class)).isEmpty();
    for (int i = 0; i < 20; i++) {
      own.answer(new Unreachable("offline"));
      assertThat(own.untilNextRequest()).isEqualTo(Duration.ofSeconds(30));
      assertThat(own.content()).isEmpty();
    }
    assertThat(own.events(OwnMembershipEvent.LeaveFailed.class)).hasSize(1);
    own.now = MemberEvents.T.plus(Duration.ofHours(4));
    own.answer(new Unreachable("offline"));
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.core.nextWakeup()).isEmpty();
  }

  @Test
  void g1LeaveThatIsRefusedIsNotTriedAgain() {
    own.join();
    own.succeed();
    own.leave();
    own.answer(new Forbidden("no longer in the room"));
    assertThat(own.events(OwnMembershipEvent.LeaveFailed.class)).hasSize(1);
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void mm16AndMm17AMembershipThatIsGoneIsJoinedAnewAndOneThatIsThereIsNot() {
    own.join();
    own.succeed();
    own.gone();
    assertThat(own.published).as("not seen yet: sync is behind").hasSize(1);
    own.seen(own.now);
    own.seen(own.now);
    assertThat(own.published).hasSize(1);
    own.gone();
    assertThat(own.published).hasSize(2);
    assertThat(own.content().has("created_ts")).isFalse();
    own.gone();
    assertThat(own.published).as("no second join while one is under way").hasSize(2);
    own.succeed();
    assertThat(own.events(OwnMembershipEvent.MembershipLost.class)).hasSize(1);
    assertThat(own.events(OwnMembershipEvent.MembershipRestored.class)).hasSize(1);
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm18AfterTheNewJoinRefreshesCountFromIt() {
    own.join();
    own.succeed();
    own.seen(own.now);
    own.pass(Duration.ofMinutes(30));
    own.gone();
    own.succeed();
    own.seen(own.now);
    own.pass(HOUR.minusSeconds(6));
    assertThat(own.published).hasSize(2);
    own.pass(Duration.ofSeconds(1));
    assertThat(own.published).hasSize(3);
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void g1LostDuringARefreshTheJoinFollowsItsAnswer() {
    own.join();
    own.succeed();
    own.seen(own.now);
    own.pass(HOUR);
    own.gone();
    assertThat(own.published).hasSize(2);
    own.answer(new Unreachable("offline"));
    assertThat(own.published).hasSize(3);
    assertThat(own.content().has("created_ts")).isFalse();
  }

  @Test
  void g1RefreshFailuresAreRetriedUntilTheMembershipExpiresThenItJoinsAnew() {
    own.join();
    own.succeed();
    own.seen(own.now);
    own.pass(HOUR);
    int refreshes = 0;
    while (own.status() == Status.CONNECTED && refreshes < 1_000) {
      own.answer(new Unreachable("offline"));
      if (own.status() == Status.CONNECTED) {
        own.pass(Duration.ofSeconds(30));
      }
      refreshes++;
    }
    assertThat(refreshes).isBetween(300, 999);
    assertThat(own.events(OwnMembershipEvent.MembershipLost.class)).hasSize(1);
    own.pass(Duration.ofMinutes(1));
    assertThat(own.content().has("created_ts")).isFalse();
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void anAnswerToAnotherRequestIsIgnored() {
    own.join();
    own.take(own.core.onPublished(own.last().id() + 1, new Published("$x"), own.now));
    assertThat(own.status()).isEqualTo(Status.CONNECTING);
    own.succeed();
    own.take(own.core.onPublished(own.last().id(), new Forbidden("late"), own.now));
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }
}
