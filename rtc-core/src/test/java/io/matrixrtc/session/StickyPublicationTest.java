package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.MembershipReading.Joined;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The own membership as a sticky event. */
class StickyPublicationTest {
  private final OwnCore own = OwnCore.delayed(OwnCore.settings().withSticky("m1"));

  private static OutgoingEvent.Message message(OutgoingEvent event) {
    return (OutgoingEvent.Message) event;
  }

  private void joined() {
    own.join();
    own.arm("d1");
    own.succeed();
    own.done();
    own.seen(own.now);
  }

  @Test
  void mm31Rs19G2BothTheContentHoldsTheFieldsOfBothForms() {
    own.join();
    OwnMembershipEffect.Schedule leave = own.scheduled.get(0);
    assertThat(message(leave.event()).content())
        .isEqualTo(MemberEvents.json("{'slot_id':'m.call#ROOM','msc4354_sticky_key':'m1'}"));
    assertThat(message(leave.event()).stickyFor()).isEqualTo(Duration.ofMillis(3_600_000));
    own.arm("d1");
    OutgoingEvent.Message join = message(own.last().event());
    assertThat(join.type()).isEqualTo("org.matrix.msc4143.rtc.member");
    assertThat(join.stickyFor()).isEqualTo(Duration.ofMillis(3_600_000));
    assertThat(MemberEvents.json(join.content().toString()))
        .isEqualTo(
            MemberEvents.json(
                "{'slot_id':'m.call#ROOM','application':{'type':'m.call','m.call.intent':'audio'},"
                    + "'member':{'id':'m1','user_id':'@alice:example.org','device_id':'AAAAAAA'},"
                    + "'transports':{'published':[{'type':'livekit','livekit_service_url':'u'}],"
                    + "'can_subscribe':['livekit']},"
                    + "'rtc_transports':[{'type':'livekit','livekit_service_url':'u'}],"
                    + "'versions':[],'msc4354_sticky_key':'m1'}"));
    for (String form : List.of("transports", "rtc_transports")) {
      ObjectNode one = join.content();
      one.remove(form);
      assertThat(
              StickyMembershipParser.read(
                  StickyEvents.event("$1", OwnCore.OWN.userId(), own.now, one), false, own.now))
          .as("without %s", form)
          .isInstanceOf(Joined.class);
    }
    assertThat(
            StickyMembershipParser.read(
                StickyEvents.event("$1", OwnCore.OWN.userId(), own.now, leave.event().content()),
                false,
                own.now))
        .isInstanceOf(MembershipReading.Left.class);
  }

  @Test
  void g2RefreshBeforeItsStickinessEndsItIsRepeatedAndNamesTheOneBefore_ours() {
    joined();
    int updates = own.updated.size();
    while (own.published.size() == 1) {
      own.untilNextRequest();
      if (own.updated.size() > updates) {
        updates = own.updated.size();
        own.done();
      }
    }
    assertThat(Duration.between(MemberEvents.T, own.now))
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    assertThat(own.content().path("m.relates_to").path("event_id").asText())
        .isEqualTo("$own" + own.published.get(0).id());
    assertThat(own.content().path("m.relates_to").path("rel_type").asText())
        .isEqualTo("m.reference");
    assertThat(own.content().has("m.relation")).isFalse();
  }

  @Test
  void g2TxnARepetitionHasTheTransactionOfTheFirstTryAndNothingElseHas_ours() {
    own.join();
    own.answer(new ScheduleOutcome.Unreachable("lost"));
    own.untilNextRequest();
    assertThat(message(own.scheduled.get(1).event()))
        .isEqualTo(message(own.scheduled.get(0).event()));
    own.arm("d1");
    own.answer(new PublishOutcome.Unreachable("lost"));
    while (own.published.size() == 1) {
      own.untilNextRequest();
      if (own.published.size() == 1) {
        own.done();
      }
    }
    assertThat(own.published.get(1).event()).isEqualTo(own.published.get(0).event());
    own.succeed();
    own.done();
    own.update(OwnCore.REQUEST.withIntent("video"));
    own.untilNextRequest();
    own.succeed();
    own.leave();
    own.answer(new DelayedUpdateOutcome.NotFound());
    List<String> transactions = new ArrayList<>();
    own.published.forEach(publish -> transactions.add(message(publish.event()).transactionId()));
    own.scheduled.forEach(schedule -> transactions.add(message(schedule.event()).transactionId()));
    assertThat(transactions.stream().distinct()).hasSize(transactions.size() - 2);
  }

  @Test
  void mm32WithoutStickyEventsTheJoinEndsWithThatReason() {
    own.join();
    own.arm("d1");
    own.answer(new PublishOutcome.Unsupported("no MSC4354"));
    assertThat(own.events(OwnMembershipEvent.JoinUnsupported.class))
        .containsExactly(new OwnMembershipEvent.JoinUnsupported("no MSC4354"));
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    own.assertUpdate(1, DelayedAction.CANCEL, "d1");
  }

  @Test
  void mm30AnIntentUpdateIsSentWithAGap() {
    joined();
    own.update(OwnCore.REQUEST.withIntent("video"));
    assertThat(own.published).hasSize(1);
    assertThat(own.untilNextRequest()).isEqualTo(Duration.ofSeconds(1));
    assertThat(own.content().path("application").path("m.call.intent").asText()).isEqualTo("video");
  }

  @Test
  void g2LateDevicesThatCameLaterAreServedSoonButNotOften_ours() {
    joined();
    own.pass(LateDevices.GAP);
    own.take(own.core.onLateDevices(own.now));
    own.take(own.core.onLateDevices(own.now));
    assertThat(own.published).hasSize(1);
    untilPublished(2, LateDevices.JITTER);
    own.succeed();
    own.take(own.core.onLateDevices(own.now));
    Duration second = untilPublished(3, LateDevices.GAP.plusSeconds(1));
    assertThat(second).isGreaterThanOrEqualTo(LateDevices.GAP);
    own.take(own.core.onLateDevices(own.now));
    own.succeed();
    untilPublished(4, LateDevices.GAP.plusSeconds(1));
    own.succeed();
    untilPublished(4, Duration.ofMinutes(50));
  }

  @Test
  void g2LateDevicesDuringTheJoinAreServedAfterItAndNoneWhenNotJoined_ours() {
    own.take(own.core.onLateDevices(own.now));
    own.join();
    own.arm("d1");
    own.take(own.core.onLateDevices(own.now));
    own.succeed();
    own.done();
    own.seen(own.now);
    untilPublished(2, LateDevices.GAP.plusSeconds(1));
  }

  /** Restarts are answered; returns when there were so many publications, or after the limit. */
  private Duration untilPublished(int count, Duration limit) {
    Instant start = own.now;
    int updates = own.updated.size();
    while (own.published.size() < count || limit.compareTo(Duration.ofMinutes(10)) > 0) {
      own.pass(Duration.ofMillis(100));
      if (own.updated.size() > updates) {
        updates = own.updated.size();
        own.done();
      }
      if (Duration.between(start, own.now).compareTo(limit) >= 0) {
        break;
      }
    }
    assertThat(own.published).hasSize(count);
    return Duration.between(start, own.now);
  }
}
