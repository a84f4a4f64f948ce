package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.keys.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SyncLoopTest {
  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final ClientSettings settings =
      ClientSettings.of(http, time)
          .withRandom(new SplittableRandom(3))
          .withSync(SyncSettings.defaults().withoutFilter());
  private final List<String> taken = new ArrayList<>();
  private final List<SyncStatus> status = new ArrayList<>();
  private final List<SyncAnswer> answers = new ArrayList<>();
  private boolean room = true;
  private boolean accept = true;
  private @Nullable RuntimeException bug;
  private final HomeserverApi api = new HomeserverApi(session("t"), settings);
  private Duration longPoll = Duration.ofSeconds(30);
  private final SyncLoop loop = loop(api);

  private static MatrixSession session(String token) {
    return new MatrixSession(
        URI.create("https://hs.test"), "@a:hs.test", "D", AccessToken.of(token));
  }

  private SyncLoop loop(HomeserverApi api) {
    return new SyncLoop(
        new SyncApi(api, "@a:hs.test"),
        api.settings(),
        () -> longPoll,
        new SyncLoop.Listener() {
          @Override
          public boolean hasRoomFor(SyncAnswer answer) {
            return room;
          }

          @Override
          public boolean onSync(SyncAnswer answer) {
            taken.add(answer.nextBatch());
            answers.add(answer);
            if (bug != null) {
              throw bug;
            }
            return accept;
          }

          @Override
          public void onStatus(SyncStatus now) {
            status.add(now);
          }
        });
  }

  private static String batch(String token) {
    return "{\"next_batch\":\"" + token + "\"}";
  }

  private String query() {
    return http.last().uri().getQuery();
  }

  @Test
  void inboxFullAnAnswerWithoutRoomIsAskedForAgainOnceThereIs() {
    CompletableFuture<HttpAnswer> first = http.open();
    room = false;
    loop.start(Optional.of("old"));
    first.complete(ScriptedHttp.answer(200, Map.of(), batch("one")));
    time.advance(Duration.ofHours(1));
    assertThat(taken).isEmpty();
    assertThat(status).containsExactly(new SyncStatus.InboxFull());
    assertThat(http.calls()).hasSize(1);

    http.open();
    room = true;
    loop.roomAgain();
    time.advance(Duration.ZERO);
    assertThat(http.calls()).hasSize(2);
    assertThat(query()).contains("since=old");
  }

  @Test
  void syncAckEachSyncStartsWhereTheLastAnswerEnded() {
    CompletableFuture<HttpAnswer> first = http.open();
    loop.start(Optional.empty());
    assertThat(query()).doesNotContain("since").contains("timeout=0");
    CompletableFuture<HttpAnswer> second = http.open();
    first.complete(ScriptedHttp.answer(200, Map.of(), batch("s1")));
    assertThat(query()).contains("since=s1").contains("timeout=30000");
    assertThat(http.last().timeout()).isEqualTo(Duration.ofSeconds(40));
    http.open();
    second.complete(ScriptedHttp.answer(200, Map.of(), batch("s2")));
    assertThat(query()).contains("since=s2");
    assertThat(taken).containsExactly("s1", "s2");
  }

  @Test
  void syncAckAnAnswerThatWasNotTakenIsNotAcknowledged() {
    accept = false;
    http.ok(batch("s1"));
    loop.start(Optional.empty());
    assertThat(taken).containsExactly("s1");
    time.advance(Duration.ofHours(1));
    assertThat(http.calls()).hasSize(1); // the script holds no other, and would fail
    assertThat(status).isEmpty();
  }

  @Test
  void syncResumeAtTheStoredToken() {
    http.open();
    loop.start(Optional.of("stored"));
    assertThat(query()).contains("since=stored");
  }

  @Test
  void syncQuickTheFirstSyncOfEachStartIsAnsweredAtOnceAndTheNextIsHeld() {
    CompletableFuture<HttpAnswer> first = http.open();
    loop.start(Optional.of("stored"));
    assertThat(query()).contains("since=stored").contains("timeout=0");
    CompletableFuture<HttpAnswer> second = http.open();
    first.complete(ScriptedHttp.answer(200, Map.of(), batch("s1")));
    assertThat(query()).contains("since=s1").contains("timeout=30000");
    loop.stop();
    second.complete(ScriptedHttp.answer(200, Map.of(), batch("s2")));
    http.open();
    loop.start(Optional.of("s1"));
    assertThat(query()).contains("since=s1").contains("timeout=0");
  }

  @Test
  void syncBackoffGrowsAndEndsWithTheFirstSuccess() {
    for (int i = 0; i < 8; i++) {
      http.lost();
    }
    http.ok(batch("s1"));
    http.open();
    loop.start(Optional.of("s0"));
    time.advance(Duration.ofSeconds(61)); // the waits at their longest; the held sync lasts longer
    assertThat(taken).containsExactly("s1");
    assertThat(http.calls().subList(0, 9))
        .allMatch(call -> call.uri().getQuery().contains("since=s0"));
    List<Integer> inRow = new ArrayList<>();
    for (SyncStatus one : status) {
      if (one instanceof SyncStatus.Failing failing) {
        inRow.add(failing.inRow());
        assertThat(failing.failure()).isInstanceOf(ApiFailure.Unreachable.class);
      }
    }
    assertThat(inRow).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(status.get(8)).isInstanceOf(SyncStatus.Running.class);
    assertThat(query()).contains("timeout=30000");
  }

  @Test
  void syncBackoffWaitsAsLongAsAsked() {
    http.limited(Optional.of("20"), "{}");
    loop.start(Optional.of("s0"));
    time.advance(Duration.ofSeconds(20));
    assertThat(http.calls()).hasSize(1);
    http.open();
    time.advance(Duration.ofSeconds(1));
    assertThat(http.calls()).hasSize(2);
  }

  @Test
  void syncLogoutEndsTheLoopAndSaysSo() {
    http.status(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"?\"}");
    loop.start(Optional.of("s0"));
    time.advance(Duration.ofHours(1));
    loop.resume();
    assertThat(http.calls()).hasSize(1);
    assertThat(status).containsExactly(new SyncStatus.Ended(new ApiFailure.LoggedOut(false)));
  }

  @Test
  void syncLogoutThatIsSoftSuspendsTheLoopUntilItIsResumed() {
    http.status(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"?\",\"soft_logout\":true}");
    loop.start(Optional.of("s0"));
    loop.pauseFor(() -> CompletableFuture.completedFuture(true)); // does not wake it
    time.advance(Duration.ofHours(1));
    assertThat(http.calls()).hasSize(1);
    assertThat(status).containsExactly(new SyncStatus.Suspended(new ApiFailure.LoggedOut(true)));
    assertThat(api.tokens().orElseThrow().resume(session("new"))).isTrue();
    http.open();
    loop.resume();
    assertThat(query()).contains("since=s0");
    assertThat(http.last().token().orElseThrow().reveal()).isEqualTo("new");
  }

  @Test
  void syncRepeatAnAnswerDuringAPauseIsDroppedAndAskedForAgain() {
    CompletableFuture<HttpAnswer> early = http.open();
    loop.start(Optional.of("s0"));
    CompletableFuture<Void> task = new CompletableFuture<>();
    CompletableFuture<Void> other = new CompletableFuture<>();
    loop.pauseFor(() -> task);
    loop.pauseFor(() -> other);
    early.complete(ScriptedHttp.answer(200, Map.of(), batch("dropped")));
    task.complete(null);
    assertThat(taken).isEmpty();
    assertThat(http.calls()).hasSize(1);
    http.ok(batch("s1"));
    http.open();
    other.complete(null);
    assertThat(http.calls().get(1).uri().getQuery()).contains("since=s0");
    assertThat(taken).containsExactly("s1");
  }

  @Test
  void aStartDuringAPauseWaitsForItsEnd() {
    CompletableFuture<Void> task = new CompletableFuture<>();
    loop.pauseFor(() -> task);
    loop.start(Optional.of("s0"));
    assertThat(http.calls()).isEmpty();
    http.open();
    task.complete(null);
    assertThat(http.calls()).hasSize(1);
  }

  @Test
  void syncRepeatAPauseEndsHoweverItsTaskEnds() {
    CompletableFuture<HttpAnswer> held = http.open();
    loop.start(Optional.of("s0"));
    CompletableFuture<?> thrown =
        loop.pauseFor(
                () -> {
                  throw new IllegalStateException("before there was a stage");
                })
            .toCompletableFuture();
    assertThat(thrown).isCompletedExceptionally();
    assertThat(http.calls()).hasSize(2);
    CompletableFuture<Void> failing = new CompletableFuture<>();
    CompletableFuture<Void> pause = loop.pauseFor(() -> failing).toCompletableFuture();
    http.ok(batch("s1"));
    http.open();
    failing.completeExceptionally(new IllegalStateException("later"));
    assertThat(pause).isCompletedExceptionally();
    assertThat(taken).containsExactly("s1");
    assertThat(held).isNotDone();
  }

  @Test
  void syncBrokenAnExceptionOfTheTakerIsReportedAsTheEnd() {
    bug = new IllegalStateException("secret");
    http.ok(batch("s1"));
    loop.start(Optional.of("s0"));
    assertThat(status)
        .containsExactly(new SyncStatus.Broken("handing on a sync failed: IllegalStateException"));
    time.advance(Duration.ofHours(1));
    assertThat(http.calls()).hasSize(1);
    bug = null; // the control: the same answer, taken
    http.ok(batch("s1"));
    http.open();
    loop.start(Optional.of("s0"));
    assertThat(status.get(1)).isInstanceOf(SyncStatus.Running.class);
  }

  @Test
  void syncSilenceTheLongPollIsAskedForEachSyncAndAHungOneIsGivenUpSoon() {
    longPoll = Duration.ofSeconds(8);
    http.ok(batch("s0"));
    http.open(); // never answered, by a transport that keeps to no limit
    loop.start(Optional.empty());
    assertThat(query()).contains("timeout=8000");
    assertThat(http.last().timeout()).isEqualTo(Duration.ofSeconds(18));
    status.clear();
    time.advance(Duration.ofSeconds(20).minusMillis(1));
    assertThat(status).isEmpty();
    longPoll = Duration.ofSeconds(30);
    http.ok(batch("s1"));
    http.open();
    time.advance(Duration.ofSeconds(1));
    assertThat(((SyncStatus.Failing) status.get(0)).failure().sentence())
        .contains("no answer in time");
    assertThat(taken).containsExactly("s0", "s1");
    assertThat(query()).contains("timeout=30000");
  }

  private SyncLoop filtered() {
    return loop(new HomeserverApi(session("t"), settings.withSync(SyncSettings.defaults())));
  }

  @Test
  void syncFilterIsUploadedOnceForEachStart() {
    SyncLoop filtered = filtered();
    http.ok("{\"filter_id\":\"f1\"}").ok(batch("s1")).open();
    filtered.start(Optional.of("s0"));
    assertThat(http.calls()).hasSize(3);
    assertThat(http.calls().get(0).uri().getPath())
        .isEqualTo("/_matrix/client/v3/user/@a:hs.test/filter");
    assertThat(http.calls().get(0).body()).contains(SyncFilter.forCalls().toJson().toString());
    assertThat(http.calls().subList(1, 3))
        .allMatch(call -> call.uri().getQuery().contains("filter=f1"));
    filtered.stop();
    http.ok("{\"filter_id\":\"f2\"}").open();
    filtered.start(Optional.of("s1"));
    assertThat(query()).contains("filter=f2");
  }

  @Test
  void syncFilterThatIsRefusedIsDoneWithout() {
    SyncLoop filtered = filtered();
    http.status(404, "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"?\"}").ok(batch("s1")).open();
    filtered.start(Optional.of("s0"));
    assertThat(http.calls()).hasSize(3);
    assertThat(query()).contains("since=s1").doesNotContain("filter");
    assertThat(status).allMatch(SyncStatus.Running.class::isInstance);
  }

  @Test
  void syncFilterThatTheHomeserverForgotIsDroppedAtOnce() {
    SyncLoop filtered = filtered();
    http.ok("{\"filter_id\":\"f1\"}")
        .status(400, "{\"errcode\":\"M_UNKNOWN\",\"error\":\"no such filter\"}")
        .ok(batch("s1"))
        .open();
    filtered.start(Optional.of("s0"));
    assertThat(taken).containsExactly("s1");
    assertThat(query()).doesNotContain("filter");
  }

  @Test
  void syncFilterThatFailsForAWhileIsTriedThreeTimes() {
    SyncLoop filtered = filtered();
    http.lost().status(502, "<html>").lost().ok(batch("s1")).open();
    filtered.start(Optional.of("s0"));
    time.advance(Duration.ofSeconds(5));
    assertThat(status.subList(0, 2)).allMatch(SyncStatus.Failing.class::isInstance);
    assertThat(taken).containsExactly("s1");
    assertThat(query()).doesNotContain("filter");
  }

  @Test
  void stopDropsWhatIsOnItsWay() {
    CompletableFuture<HttpAnswer> open = http.open();
    loop.start(Optional.of("s0"));
    loop.stop();
    open.complete(ScriptedHttp.answer(200, Map.of(), batch("s1")));
    assertThat(taken).isEmpty();
    assertThat(http.calls()).hasSize(1);
  }

  private static String event(String name, String value) {
    return "{\"type\":\"t\",\"sender\":\"@a:b\",\"content\":{\"" + name + "\":" + value + "}}";
  }

  @Test
  void syncPoisonOneEventBeyondTheLimitsSpoilsNoOther() {
    String good = event("good", "1");
    String deepest = "[".repeat(126) + "]".repeat(126);
    String tooDeep = "[".repeat(130) + "]".repeat(130);
    for (String[] pair :
        new String[][] {
          {event("x", tooDeep), event("x", deepest)},
          {event("x", "1".repeat(1_001)), event("x", "1".repeat(1_000))},
          {event("\\ud800", "1"), event("\\ud800\\udc00", "1")}
        }) {
      for (int i = 0; i < 2; i++) {
        String events = "{\"events\":[" + good + "," + pair[i] + "," + good + "]}";
        http.ok(
            "{\"next_batch\":\"s"
                + i
                + "\",\"to_device\":"
                + events
                + ",\"rooms\":{\"join\":{\"!r:b\":{\"timeline\":"
                + events
                + "}}}}");
        http.open();
        answers.clear();
        loop.start(Optional.of("before"));
        assertThat(query()).contains("since=s" + i);
        loop.stop();
        SyncAnswer answer = answers.get(0);
        assertThat(answer.crypto().toDeviceEvents().stream().map(JsonNode::isObject))
            .containsExactly(true, i == 1, true);
        assertThat(Objects.requireNonNull(answer.rooms().get("!r:b")).timeline())
            .hasSize(i == 1 ? 3 : 2);
      }
    }
  }

  @Test
  void syncShapeAnAnswerWithoutATokenIsAFailure() {
    http.ok("{\"rooms\":{}}");
    loop.start(Optional.of("s0"));
    assertThat(taken).isEmpty();
    assertThat(((SyncStatus.Failing) status.get(0)).failure())
        .isInstanceOf(ApiFailure.NotMatrix.class);
  }
}
