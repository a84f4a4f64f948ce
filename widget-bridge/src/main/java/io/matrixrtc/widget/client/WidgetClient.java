package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.api.WidgetMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A widget in Java, over any relay of JSON text. Any thread may call; listener and port are only
 * used on the scheduler.
 */
public final class WidgetClient implements AutoCloseable {
  /** How often the host is asked for a sign of life while a call is attached (CLIENT-VIEW). */
  static final Duration PULSE = Duration.ofSeconds(4);

  private final WidgetSettings settings;
  private final WidgetMachine machine;
  private final WidgetRooms rooms = new WidgetRooms();
  private final Listeners listeners;
  private final HostPort host;
  private final SerialScheduler scheduler;
  private SerialScheduler.@Nullable Timer timer;
  private SerialScheduler.@Nullable Timer pulse;

  public WidgetClient(
      WidgetSettings settings,
      WidgetListener listener,
      HostPort host,
      SerialScheduler scheduler,
      Supplier<String> ids) {
    this.settings = settings;
    this.listeners = new Listeners(listener, rooms, scheduler::now);
    this.machine = new WidgetMachine(settings, listeners, ids);
    this.host = host;
    this.scheduler = scheduler;
  }

  /** Begins to talk to the host. */
  public void start() {
    scheduler.execute(() -> post(machine.start(scheduler.now())));
  }

  /** Something was posted to the widget. */
  public void onMessage(String text) {
    scheduler.execute(() -> post(machine.onMessage(text, scheduler.now())));
  }

  /** Asks the host something; completes with what became of it. */
  public CompletionStage<WidgetResult> request(WidgetAction action, ObjectNode data) {
    CompletableFuture<WidgetResult> result = new CompletableFuture<>();
    scheduler.execute(() -> post(machine.request(action, data, result::complete, scheduler.now())));
    scheduler.execute(() -> machine.ifClosed(() -> result.complete(new WidgetResult.Closed())));
    return result;
  }

  /** Asks for an OpenID token. */
  public CompletionStage<OpenIdAnswer> requestOpenId() {
    CompletableFuture<OpenIdAnswer> answer = new CompletableFuture<>();
    scheduler.execute(() -> post(machine.requestOpenId(answer::complete, scheduler.now())));
    scheduler.execute(
        () -> machine.ifClosed(() -> answer.complete(new OpenIdAnswer.Failed("closed"))));
    return answer;
  }

  /** Call keys over this widget's host; see {@link WidgetToDeviceChannel}. */
  public WidgetToDeviceChannel toDeviceChannel() {
    WidgetToDeviceChannel channel = new WidgetToDeviceChannel(this);
    scheduler.execute(() -> listeners.add(channel));
    return channel;
  }

  /** A session's own events in a room, by way of the host. */
  public RoomStatePublisher statePublisher(String roomId) {
    return new WidgetStatePublisher(this, roomId);
  }

  /**
   * Tells a call of its room, as the host tells this widget of it. While it is attached, the host
   * is asked for a sign of life every {@link #PULSE}; each is a sync for the call, so that it knows
   * when its view may be stale.
   *
   * @return completes once the call was told the whole state
   */
  public CompletionStage<CallSubscription> attach(String roomId, CallInput call) {
    CompletableFuture<CallSubscription> begun = new CompletableFuture<>();
    AtomicReference<WidgetRooms.@Nullable Attached> attached = new AtomicReference<>();
    CallSubscription subscription =
        () ->
            scheduler.execute(
                () -> {
                  WidgetRooms.Attached one = attached.getAndSet(null);
                  if (one != null) {
                    rooms.detach(one);
                  }
                });
    scheduler.execute(
        () -> {
          attached.set(
              rooms.attach(roomId, call, () -> begun.complete(subscription), scheduler.now()));
          if (pulse == null) {
            beat();
          }
        });
    return begun;
  }

  private void beat() {
    if (!rooms.isEmpty()) {
      post(
          machine.request(
              WidgetAction.SUPPORTED_API_VERSIONS,
              Json.newObject(),
              result -> {
                if (result instanceof WidgetResult.Answered) {
                  rooms.onHostAlive();
                }
              },
              scheduler.now()));
    }
    pulse = scheduler.schedule(scheduler.now().plus(PULSE), this::beat);
  }

  SerialScheduler scheduler() {
    return scheduler;
  }

  /** Whether this is one of the capabilities that the widget asks for. */
  boolean wants(Capability capability) {
    return settings.wanted().contains(capability);
  }

  @Override
  public void close() {
    scheduler.execute(
        () -> {
          machine.close();
          if (pulse != null) {
            pulse.cancel();
          }
          post(List.of());
        });
  }

  private void post(List<WidgetMessage> messages) {
    messages.forEach(message -> host.post(message.json().toString()));
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    machine
        .nextDeadline()
        .ifPresent(
            at -> timer = scheduler.schedule(at, () -> post(machine.onTime(scheduler.now()))));
  }
}
