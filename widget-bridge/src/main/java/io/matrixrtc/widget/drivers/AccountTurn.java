package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.TurnDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * TURN credentials of the homeserver, asked for again before they expire (TURN-RENEW). Runs on the
 * client's scheduler.
 */
final class AccountTurn implements TurnDriver {
  private static final Duration SOONEST = Duration.ofMinutes(1);
  private static final Duration LATEST = Duration.ofHours(12);

  private final MatrixClient client;
  private final SerialScheduler scheduler;
  private final Consumer<TurnServers> sink;
  private SerialScheduler.@Nullable Timer renewal;
  private boolean watching;

  /**
   * @param sink takes later credentials
   */
  AccountTurn(MatrixClient client, Consumer<TurnServers> sink) {
    this.client = client;
    this.scheduler = client.settings().scheduler();
    this.sink = sink;
  }

  @Override
  public CompletionStage<DriverResult<TurnServers>> watch(Watch watch) {
    CompletableFuture<DriverResult<TurnServers>> end = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          watching = true;
          HomeserverAnswers.of(fetch()).thenAccept(end::complete);
        });
    return end;
  }

  private CompletionStage<ApiResult<TurnServers>> fetch() {
    return client
        .api()
        .call(ApiRequest.get("v3", "voip", "turnServer").within(AccountEvents.TIME_LIMIT))
        .thenApply(result -> result.map(this::take));
  }

  private TurnServers take(ObjectNode answer) {
    List<String> uris = new ArrayList<>();
    answer.path("uris").forEach(uri -> uris.add(uri.asText()));
    renewIn(Duration.ofSeconds(answer.path("ttl").asLong(LATEST.toSeconds())).dividedBy(10));
    return new TurnServers(
        uris, answer.path("username").asText(), answer.path("password").asText());
  }

  /** After nine tenths of their life. */
  private void renewIn(Duration tenth) {
    Duration wait = tenth.multipliedBy(9);
    Duration bounded = wait.compareTo(SOONEST) < 0 ? SOONEST : wait;
    bounded = bounded.compareTo(LATEST) > 0 ? LATEST : bounded;
    cancel();
    if (watching) {
      renewal = scheduler.schedule(scheduler.now().plus(bounded), this::renew);
    }
  }

  private void renew() {
    fetch()
        .thenAccept(
            result -> {
              if (result instanceof ApiResult.Ok<TurnServers> ok) {
                sink.accept(ok.value());
              } else {
                renewIn(Duration.ZERO);
              }
            });
  }

  @Override
  public CompletionStage<DriverResult<Ack>> unwatch(Unwatch unwatch) {
    scheduler.execute(
        () -> {
          watching = false;
          cancel();
        });
    return CompletableFuture.completedFuture(DriverResult.done(Ack.ACK));
  }

  private void cancel() {
    if (renewal != null) {
      renewal.cancel();
      renewal = null;
    }
  }
}
