package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Known defects of upstream's manager, each shown not to be ours. */
class UpstreamDefectsTest extends ManagerFixture {
  private static final CallMember A = member("A");
  private static final CallMember B = member("B");
  private static final CallMember C = member("C");

  @Test
  void emAtomicARotationThatReachesNobodyKeepsTheOldKeyAndIsRepeatedUntilItDoes_ours() {
    manager.start();
    members(A, B);
    String old = sink.inUse();
    transport.outcome = member -> FakeTransport.FAILED;
    members(A);
    time.advanceMillis(900);
    assertThat(sink.own).containsExactly(old);
    assertThat(status().rotationOwed()).isTrue();
    assertThat(events(KeyEvent.RotationOwed.class)).hasSize(1);

    transport.outcome = member -> FakeTransport.SERVED;
    time.advanceMillis(100);
    assertThat(transport.log()).containsExactly("0>A,B", "1>A", "1>A");
    time.advanceMillis(1_000);
    assertThat(sink.inUse()).isEqualTo(transport.last().key());
    assertThat(status().rotationOwed()).isFalse();
  }

  @Test
  void emAtomicAJoinerDuringAnOwedRotationGetsAKeyThatComesToBeUsed_ours() {
    manager.start();
    members(A, B);
    transport.outcome = member -> member.equals(A) ? FakeTransport.FAILED : FakeTransport.SERVED;
    members(A);
    assertThat(status().rotationOwed()).isTrue();
    members(A, C);
    time.advanceMillis(1_000);
    assertThat(transport.log()).containsExactly("0>A,B", "1>A", "1>C", "1>A");
    assertThat(sink.inUse()).isEqualTo(transport.sent.get(1).key());
    assertThat(sink.own).hasSize(2);
  }

  @Test
  void emAtomicSomeoneWhoWasOfferedAnOwedKeyAndLeftCausesAnotherIndex_ours() {
    manager.start();
    members(A, B, C);
    transport.outcome = member -> FakeTransport.FAILED;
    members(A, B);
    assertThat(status().newest()).hasValueSatisfying(i -> assertThat(i.value()).isEqualTo(1));
    transport.outcome = member -> FakeTransport.SERVED;
    members(A);
    time.advanceMillis(1_000);
    assertThat(transport.log()).containsExactly("0>A,B,C", "1>A,B", "2>A");
    assertThat(sink.own).hasSize(2);
    assertThat(sink.inUse()).startsWith("2:");
    assertThat(made.get(1).isDestroyed()).isTrue();
  }

  @Test
  void emServedAFailedDeliveryIsNoDeliveryAndIsRepeatedWhileTheKeyLives_ours() {
    manager.start();
    transport.outcome = member -> member.equals(B) ? FakeTransport.FAILED : FakeTransport.SERVED;
    members(A, B);
    Map<CallMember, DeliveryState> deliveries = status().deliveries();
    assertThat(deliveries.get(A)).isInstanceOf(DeliveryState.Served.class);
    assertThat(deliveries.get(B))
        .isInstanceOfSatisfying(
            DeliveryState.Failed.class,
            failed -> {
              assertThat(failed.failure()).isEqualTo(FakeTransport.FAILED);
              assertThat(failed.nextTryAt()).isEqualTo(time.now().plusSeconds(1));
            });
    time.advanceMillis(999);
    assertThat(transport.log()).containsExactly("0>A,B");
    time.advanceMillis(1);
    assertThat(transport.log()).containsExactly("0>A,B", "0>B");
    time.advanceMillis(2_000);
    assertThat(transport.log()).containsExactly("0>A,B", "0>B", "0>B");
    transport.outcome = member -> FakeTransport.SERVED;
    time.advanceMillis(4_000);
    assertThat(transport.log()).hasSize(4);
    time.advance(Duration.ofHours(1));
    assertThat(transport.log()).hasSize(4);
    assertThat(status().deliveries().get(B)).isInstanceOf(DeliveryState.Served.class);
  }

  @Test
  void emRetryEndsWithTheMemberAndWithTheKey_ours() {
    manager.start();
    transport.outcome = member -> member.equals(B) ? FakeTransport.FAILED : FakeTransport.SERVED;
    members(A, B);
    members(A);
    time.advance(Duration.ofMinutes(5));
    assertThat(transport.log()).containsExactly("0>A,B", "1>A");
  }

  @Test
  void emServedAnUnknownDeviceIsNotRecordedAsServed_ours() {
    Delivery unknown = new Delivery.Failed(Delivery.Reason.UNKNOWN_DEVICE, "unknown device");
    manager.start();
    transport.outcome = member -> unknown;
    members(A);
    assertThat(status().deliveries().get(A))
        .isInstanceOfSatisfying(
            DeliveryState.Failed.class, failed -> assertThat(failed.failure()).isEqualTo(unknown));
  }

  @Test
  void emAnswerAMemberWithoutAnOutcomeAndATransportThatNeverAnswersCountAsFailed_ours() {
    manager.start();
    transport.answerAtOnce = false;
    members(A, B);
    transport.last().answer().complete(Map.of(A, FakeTransport.SERVED));
    assertThat(status().deliveries().get(B)).isInstanceOf(DeliveryState.Failed.class);
    members(A);
    assertThat(transport.log()).containsExactly("0>A,B", "1>A");
    time.advance(KeyOffers.ANSWER_TIMEOUT.minusMillis(1));
    assertThat(status().deliveries().get(A)).isInstanceOf(DeliveryState.Offered.class);
    time.advanceMillis(1);
    assertThat(status().rotationOwed()).isTrue();
  }

  @Test
  void emAnswerATransportThatFailsExceptionallyCountsAsFailedForAll_ours() {
    manager.start();
    transport.answerAtOnce = false;
    members(A);
    transport.last().answer().completeExceptionally(new IllegalStateException("closed"));
    assertThat(status().deliveries().get(A)).isInstanceOf(DeliveryState.Failed.class);
  }

  @Test
  void emStopAfterALeaveNothingIsMadeOrSent_ours() {
    manager.start();
    members(me(), A, B);
    manager.stop();
    members(A, B);
    members(A);
    manager.onKeyLostByOthers();
    time.advance(Duration.ofHours(1));
    assertThat(transport.log()).containsExactly("0>A,B");
    assertThat(made).hasSize(1);
    assertThat(status()).isEqualTo(KeyStatus.NONE);
    manager.start();
    members(me(), A, B);
    assertThat(transport.log()).containsExactly("0>A,B", "0>A,B");
  }

  @Test
  void emStopInTheUseDelayTheNewKeyIsNotUsedAnyMore_ours() {
    manager.start();
    members(A, B);
    members(A);
    manager.stop();
    time.advance(Duration.ofMinutes(1));
    assertThat(sink.own).hasSize(1);
  }

  @Test
  void emGraceStrictGivesNoJoinerAKeyThatWasUsedBefore() {
    manager = manager(RotationPolicies.strict(Duration.ofSeconds(1)));
    manager.start();
    members(A);
    time.advanceMillis(1);
    members(A, B);
    time.advanceMillis(10);
    members(A, B, C);
    time.advanceMillis(5_000);
    assertThat(transport.log()).containsExactly("0>A", "1>A,B", "2>A,B,C");
  }

  @Test
  void emSelfTheOwnMembershipComingGoingOrChangingCausesNothing_ours() {
    manager.start();
    members(A);
    time.advanceMillis(60_000);
    members(A, me());
    CallMember again =
        new CallMember(OWN, "other", VirtualTime.START.plusSeconds(9), me().mediaIdentity());
    members(A, again);
    members(A);
    time.advanceMillis(60_000);
    assertThat(transport.log()).containsExactly("0>A");
    assertThat(status().remote()).containsOnlyKeys(A);
    members(A, B);
    assertThat(transport.log()).containsExactly("0>A", "1>A,B");
  }

  @Test
  void emAloneTheFirstMemberUpdateAfterALoneStartMakesNoSecondKey_ours() {
    manager.start();
    members();
    time.advanceMillis(60_000);
    members(me());
    time.advanceMillis(60_000);
    assertThat(made).hasSize(1);
    assertThat(transport.log()).isEmpty();
  }

  @Test
  void emAloneWhenTheLastOneLeavesTheNextKeyIsUsedAtOnceAndNothingIsSent_ours() {
    manager.start();
    members(A);
    members();
    assertThat(transport.log()).containsExactly("0>A");
    assertThat(sink.own).hasSize(2);
    members(B);
    assertThat(transport.log()).containsExactly("0>A", "1>B");
    assertThat(sink.inUse()).isEqualTo(transport.last().key());
  }

  @Test
  void emRejoinAReplacedParticipationIsNoLeaverButIsServedAnew() {
    manager.start();
    members(A, B);
    time.advanceMillis(60_000);
    members(A, member("B", 60));
    time.advanceMillis(1_000);
    assertThat(transport.log()).containsExactly("0>A,B", "1>A,B");
    members(A, member("B", 60));
    assertThat(transport.log()).hasSize(2);
  }

  @Test
  void emOfferAgainDoesNotReachAJoinerWhoMustWaitForTheNextKey_ours() {
    manager = manager(RotationPolicies.strict(Duration.ofSeconds(1)));
    transport.answerAtOnce = false;
    manager.start();
    members(A);
    members(A, B);
    manager.onKeyLostByOthers();
    assertThat(transport.log()).containsExactly("0>A", "0>A");
    transport.sent.get(0).answerAll(FakeTransport.SERVED);
    assertThat(transport.log()).containsExactly("0>A", "0>A", "1>A,B");
  }

  @Test
  void emRetireAMemberThatReturnsInTimeHasItsKeysAgain_ours() {
    manager.start();
    members(A, B);
    receive(A, 5, 1, Optional.empty());
    members(B);
    assertThat(sink.left).containsExactly(A);
    assertThat(sink.rings).doesNotContainKey(A.mediaIdentity());
    time.advance(RemoteKeys.RETURN_TIME.minusMillis(1));
    CallMember back = member("A", 59);
    members(B, back);
    assertThat(sink.rings.get(A.mediaIdentity())).containsKey(5);
    time.advance(RemoteKeys.RETURN_TIME);
    sink.rings.clear();
    manager.replayKeys();
    assertThat(sink.rings.get(A.mediaIdentity())).as("still there later").containsKey(5);
    members(B);
    time.advance(RemoteKeys.RETURN_TIME);
    members(B, member("A", 200));
    assertThat(sink.rings).doesNotContainKey(A.mediaIdentity());
    assertThat(status().remote().get(member("A", 200))).isInstanceOf(RemoteKeyState.Missing.class);
  }
}
