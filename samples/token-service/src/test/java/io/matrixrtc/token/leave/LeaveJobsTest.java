package io.matrixrtc.token.leave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.token.DelayedLeave;
import io.matrixrtc.token.federation.AddressPolicy;
import io.matrixrtc.token.federation.CheckedHttp;
import io.matrixrtc.token.federation.ClientApi;
import io.matrixrtc.token.federation.DelayedEvents;
import io.matrixrtc.token.federation.Dialer;
import io.matrixrtc.token.federation.SystemResolver;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaveJobsTest {
  private static final ClientApi API = new ClientApi(URI.create("http://127.0.0.1:1"), true);
  private static final DelayedLeave LEAVE = new DelayedLeave("id", Duration.ofHours(1));

  @Test
  void soManyLeavesAreLookedAfterAndOneBeyond_LEAVE_BOUND_ours() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      CompletableFuture<List<Boolean>> taken = new CompletableFuture<>();
      vertx.runOnContext(
          now -> {
            LeaveJobs jobs = jobs(vertx, 2);
            List<Boolean> answers = new ArrayList<>();
            for (String identity : List.of("a", "b", "c", "b")) {
              answers.add(jobs.add("room", identity, "@a:hs.example", LEAVE, "hs.example", API));
            }
            jobs.report(new SfuEvent("room", "a", SfuEvent.Kind.LEFT)); // it never came
            answers.add(jobs.add("room", "c", "@a:hs.example", LEAVE, "hs.example", API));
            taken.complete(answers);
          });
      assertThat(taken.get(20, TimeUnit.SECONDS)).containsExactly(true, true, false, true, true);
    } finally {
      vertx.close();
    }
  }

  @Test
  void oneUserHasSoManyAndNotAllPlaces_LEAVE_USER_ours() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      CompletableFuture<List<Boolean>> taken = new CompletableFuture<>();
      vertx.runOnContext(
          now -> {
            LeaveJobs jobs = jobs(vertx, LeaveJobs.MAX_JOBS);
            for (int i = 0; i < LeaveJobs.MAX_JOBS_OF_USER - 1; i++) {
              jobs.add("room", "made up " + i, "@a:hs.example", LEAVE, "hs.example", API);
            }
            List<Boolean> answers = new ArrayList<>();
            answers.add(jobs.add("room", "last", "@a:hs.example", LEAVE, "hs.example", API));
            answers.add(jobs.add("room", "beyond", "@a:hs.example", LEAVE, "hs.example", API));
            answers.add(jobs.add("room", "last", "@a:hs.example", LEAVE, "hs.example", API));
            answers.add(jobs.add("room", "other", "@b:hs.example", LEAVE, "hs.example", API));
            taken.complete(answers);
          });
      assertThat(taken.get(20, TimeUnit.SECONDS)).containsExactly(true, false, true, true);
    } finally {
      vertx.close();
    }
  }

  /** Of a homeserver that cannot be reached, and an SFU that does not answer. */
  private static LeaveJobs jobs(Vertx vertx, int max) {
    CheckedHttp http =
        new CheckedHttp(
            vertx,
            new SystemResolver(vertx),
            AddressPolicy.publicOnly(),
            Dialer.DIRECT,
            CheckedHttp.Trust.ofJdk());
    return new LeaveJobs(
        vertx,
        new DelayedEvents(http, Map.of()),
        (room, identity) -> Promise.<Boolean>promise().future(),
        Duration.ZERO,
        Clock.systemUTC(),
        new Random(1),
        max);
  }

  @Test
  void aRestartGoesOnWithWhatWasDelegatedAndNotEnded_LEAVE_FILE(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("leaves.jsonl");
    assertThat(sizeAfter(file, List.of("a", "b", "c"), List.of("b"))).isEqualTo(2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(sizeAfter(file, List.of(), List.of())).as("after a restart").isEqualTo(2);

    Files.writeString(file, "no json\n{\"room\":\"r\"}\n", StandardOpenOption.APPEND);
    assertThat(sizeAfter(file, List.of(), List.of())).as("other lines are left").isEqualTo(2);
    assertThat(sizeAfter(file, List.of(), List.of("a", "c"))).isZero();
    assertThat(sizeAfter(file, List.of(), List.of())).as("all have ended").isZero();
  }

  /** Runs the jobs of a file, delegates some and ends some; returns how many there are then. */
  private static int sizeAfter(Path file, List<String> delegated, List<String> ended)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      CompletableFuture<Integer> size = new CompletableFuture<>();
      vertx.runOnContext(
          now -> {
            CheckedHttp http =
                new CheckedHttp(
                    vertx,
                    new SystemResolver(vertx),
                    AddressPolicy.publicOnly(),
                    Dialer.DIRECT,
                    CheckedHttp.Trust.ofJdk());
            LeaveJobs jobs =
                new LeaveJobs(
                    vertx,
                    new DelayedEvents(http, Map.of()),
                    (room, identity) -> Promise.<Boolean>promise().future(),
                    Duration.ZERO,
                    Clock.systemUTC(),
                    new Random(1),
                    10,
                    Optional.of(file));
            try {
              jobs.restore();
            } catch (IOException e) {
              size.completeExceptionally(e);
            }
            delegated.forEach(
                one -> jobs.add("room", one, "@a:hs.example", LEAVE, "hs.example", API));
            ended.forEach(one -> jobs.report(new SfuEvent("room", one, SfuEvent.Kind.LEFT)));
            size.complete(jobs.size());
          });
      int found = size.get(20, TimeUnit.SECONDS);
      if (!delegated.isEmpty() || !ended.isEmpty()) {
        await().until(() -> Files.exists(file) && Files.readAllLines(file).size() == found);
      }
      return found;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }
}
