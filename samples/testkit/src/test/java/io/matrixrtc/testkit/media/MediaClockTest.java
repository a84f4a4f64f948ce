package io.matrixrtc.testkit.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MediaClockTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void timeRunsAtItsSpeed() {
    try (MediaClock clock = MediaClock.on(nanos::get, START, 20)) {
      nanos.addAndGet(Duration.ofMillis(500).toNanos());
      assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(10));
      assertThat(clock.instant()).isEqualTo(START.plusSeconds(10));
      assertThat(clock.wallTime(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(500));
    }
  }

  @Test
  void speedHasBounds() {
    for (double bad : new double[] {0, -1, Double.NaN, MediaClock.MAX_SPEED + 1}) {
      assertThatThrownBy(() -> MediaClock.startNow(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
    MediaClock.startNow(MediaClock.MAX_SPEED).close();
  }

  @Test
  void processesThatGiveTheSameStartAgreeOnTheTime() {
    Instant start = Instant.now().minusSeconds(100);
    try (MediaClock one = MediaClock.startingAt(start, 1);
        MediaClock other = MediaClock.startingAt(start, 1)) {
      assertThat(one.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(100));
      assertThat(other.elapsed().minus(one.elapsed())).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void aLateClockPlaysEveryFrameOfAllTracksInOrderOfTime_CLOCK_LATE() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    Clip sound = Clip.BuiltIn.FIFTHS.load();
    Clip picture = Clip.BuiltIn.TESTCARD.load();
    try (MediaClock clock = MediaClock.on(nanos::get, START, 1)) {
      List<Duration> dues = new CopyOnWriteArrayList<>();
      Playback audio =
          clock.play(
              sound,
              Duration.ofSeconds(1),
              frame -> {
                heard.add("a" + frame.sequence());
                dues.add(frame.due());
              });
      clock.play(
          picture,
          Duration.ofSeconds(1),
          frame -> {
            heard.add("v" + frame.sequence());
            dues.add(frame.due());
          });
      var unused = clock.at(Duration.ofSeconds(4), () -> done.complete(null));
      nanos.set(Duration.ofSeconds(4).toNanos()); // four seconds late
      done.get(30, TimeUnit.SECONDS);
      assertThat(heard).filteredOn(name -> name.startsWith("a")).hasSizeGreaterThanOrEqualTo(150);
      assertThat(heard).filteredOn(name -> name.startsWith("v")).hasSizeGreaterThanOrEqualTo(45);
      assertThat(dues).isSorted();
      for (int i = 0; i < 150; i++) {
        assertThat(heard).filteredOn(("a" + i)::equals).hasSize(1);
      }
      assertThat(audio.played()).isGreaterThanOrEqualTo(150);
    }
  }

  @Test
  void aPauseLosesNoFrameAndTimeStampsGoOnWithTheClock_CLOCK_PAUSE() throws Exception {
    List<Playback.PlayedFrame> heard = new CopyOnWriteArrayList<>();
    try (MediaClock clock = MediaClock.on(nanos::get, START, 1)) {
      Playback playback = clock.play(Clip.BuiltIn.FIFTHS.load(), Duration.ZERO, heard::add);
      runTo(clock, 990);
      playback.pause();
      playback.pause();
      runTo(clock, 5_000);
      assertThat(heard).hasSize(50);
      playback.resume();
      playback.resume();
      runTo(clock, 5_990);
      assertThat(heard.stream().map(Playback.PlayedFrame::sequence).toList())
          .isEqualTo(LongStream.range(0, 100).boxed().toList());
      assertThat(heard.get(50).due()).isEqualTo(Duration.ofSeconds(5));
      playback.close();
      runTo(clock, 9_000);
      assertThat(heard).hasSize(100);
      assertThat(playback.ended().toCompletableFuture().get(30, TimeUnit.SECONDS)).isEqualTo(100);
    }
  }

  @Test
  void aClipStartsAgainAtItsEnd() throws Exception {
    List<Playback.PlayedFrame> heard = new CopyOnWriteArrayList<>();
    try (MediaClock clock = MediaClock.on(nanos::get, START, 1)) {
      clock.play(Clip.BuiltIn.TESTCARD.load(), Duration.ZERO, heard::add);
      runTo(clock, 40_010);
      assertThat(heard).hasSize(601);
      assertThat(heard.get(300).frame().number()).isZero();
      assertThat(heard.get(300).due()).isEqualTo(Duration.ofSeconds(20));
      assertThat(heard.get(600).sequence()).isEqualTo(600);
    }
  }

  @Test
  void aSinkThatThrowsEndsItsPlaybackAndNoOther() throws Exception {
    List<Playback.PlayedFrame> heard = new CopyOnWriteArrayList<>();
    try (MediaClock clock = MediaClock.on(nanos::get, START, 1)) {
      Playback broken =
          clock.play(
              Clip.BuiltIn.FIFTHS.load(),
              Duration.ZERO,
              frame -> {
                throw new IllegalStateException("broken sink");
              });
      clock.play(Clip.BuiltIn.FIFTHS.load(), Duration.ZERO, heard::add);
      runTo(clock, 510);
      assertThat(heard).hasSize(26);
      assertThatThrownBy(() -> broken.ended().toCompletableFuture().join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("broken sink");
      assertThat(broken.played()).isEqualTo(1);
    }
  }

  @Test
  void actionsCanBeCancelledAndFailuresAreReported() throws Exception {
    List<String> ran = new CopyOnWriteArrayList<>();
    try (MediaClock clock = MediaClock.on(nanos::get, START, 1)) {
      CompletableFuture<?> cancelled = clock.at(Duration.ofMillis(10), () -> ran.add("cancelled"));
      var kept = clock.at(Duration.ofMillis(10), () -> ran.add("kept"));
      CompletableFuture<?> failing =
          clock.at(
              Duration.ofMillis(10),
              () -> {
                throw new IllegalStateException("no");
              });
      cancelled.cancel(false);
      runTo(clock, 20);
      assertThat(kept).isCompleted();
      assertThat(ran).containsExactly("kept");
      assertThat(failing).isCompletedExceptionally();
    }
  }

  @Test
  void closingEndsEverything() {
    MediaClock clock = MediaClock.on(nanos::get, START, 1);
    CompletableFuture<?> later = clock.at(Duration.ofHours(1), () -> {});
    Playback playback = clock.play(Clip.BuiltIn.FIFTHS.load(), Duration.ofHours(1), frame -> {});
    clock.close();
    clock.close();
    assertThat(later).isCancelled();
    assertThat(playback.ended().toCompletableFuture()).isCompletedWithValue(0L);
    assertThat(clock.at(Duration.ZERO, () -> {})).isCancelled();
  }

  @Test
  void rtpTimestampsWrapAt32Bits() {
    assertThat(TrackKind.AUDIO.rtpTimestamp(0, Duration.ofMillis(20))).isEqualTo(960);
    assertThat(TrackKind.VIDEO.rtpTimestamp(0xFFFF_FFFFL, Duration.ofSeconds(1))).isEqualTo(89_999);
  }

  /** Moves the time on and waits until the clock's thread has done all that was due before. */
  private void runTo(MediaClock clock, long millis) throws Exception {
    nanos.set(Duration.ofMillis(millis).toNanos());
    clock.at(Duration.ofMillis(millis), () -> {}).get(30, TimeUnit.SECONDS);
  }
}
