package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The behaviours that matrix-js-sdk asserts for its RTCEncryptionManager, by its ids here. */
class RtcManagerParityTest extends ManagerFixture {
  private static final CallMember A = member("A");
  private static final CallMember B = member("B");
  private static final CallMember C = member("C");
  private static final int GRACE = 10_000;
  private static final int USE_DELAY = 1_000;

  @Test
  void em1JoinAttachesToTheTransportAndLeaveDetaches() {
    assertThat(transport.sinks).isEmpty();
    manager.start();
    assertThat(transport.sinks).hasSize(1);
    manager.stop();
    assertThat(transport.sinks).isEmpty();
    assertThat(transport.closed).isZero();
    manager.close();
    assertThat(transport.closed).isEqualTo(1);
  }

  @Test
  void em2TheOwnKeyIsSetOnTheFirstMemberUpdateEvenAlone() {
    manager.start();
    assertThat(sink.own).isEmpty();
    members();
    assertThat(sink.own).hasSize(1).first().asString().startsWith("0:");
  }

  @Test
  void em3TheFirstKeyGoesToAllWithIndex0AndIsUsedAtOnce() {
    transport.answerAtOnce = false;
    manager.start();
    members(me(), A, B);
    assertThat(transport.log()).containsExactly("0>A,B");
    assertThat(sink.own).containsExactly(transport.last().key());
  }

  @Test
  void em4AChangedMemberTimestampGetsTheSameKeyAgain() {
    manager.start();
    members(A, B);
    members(A, member("B", 5));
    assertThat(transport.log()).containsExactly("0>A,B", "0>B");
    assertThat(transport.sent.get(1).key()).isEqualTo(transport.sent.get(0).key());
  }

  @Test
  void em5AJoinerWithinTheGracePeriodGetsTheSameKeyAndNobodyElseIsTold() {
    manager.start();
    members(A);
    time.advanceMillis(GRACE - 1);
    members(A, B);
    time.advanceMillis(2 * USE_DELAY);
    assertThat(transport.log()).containsExactly("0>A", "0>B");
    assertThat(sink.own).hasSize(1);
  }

  @Test
  void em6AChangeDuringARolloutWithoutGraceLeadsToOneMoreRotation() {
    manager = manager(RotationPolicies.parity(Duration.ofMillis(100), Duration.ofSeconds(1)));
    manager.start();
    members();
    time.advanceMillis(150);
    members(A);
    time.advanceMillis(500);
    members(A, B);
    time.advanceMillis(5_000);
    assertThat(transport.log()).containsExactly("1>A", "2>A,B");
    assertThat(sink.own).extracting(key -> key.charAt(0)).containsExactly('0', '1', '2');
  }

  @Test
  void em7AJoinerAfterTheGracePeriodCausesTheNextIndexForEveryoneUsedAfterTheDelay() {
    manager.start();
    members(A);
    time.advanceMillis(GRACE);
    members(A, B);
    assertThat(transport.log()).containsExactly("0>A", "1>A,B");
    time.advanceMillis(USE_DELAY - 1);
    assertThat(sink.own).hasSize(1);
    time.advanceMillis(1);
    assertThat(sink.own).hasSize(2);
    assertThat(sink.inUse()).isEqualTo(transport.last().key());
  }

  @Test
  void em8FiveJoinersWithinTheGracePeriodAreFiveSendsOfIndex0() {
    manager.start();
    members();
    CallMember[] all = {A, B, C, member("D"), member("E")};
    for (int count = 1; count <= all.length; count++) {
      members(java.util.Arrays.copyOf(all, count));
    }
    assertThat(transport.log()).containsExactly("0>A", "0>B", "0>C", "0>D", "0>E");
  }

  @Test
  void em9UpdatesWithoutAChangeSendNothing() {
    manager.start();
    members(A, B);
    for (int i = 0; i < 5; i++) {
      time.advanceMillis(GRACE);
      members(A, B);
    }
    assertThat(transport.log()).containsExactly("0>A,B");
    members(A, B, C);
    assertThat(transport.log()).containsExactly("0>A,B", "1>A,B,C");
  }

  @Test
  void em10ALeaverCausesTheNextIndexForTheRestAtOnceUsedAfterTheDelay() {
    manager.start();
    members(A, B, C);
    members(A, C);
    assertThat(transport.log()).containsExactly("0>A,B,C", "1>A,C");
    time.advanceMillis(USE_DELAY - 1);
    assertThat(sink.own).hasSize(1);
    time.advanceMillis(1);
    assertThat(sink.inUse()).isEqualTo(transport.last().key());
  }

  @Test
  void em12AReceivedKeyReachesTheMediaLayerUnderTheMembersIdentity() {
    manager.start();
    members(A);
    receive(A, 7, 42, Optional.empty());
    assertThat(sink.remote(A.mediaIdentity())).containsExactly(name(7, 42));
    assertThat(events(KeyEvent.RemoteKeyReceived.class))
        .extracting(e -> e.member())
        .containsOnly(A);
  }

  @Test
  void em13AnOlderKeyThatArrivesLaterAtTheSameIndexDoesNotReplaceTheNewer() {
    Instant t = VirtualTime.START;
    manager.start();
    members(A);
    receive(A, 0, 2, Optional.of(t.plusMillis(1000)));
    receive(A, 0, 1, Optional.of(t.plusMillis(999)));
    assertThat(sink.remote(A.mediaIdentity())).containsExactly(name(0, 2));
    assertThat(events(KeyEvent.KeyRefused.class))
        .extracting(KeyEvent.KeyRefused::refusal)
        .hasOnlyElementsOfType(KeyRefusal.Outdated.class)
        .hasSize(1);
    receive(A, 0, 3, Optional.of(t.plusMillis(1000)));
    assertThat(sink.remote(A.mediaIdentity())).containsExactly(name(0, 2), name(0, 3));
  }

  @Test
  void em14KeysCanBeHadAgainInOrderTheOwnOneIncluded() {
    manager.start();
    members(A);
    receive(A, 3, 1, Optional.empty());
    receive(A, 4, 2, Optional.empty());
    String own = sink.inUse();
    sink.own.clear();
    sink.remote.clear();
    manager.replayKeys();
    assertThat(sink.own).containsExactly(own);
    assertThat(sink.remote(A.mediaIdentity())).containsExactly(name(3, 1), name(4, 2));
  }

  @Test
  void em15SeveralChangesDuringARolloutAreOneMoreRotationToTheFinalMembers() {
    manager.start();
    members(A, B, C);
    members(A, B);
    members(A);
    members(A, C);
    members(C);
    assertThat(transport.log()).containsExactly("0>A,B,C", "1>A,B");
    time.advanceMillis(2 * USE_DELAY);
    assertThat(transport.log()).containsExactly("0>A,B,C", "1>A,B", "2>C");
    assertThat(sink.own).hasSize(3);
  }

  @Test
  void em17AKeyThatComesBeforeTheMembershipIsHeldUntilTheMemberAppears() {
    manager.start();
    members();
    receive(A, 0, 9, Optional.empty());
    assertThat(sink.remote).isEmpty();
    assertThat(status().earlyKeys()).isEqualTo(1);
    members(A);
    assertThat(sink.remote(A.mediaIdentity())).containsExactly(name(0, 9));
    assertThat(status().earlyKeys()).isZero();
  }

  @Test
  void lk7TheIndexWrapsFrom255To0() {
    manager.start();
    members(A, B);
    CallMember[][] lists = {{A}, {A, B}};
    for (int rotation = 1; rotation <= 256; rotation++) {
      time.advanceMillis(GRACE);
      members(lists[rotation % 2 == 1 ? 0 : 1]);
      time.advanceMillis(USE_DELAY);
    }
    assertThat(sink.own.get(255)).startsWith("255:");
    assertThat(sink.own.get(256)).startsWith("0:");
  }

  @Test
  void lk10KeysAtOtherIndexesAreAddedAndLk11TheLaterOfEqualTimesWins() {
    Optional<Instant> at = Optional.of(VirtualTime.START);
    manager.start();
    members(A);
    receive(A, 200, 1, at);
    receive(A, 3, 2, at);
    receive(A, 200, 3, at);
    assertThat(sink.rings.get(A.mediaIdentity()))
        .containsEntry(200, key(3).fingerprint())
        .containsEntry(3, key(2).fingerprint());
  }

  @Test
  void rd5WhenOthersMayHaveLostTheKeyItIsOfferedToAllAgain() {
    manager.start();
    members(A, B);
    manager.onKeyLostByOthers();
    assertThat(transport.log()).containsExactly("0>A,B", "0>A,B");
    assertThat(List.of(transport.sent.get(0).key())).containsExactly(transport.sent.get(1).key());
  }

  @Test
  void everyKeyIsWipedOnLeaveAndAUsedOneWhenItIsReplaced() {
    manager.start();
    members(A, B);
    members(A);
    time.advanceMillis(USE_DELAY);
    assertThat(made).extracting(MediaKey::isDestroyed).containsExactly(true, false);
    manager.stop();
    assertThat(made).allMatch(MediaKey::isDestroyed);
    assertThat(sink.closed).isEqualTo(1);
  }
}
