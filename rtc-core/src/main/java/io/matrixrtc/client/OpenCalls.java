package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client that have no result yet: ends those whose time is over, and all of them
 * when the client is closed. One timer serves all. Confined to the scheduler.
 */
final class OpenCalls {
  private final SerialScheduler scheduler;
  private final Set<ApiCall<?>> open = new LinkedHashSet<>();
  private SerialScheduler.@Nullable Timer timer;
  private @Nullable Instant due;
  private boolean closed;

  OpenCalls(SerialScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Makes the call, unless closed. */
  void begin(ApiCall<?> call) {
    if (closed) {
      call.close();
      return;
    }
    open.add(call);
    call.attempt();
  }

  /** The call has its result. */
  void remove(ApiCall<?> call) {
    open.remove(call);
    if (open.isEmpty()) {
      stopTimer(); // or a pool that is shut down would wait for it
    }
  }

  /** Sees to it that the earliest deadline is noticed. */
  void watch() {
    Optional<Instant> earliest =
        open.stream().map(ApiCall::deadline).flatMap(Optional::stream).min(Instant::compareTo);
    if (earliest.isPresent() && (due == null || earliest.get().isBefore(due))) {
      stopTimer();
      due = earliest.get();
      timer = scheduler.schedule(due, this::sweep);
    }
  }

  private void sweep() {
    timer = null;
    due = null;
    for (ApiCall<?> call : List.copyOf(open)) {
      if (call.deadline().filter(at -> !at.isAfter(scheduler.now())).isPresent()) {
        call.onDeadline();
      }
    }
    watch();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
    }
    timer = null;
    due = null;
  }

  /** Ends all calls, and those that are begun later. */
  void close() {
    closed = true;
    List<ApiCall<?>> abandoned = List.copyOf(open);
    open.clear();
    stopTimer();
    abandoned.forEach(ApiCall::close);
  }
}
