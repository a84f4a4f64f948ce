package io.matrixrtc.token.leave;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.token.DelayedLeave;
import io.matrixrtc.token.federation.AddressPolicy;
import io.matrixrtc.token.federation.CheckedHttp;
import io.matrixrtc.token.federation.ClientApi;
import io.matrixrtc.token.federation.DelayedEvents;
import io.matrixrtc.token.federation.Dialer;
import io.matrixrtc.token.federation.SystemResolver;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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
                    2);
            List<Boolean> answers = new ArrayList<>();
            for (String identity : List.of("a", "b", "c", "b")) {
              answers.add(jobs.add("room", identity, LEAVE, "hs.example", API));
            }
            jobs.report(new SfuEvent("room", "a", SfuEvent.Kind.LEFT)); // it never came
            answers.add(jobs.add("room", "c", LEAVE, "hs.example", API));
            taken.complete(answers);
          });
      assertThat(taken.get(20, TimeUnit.SECONDS)).containsExactly(true, true, false, true, true);
    } finally {
      vertx.close();
    }
  }
}
