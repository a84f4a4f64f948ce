package io.matrixrtc.widget.bridge;

import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.host.WidgetHost;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Hosts whose session is over, until the homeserver has answered for what they left behind. */
final class LeavingHosts {
  /** Then they are not waited for any more. */
  static final Duration LIMIT = Duration.ofSeconds(3);

  private final SerialScheduler scheduler;
  private final Set<CompletableFuture<Void>> leaving = new LinkedHashSet<>();

  /**
   * @param scheduler confines this
   */
  LeavingHosts(SerialScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** This one is closed now, or was. */
  void add(WidgetHost host) {
    add(host.ended().toCompletableFuture());
  }

  /** Something else that is to be waited for. */
  void add(CompletableFuture<Void> gone) {
    leaving.add(gone);
    var unused = gone.thenRun(() -> scheduler.execute(() -> leaving.remove(gone)));
  }

  /** Runs {@code then} once: when all of them are gone, or after {@link #LIMIT} (BRIDGE-DRAIN). */
  void whenGone(Runnable then) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(leaving.toArray(new CompletableFuture<?>[0]));
    SerialScheduler.Timer timer =
        scheduler.schedule(scheduler.now().plus(LIMIT), () -> all.complete(null));
    var unused =
        all.thenRun(
            () ->
                scheduler.execute(
                    () -> {
                      timer.cancel();
                      then.run();
                    }));
  }
}
