package io.matrixrtc.backup.service;

import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks a homeserver for the devices of a user, and waits until the machine knows the answer. */
final class FreshDevices {
  /** After this what is known by then has to do. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final EncryptedClient client;
  private final SerialScheduler scheduler;

  FreshDevices(EncryptedClient client) {
    this.client = client;
    this.scheduler = client.matrix().settings().scheduler();
  }

  /** Completes when the machine has the answer, or with false if it has none after a while. */
  CompletionStage<Boolean> of(String userId) {
    CompletableFuture<Boolean> end = new CompletableFuture<>();
    Instant until = scheduler.now().plus(LIMIT);
    client
        .withMachine(
            machine -> {
              machine.queryKeys(List.of(userId), scheduler.now());
              return true;
            })
        .whenComplete((asked, closed) -> look(userId, until, end));
    return end;
  }

  private void look(String userId, Instant until, CompletableFuture<Boolean> end) {
    client
        .withMachine(machine -> isAsked(machine, userId))
        .whenComplete(
            (asked, closed) -> {
              if (asked == null) {
                end.completeExceptionally(closed);
              } else if (!asked) {
                end.complete(true);
              } else if (scheduler.now().isBefore(until)) {
                scheduler.schedule(
                    scheduler.now().plus(BETWEEN_LOOKS), () -> look(userId, until, end));
              } else {
                end.complete(false);
              }
            });
  }

  private boolean isAsked(OlmMachine machine, String userId) throws CryptoStoreException {
    for (OutgoingRequest request : machine.outgoingRequests(scheduler.now())) {
      if (request instanceof OutgoingRequest.KeysQuery query && query.users().contains(userId)) {
        return true;
      }
    }
    return false;
  }
}
