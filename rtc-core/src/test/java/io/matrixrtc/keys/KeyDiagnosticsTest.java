package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an app can ask, and is told, about the keys of a call. */
class KeyDiagnosticsTest extends ManagerFixture {
  private static final CallMember A = member("A");
  private static final CallMember B = member("B");

  private <E extends KeyEvent> List<E> told(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private void begin(CallMember... members) {
    manager.start();
    members(members);
    time.advanceMillis(10);
  }

  private KeyStatistics statistics() {
    return manager.statistics().toCompletableFuture().join();
  }

  @Test
  void diagMissingAMemberWithoutAKeyIsReportedOnceAfterTenSecondsAndItsKeyAsLate() {
    begin(A, B);
    receive(B, 0, 1, Optional.empty());
    time.advance(MissingKeys.WITHOUT_KEY.minusMillis(11));
    assertThat(told(KeyEvent.RemoteKeyMissing.class)).isEmpty();
    time.advanceMillis(1);
    assertThat(told(KeyEvent.RemoteKeyMissing.class))
        .containsExactly(
            new KeyEvent.RemoteKeyMissing(A, Duration.ofSeconds(10), false, Optional.empty()));
    time.advance(Duration.ofMinutes(1));
    assertThat(told(KeyEvent.RemoteKeyMissing.class)).hasSize(1);
    receive(A, 3, 1, Optional.empty());
    assertThat(told(KeyEvent.RemoteKeyLate.class))
        .containsExactly(new KeyEvent.RemoteKeyLate(A, new KeyIndex(3), Duration.ofSeconds(70)));
    receive(A, 4, 2, Optional.empty());
    assertThat(told(KeyEvent.RemoteKeyLate.class)).as("once").hasSize(1);
  }

  @Test
  void lk13StatisticsHoldTheTotalAgeOfTheKeysThatCameIntoUse() {
    begin(A, B);
    receive(A, 0, 1, Optional.of(time.instant().minusSeconds(2)));
    receive(B, 0, 2, Optional.of(time.instant().minusSeconds(5)));
    receive(B, 1, 3, Optional.empty());
    assertThat(statistics().arrivals())
        .isEqualTo(new KeyStatistics.Arrivals(3, 2, Duration.ofSeconds(7)));
  }

  @Test
  void diagMissingFramesThatNoKeyIsForAreReportedAfterASecondThoughAnOlderKeyIsHeld() {
    begin(A, B);
    receive(A, 0, 1, Optional.empty());
    receive(B, 0, 1, Optional.empty());
    manager.onFrameWithoutKey(A.mediaIdentity());
    time.advanceMillis(500);
    manager.onFrameWithoutKey(A.mediaIdentity());
    time.advanceMillis(499);
    assertThat(told(KeyEvent.RemoteKeyMissing.class)).isEmpty();
    time.advanceMillis(1);
    assertThat(told(KeyEvent.RemoteKeyMissing.class))
        .containsExactly(
            new KeyEvent.RemoteKeyMissing(A, Duration.ofSeconds(1), true, Optional.empty()));
    receive(A, 1, 2, Optional.empty());
    assertThat(told(KeyEvent.RemoteKeyLate.class))
        .extracting(KeyEvent.RemoteKeyLate::after)
        .containsExactly(Duration.ofSeconds(1));
    manager.onFrameWithoutKey(B.mediaIdentity());
    time.advanceMillis(900);
    receive(B, 1, 2, Optional.empty());
    time.advance(Duration.ofMinutes(1));
    assertThat(told(KeyEvent.RemoteKeyMissing.class)).as("B's came in time").hasSize(1);
    manager.onFrameWithoutKey("@nobody:example.org:X");
    members(B);
    time.advance(Duration.ofMinutes(1));
    assertThat(told(KeyEvent.RemoteKeyMissing.class)).hasSize(1);
  }

  @Test
  void diagStatusTellsOfEachMemberIndexAgeWayLastFailureAndFrames() {
    begin(A, B);
    receive(A, 7, 1, Optional.empty());
    transport.sinks.forEach(
        sink ->
            sink.onRefused(
                new KeyRefusal.BadLength(
                    new KeyRefusal.Origin(A.device().userId(), Optional.of(A.device())), 3)));
    KeyStatus status = manager.status().toCompletableFuture().join();
    assertThat(status.remote().get(A))
        .isInstanceOfSatisfying(
            RemoteKeyState.Held.class,
            held -> {
              assertThat(held.newest()).isEqualTo(new KeyIndex(7));
              assertThat(held.receivedAt()).isEqualTo(time.now());
              assertThat(held.way()).isEqualTo(KeyWay.TO_DEVICE);
              assertThat(held.lastRefusal()).containsInstanceOf(KeyRefusal.BadLength.class);
            });
    assertThat(status.remote().get(B)).isInstanceOf(RemoteKeyState.Missing.class);
    assertThat(status.frames()).containsEntry(A, FrameTally.NONE);

    Random random = new Random(1);
    EncryptionManager counting =
        new EncryptionManager(
            new CallContext("!room:example.org", "m.call#ROOM", OWN),
            new EncryptionManager.Settings(
                RotationPolicies.parity(),
                transport,
                new RecordingSink() {
                  @Override
                  public FrameTally framesOf(CallMember member) {
                    return new FrameTally(5, 2);
                  }
                },
                () -> MediaKey.generate(random),
                random),
            time,
            event -> {});
    counting.start();
    counting.onMembers(List.of(A));
    assertThat(counting.status().toCompletableFuture().join().frames())
        .containsEntry(A, new FrameTally(5, 2));
  }

  @Test
  void diagStatisticsHoldTheTimesToTheFirstKeyAndTheCostOfOffersBySizeOfCall() {
    transport.answerAtOnce = false;
    begin(A, B, member("C"));
    time.advanceMillis(140);
    transport.last().answerAll(FakeTransport.SERVED);
    receive(A, 0, 1, Optional.empty());
    receive(A, 1, 2, Optional.empty());
    members(A, B, member("C"), member("D"));
    time.advanceMillis(30);
    transport.last().answerAll(FakeTransport.FAILED);
    KeyStatistics statistics = statistics();
    assertThat(statistics.rotations()).isEqualTo(1);
    assertThat(statistics.settle().count()).as("first keys only").isEqualTo(1);
    assertThat(statistics.settle().quantileMillis(0.5)).isEqualTo(200);
    assertThat(statistics.confirm().count()).isEqualTo(2);
    assertThat(statistics.confirm().quantileMillis(0.01)).isEqualTo(50);
    assertThat(statistics.confirm().quantileMillis(0.99)).isEqualTo(200);
    assertThat(statistics.sends())
        .containsEntry(4, new KeyStatistics.SendCost(1, 3, 0, Duration.ofMillis(150)))
        .containsEntry(1, new KeyStatistics.SendCost(1, 1, 1, Duration.ofMillis(30)));
  }

  @Test
  void diagStatisticsBucketsHoldTheirBoundsAndBeyond() {
    DurationHistogram histogram = DurationHistogram.EMPTY;
    assertThat(histogram.quantileMillis(0.5)).isEqualTo(-1);
    histogram = histogram.with(Duration.ofMillis(50));
    assertThat(histogram.quantileMillis(1)).isEqualTo(50);
    histogram = histogram.with(Duration.ofMillis(51));
    assertThat(histogram.quantileMillis(1)).isEqualTo(100);
    histogram = histogram.with(Duration.ofMillis(60_001));
    assertThat(histogram.quantileMillis(1)).isEqualTo(Long.MAX_VALUE);
    assertThat(histogram.counts()).hasSize(DurationHistogram.BOUNDS_MILLIS.size() + 1);
    KeyStatistics large =
        KeyStatistics.NONE.after(
            new KeyEvent.OfferAnswered(KeyIndex.ZERO, 1 << 20, 0, Duration.ZERO));
    assertThat(large.sends()).containsOnlyKeys(KeyStatistics.LARGEST);
  }

  @Test
  void diagStatisticsAddUpOffersOfOneSize() {
    KeyStatistics once =
        KeyStatistics.NONE.after(
            new KeyEvent.OfferAnswered(KeyIndex.ZERO, 3, 3, Duration.ofMillis(10)));
    KeyStatistics twice =
        once.after(new KeyEvent.OfferAnswered(KeyIndex.ZERO, 4, 1, Duration.ofMillis(30)));
    assertThat(once.sends())
        .containsExactly(entry(4, new KeyStatistics.SendCost(1, 3, 0, Duration.ofMillis(10))));
    assertThat(twice.sends())
        .containsExactly(entry(4, new KeyStatistics.SendCost(2, 7, 3, Duration.ofMillis(40))));
    assertThat(twice.after(new KeyEvent.HoldStarted())).isSameAs(twice);
  }

  @Test
  void diagStatisticsOnlyAFirstKeySettlesAMember() {
    KeyStatistics first = KeyStatistics.NONE.after(keyOfA(Duration.ofMillis(300), true));
    assertThat(first.settle().count()).isEqualTo(1);
    KeyStatistics next = first.after(keyOfA(Duration.ofMillis(900), false));
    assertThat(next.settle()).isEqualTo(first.settle());
    KeyStatistics held = next.after(new KeyEvent.HoldEnded(Duration.ofMillis(5)));
    assertThat(held.hold().count()).isEqualTo(1);
    assertThat(held.settle()).isEqualTo(first.settle());
  }

  private static KeyEvent keyOfA(Duration after, boolean isFirst) {
    return new KeyEvent.RemoteKeyReceived(
        A,
        KeyIndex.ZERO,
        new SenderEvidence.OlmDevice(A.device(), SenderEvidence.Trust.CROSS_SIGNED),
        KeyWay.TO_DEVICE,
        after,
        Optional.empty(),
        isFirst);
  }

  @Test
  void diagListenerEachMeasureReachesItsMethod() {
    List<String> measured = Collections.synchronizedList(new ArrayList<>());
    CallListener listener =
        new CallListener() {
          @Override
          public void onRotation(RotationPlan.Cause cause, int recipients) {
            measured.add("rotation " + recipients);
          }

          @Override
          public void onKeySent(int recipients, int served, Duration took) {
            measured.add("sent " + served + "/" + recipients);
          }

          @Override
          public void onKeyNotSent(CallMember member, Delivery.Reason reason) {
            measured.add("not sent " + reason);
          }

          @Override
          public void onKeyReceived(
              CallMember member, KeyWay way, Duration sinceLearned, boolean isFirst) {
            measured.add("received by " + way + " first " + isFirst);
          }

          @Override
          public void onKeyMissing(CallMember member, Duration after, boolean framesWait) {
            measured.add("missing " + after.toSeconds());
          }

          @Override
          public void onKeyLate(CallMember member, Duration late) {
            measured.add("late " + late.toSeconds());
          }

          @Override
          public void onKeyRefused(KeyRefusal refusal) {
            measured.add("refused");
          }

          @Override
          public void onMediaHeld(Duration took) {
            measured.add("held " + took.toMillis());
          }
        };
    transport.outcome = member -> member.equals(B) ? FakeTransport.FAILED : FakeTransport.SERVED;
    begin(A, B);
    time.advance(Duration.ofSeconds(10));
    receive(A, 0, 1, Optional.empty());
    receive(A, 0, 2, Optional.of(VirtualTime.START));
    transport.sinks.forEach(
        sink ->
            sink.onRefused(
                new KeyRefusal.Cleartext(new KeyRefusal.Origin("@x:y", Optional.empty()))));
    events.forEach(listener::on);
    listener.on(new KeyEvent.HoldEnded(Duration.ofMillis(300)));
    assertThat(measured)
        .contains(
            "rotation 2",
            "sent 1/2",
            "not sent NOT_SENT",
            "missing 10",
            "received by to-device first true",
            "received by to-device first false",
            "late 10",
            "refused",
            "held 300");
    CallListener silent = new CallListener() {};
    events.forEach(silent::on);
  }
}
