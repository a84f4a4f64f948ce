package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What the homeserver says that it can do: asked for once, and again when that is an hour old, as
 * homeservers are updated while clients run (FEATURES-ONCE). Any thread may call.
 */
final class ServerFeatures {
  /** What was heard counts so long. */
  static final Duration KEPT_FOR = Duration.ofHours(1);

  private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  private final HomeserverApi api;
  private final SerialScheduler scheduler;
  private final List<CompletableFuture<ApiResult<ServerVersions>>> waiting = new ArrayList<>();
  private Optional<ServerVersions> known = Optional.empty();
  private Instant knownUntil = Instant.EPOCH;

  ServerFeatures(HomeserverApi api) {
    this.api = api;
    this.scheduler = api.settings().scheduler();
  }

  /** Completes with the versions; one try for all who wait. Exceptionally only when closed. */
  CompletionStage<ApiResult<ServerVersions>> get() {
    CompletableFuture<ApiResult<ServerVersions>> end = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          if (known.isPresent() && scheduler.now().isBefore(knownUntil)) {
            end.complete(new ApiResult.Ok<>(known.get()));
          } else {
            waiting.add(end);
            if (waiting.size() == 1) {
              ask();
            }
          }
        });
    return end;
  }

  private void ask() {
    api.once(ApiRequest.get("versions").unauthenticated().within(TIME_LIMIT))
        .whenComplete(
            (answer, closed) -> {
              List<CompletableFuture<ApiResult<ServerVersions>>> all = List.copyOf(waiting);
              waiting.clear();
              if (answer == null) {
                all.forEach(
                    end ->
                        end.completeExceptionally(new IllegalStateException("client is closed")));
                return;
              }
              ApiResult<ServerVersions> result =
                  answer.fold(
                      body -> ServerVersions.of(body, api.homeserver().toString()),
                      ApiResult.Failed::new);
              if (result instanceof ApiResult.Ok<ServerVersions> ok) {
                known = Optional.of(ok.value());
                knownUntil = scheduler.now().plus(KEPT_FOR);
              }
              all.forEach(end -> end.complete(result));
            });
  }
}
