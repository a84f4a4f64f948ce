package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link WidgetHostMachine}: makes its calls, posts its messages and keeps its time. Any
 * thread may call; port, listener and machine are only used on the scheduler.
 */
public final class WidgetHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WidgetHost.class);
  private static final int REQUEST_ID_BYTES = 16;

  private final WidgetHostMachine machine;
  private final WidgetDriver driver;
  private final FramePort frame;
  private final Consumer<HostEvent> listener;
  private final SerialScheduler scheduler;
  private final String logPrefix;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private SerialScheduler.@Nullable Timer timer;
  private Instant timerDue = Instant.MAX;

  /**
   * @param listener told everything that the app or its user may want to know
   * @param random for request ids; a secure one
   */
  public WidgetHost(
      HostedWidget widget,
      HostLimits limits,
      RoomView rooms,
      WidgetDriver driver,
      FramePort frame,
      Consumer<HostEvent> listener,
      SerialScheduler scheduler,
      RandomGenerator random) {
    this.machine = new WidgetHostMachine(widget, limits, rooms, () -> requestId(random));
    this.driver = driver;
    this.frame = frame;
    this.listener = listener;
    this.scheduler = scheduler;
    this.logPrefix = widget.roomId() + " " + widget.widgetId() + " " + widget.account();
  }

  /** ID-RANDOM: 128 bits, which nobody guesses and which do not repeat. */
  private static String requestId(RandomGenerator random) {
    byte[] bytes = new byte[REQUEST_ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** See {@link WidgetHostMachine#onFrameLoaded}. */
  public void onFrameLoaded() {
    input(machine::onFrameLoaded);
  }

  /** See {@link WidgetHostMachine#onPageGone}. */
  public void onPageGone() {
    input(machine::onPageGone);
  }

  /** See {@link WidgetHostMachine#onMessage}. */
  public void onMessage(FrameMessage message) {
    input(now -> machine.onMessage(message, now));
  }

  /** See {@link WidgetHostMachine#onRoomEvent}. */
  public void onRoomEvent(String roomId, ObjectNode event) {
    input(now -> machine.onRoomEvent(roomId, event, now));
  }

  /** See {@link WidgetHostMachine#onStateChanged}. */
  public void onStateChanged(String roomId, List<ObjectNode> changed) {
    input(now -> machine.onStateChanged(roomId, changed, now));
  }

  /** See {@link WidgetHostMachine#onToDevice}. */
  public void onToDevice(IncomingToDevice message) {
    input(now -> machine.onToDevice(message, now));
  }

  /** See {@link WidgetHostMachine#onTurnServers}. */
  public void onTurnServers(TurnDriver.TurnServers servers) {
    input(now -> machine.onTurnServers(servers, now));
  }

  /**
   * Asks the widget something of the app's own: theme, language, hang up, mute.
   *
   * @return completes with its answer, or with none if it refused or did not answer; exceptionally
   *     if the app cannot ask for that
   */
  public CompletionStage<Optional<ObjectNode>> request(WidgetAction action, ObjectNode data) {
    CompletableFuture<Optional<ObjectNode>> answer = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          try {
            perform(machine.request(action, data, answer::complete, scheduler.now()));
          } catch (IllegalArgumentException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** Completes once everything that was handed in before has been worked off. */
  public CompletionStage<Void> settled() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    scheduler.execute(() -> done.complete(null));
    return done;
  }

  /**
   * Completes once the session is over and the homeserver has answered for each delayed event that
   * it left behind: from then on the account may be logged out (DELAY-END).
   */
  public CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  /** Ends the session; see {@link #ended}. */
  @Override
  public void close() {
    input(machine::close);
  }

  private void input(Function<Instant, List<HostEffect>> input) {
    scheduler.execute(() -> perform(input.apply(scheduler.now())));
  }

  private void perform(List<HostEffect> effects) {
    for (HostEffect effect : effects) {
      if (effect instanceof HostEffect.Post post) {
        frame.post(post.text());
      } else if (effect instanceof HostEffect.Call call) {
        make(call.id(), call.call());
      } else if (effect instanceof HostEffect.Report report) {
        LOG.debug("{}: {}", logPrefix, report.event());
        listener.accept(report.event());
      }
    }
    schedule();
    if (machine.isSettled()) {
      ended.complete(null);
    }
  }

  private <A> void make(long id, DriverCall<A> call) {
    CompletionStage<DriverResult<A>> answer;
    try {
      answer = call.on(driver);
    } catch (RuntimeException e) { // a driver's bug must not take the session with it
      LOG.error("{}: {} failed", logPrefix, call.getClass().getSimpleName(), e);
      answer = CompletableFuture.completedFuture(DriverResult.failed("driver failed"));
    }
    answer.whenComplete(
        (result, bug) -> {
          if (bug != null) {
            LOG.error("{}: {} failed", logPrefix, call.getClass().getSimpleName(), bug);
          }
          DriverResult<A> given = bug == null ? result : DriverResult.failed("driver failed");
          if (given instanceof DriverResult.Failed<A> failed) {
            LOG.info("{}: {}: {}", logPrefix, call.getClass().getSimpleName(), failed.reason());
          }
          input(now -> machine.onResult(id, given, now));
        });
  }

  /** A timer that is early looks again; a new one for each request would cost more than that. */
  private void schedule() {
    Instant next = machine.nextDeadline().orElse(Instant.MAX);
    if (!next.isBefore(timerDue) && !machine.isEnded()) {
      return;
    }
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    timerDue = next;
    if (next.isBefore(Instant.MAX)) {
      timer = scheduler.schedule(next, this::onTimer);
    }
  }

  private void onTimer() {
    timer = null;
    timerDue = Instant.MAX;
    perform(machine.onTime(scheduler.now()));
  }
}
