package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.api.WidgetMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A widget in Java, over any relay of JSON text. Any thread may call; listener and port are only
 * used on the scheduler.
 */
public final class WidgetClient implements AutoCloseable {
  private final WidgetMachine machine;
  private final Listeners listeners;
  private final HostPort host;
  private final SerialScheduler scheduler;
  private SerialScheduler.@Nullable Timer timer;

  public WidgetClient(
      WidgetSettings settings,
      WidgetListener listener,
      HostPort host,
      SerialScheduler scheduler,
      Supplier<String> ids) {
    this.listeners = new Listeners(listener);
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

  SerialScheduler scheduler() {
    return scheduler;
  }

  @Override
  public void close() {
    scheduler.execute(
        () -> {
          machine.close();
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
