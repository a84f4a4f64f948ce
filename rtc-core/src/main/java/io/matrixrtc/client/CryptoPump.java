package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CompletedDelivery;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.e2ee.RequestFailure;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins an Olm machine to a homeserver: sends what the machine wants sent, tells it the answers,
 * and asks again when it says so. All work runs on one scheduler. If the machine or its store
 * fails, it is used no more.
 */
final class CryptoPump {
  private static final Logger LOG = LoggerFactory.getLogger(CryptoPump.class);

  private final OlmMachine machine;
  private final KeysApi keys;
  private final ToDeviceApi toDevice;
  private final SerialScheduler scheduler;
  private final Set<String> onTheWire = new HashSet<>();
  private final CompletableFuture<Void> published = new CompletableFuture<>();
  private Consumer<CompletedDelivery> completed = delivery -> {};
  private Consumer<String> broken = why -> {};
  private Observer observer = machine -> {};
  private SerialScheduler.@Nullable Timer timer;
  private @Nullable Instant heldUntil;
  private @Nullable String whyStopped;

  /** Something to do with the machine. */
  @FunctionalInterface
  interface Use {
    void run(OlmMachine machine, Instant now) throws CryptoStoreException;
  }

  /** Looks at the machine. */
  @FunctionalInterface
  interface Observer {
    void see(OlmMachine machine) throws CryptoStoreException;
  }

  CryptoPump(OlmMachine machine, KeysApi keys, ToDeviceApi toDevice, SerialScheduler scheduler) {
    this.machine = machine;
    this.keys = keys;
    this.toDevice = toDevice;
    this.scheduler = scheduler;
  }

  /** Sets who is told of ended deliveries, and of the machine's end by a failure. */
  void listen(Consumer<CompletedDelivery> onCompleted, Consumer<String> onBroken) {
    completed = onCompleted;
    broken = onBroken;
  }

  /** Sets who looks at the machine after each use, when its requests are on their way. */
  void observe(Observer looker) {
    observer = looker;
  }

  /** Completes once the homeserver has the device's keys; exceptionally if that will not be. */
  CompletionStage<Void> published() {
    return published.minimalCompletionStage();
  }

  void onScheduler(Runnable task) {
    scheduler.execute(task);
  }

  /**
   * Uses the machine and sends what it then wants sent. To be called on the scheduler.
   *
   * @param refused told why, if the machine cannot be used any more
   * @return whether it was used
   */
  boolean use(Use use, Consumer<String> refused) {
    return use(use, () -> {}, refused);
  }

  /**
   * As {@link #use(Use, Consumer)}; between the two, {@code handOn} tells others what came of the
   * use. It is stored by then, so it is told even if sending fails (PUMP-RESULTS).
   */
  boolean use(Use use, Runnable handOn, Consumer<String> refused) {
    if (whyStopped != null) {
      refused.accept(whyStopped);
      return false;
    }
    if (!guarded(() -> use.run(machine, scheduler.now()))) {
      refused.accept("the Olm machine failed");
      return false;
    }
    try {
      handOn.run();
    } finally {
      if (whyStopped == null) {
        guarded(this::pump);
      }
    }
    return true;
  }

  /** A step that may fail, after which the machine is used no more. */
  @FunctionalInterface
  private interface Step {
    void run() throws CryptoStoreException;
  }

  private boolean guarded(Step step) {
    try {
      step.run();
      return true;
    } catch (CryptoStoreException | RuntimeException e) {
      LOG.error("{}: the Olm machine failed and is used no more", machine.device(), e);
      stop("the Olm machine failed: " + e.getMessage());
      return false;
    }
  }

  /**
   * Erases the store and wipes the keys of a device that is logged out. To be called on the
   * scheduler.
   */
  void erase() throws CryptoStoreException {
    try {
      machine.logout();
    } finally {
      stop("logged out");
    }
  }

  /** Uses the machine no more, and wipes its keys. To be called on the scheduler. */
  void stop(String why) {
    if (whyStopped == null) {
      whyStopped = why;
      if (timer != null) {
        timer.cancel();
      }
      machine.close();
      broken.accept(why);
      published.completeExceptionally(new IllegalStateException(why));
    }
  }

  /**
   * Sends nothing until {@link #resume}, as there is no login (LOGIN-SOFT). What is to be sent
   * stays with the machine; to-device messages end as failed after {@code limit}. To be called on
   * the scheduler.
   */
  void suspend(Duration limit) {
    heldUntil = scheduler.now().plus(limit);
    use((m, now) -> {}, why -> {});
  }

  /** Sends again, in the machine's order, under the same ids. To be called on the scheduler. */
  void resume() {
    if (heldUntil != null) {
      heldUntil = null;
      use((m, now) -> {}, why -> {});
    }
  }

  private void pump() throws CryptoStoreException {
    Instant now = scheduler.now();
    List<OutgoingRequest> requests = machine.outgoingRequests(now);
    if (heldUntil == null) {
      sendAll(requests);
    } else if (!now.isBefore(heldUntil)) {
      failHeld(requests, now);
    }
    machine.takeCompletedDeliveries().forEach(completed);
    setTimer(now);
    observer.see(machine);
    if (machine.isPublished()) {
      published.complete(null);
    }
  }

  private void sendAll(List<OutgoingRequest> requests) {
    Set<UserDevice> before = new HashSet<>();
    for (OutgoingRequest request : requests) {
      // PUMP-ORDER: messages to one device leave one after another, in the machine's order.
      Set<UserDevice> devices = receivers(request);
      if (Collections.disjoint(devices, before) && onTheWire.add(request.id())) {
        send(request);
      }
      before.addAll(devices);
    }
  }

  private void failHeld(List<OutgoingRequest> requests, Instant now) throws CryptoStoreException {
    for (OutgoingRequest request : requests) {
      if (request instanceof OutgoingRequest.ToDevice && !onTheWire.contains(request.id())) {
        machine.markFailed(request.id(), new RequestFailure("the login has expired"), now);
      }
    }
  }

  private void setTimer(Instant now) {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    Optional<Instant> held = Optional.ofNullable(heldUntil).filter(now::isBefore);
    Optional<Instant> next =
        Stream.concat(machine.nextDeadline(now).stream(), held.stream()).min(Instant::compareTo);
    if (next.isPresent()) {
      timer = scheduler.schedule(next.get(), () -> use((m, at) -> {}, why -> {}));
    }
  }

  private static Set<UserDevice> receivers(OutgoingRequest request) {
    return request instanceof OutgoingRequest.ToDevice message ? message.devices() : Set.of();
  }

  private void send(OutgoingRequest request) {
    call(request)
        .whenComplete(
            (result, bug) ->
                scheduler.execute(
                    () -> {
                      onTheWire.remove(request.id());
                      use((m, now) -> end(request, result, bug), why -> {});
                    }));
  }

  private void end(
      OutgoingRequest request, @Nullable ApiResult<ObjectNode> result, @Nullable Throwable bug)
      throws CryptoStoreException {
    Instant now = scheduler.now();
    if (result instanceof ApiResult.Ok<ObjectNode> ok) {
      machine.markSent(request.id(), ok.value(), now);
    } else if (result instanceof ApiResult.Failed<ObjectNode> failed) {
      if (failed.failure() instanceof ApiFailure.LoggedOut out && out.soft()) {
        return; // LOGIN-SOFT: it stays with the machine
      }
      if (request instanceof OutgoingRequest.SigningKeysUpload
          && failed.failure() instanceof ApiFailure.Refused refused
          && refused.status() == 401) { // CLIENT-UIA
        machine.crossSigning().onAuthenticationWanted(request.id(), refused.body(), now);
        return;
      }
      String sentence = failed.failure().sentence();
      LOG.warn("{}: {} failed: {}", machine.device(), request, sentence);
      boolean keyExists = isOneTimeKeyConflict(request, failed.failure());
      machine.markFailed(request.id(), new RequestFailure(sentence, keyExists), now);
    } else {
      LOG.error("{}: {} failed", machine.device(), request, bug);
      machine.markFailed(request.id(), new RequestFailure("internal error"), now);
    }
  }

  /** Servers have no error code for it, only this sentence, which all clients look for. */
  static boolean isOneTimeKeyConflict(OutgoingRequest request, ApiFailure failure) {
    return request instanceof OutgoingRequest.KeysUpload
        && failure instanceof ApiFailure.Refused refused
        && refused.status() == 400
        && refused.message().startsWith("One time key");
  }

  private CompletionStage<ApiResult<ObjectNode>> call(OutgoingRequest request) {
    if (request instanceof OutgoingRequest.KeysUpload upload) {
      return keys.upload(upload.body());
    } else if (request instanceof OutgoingRequest.KeysQuery query) {
      return keys.query(query.body());
    } else if (request instanceof OutgoingRequest.KeysClaim claim) {
      return keys.claim(claim.body());
    } else if (request instanceof OutgoingRequest.ToDevice message) {
      return toDevice.send(message.eventType(), message.id(), message.body());
    }
    if (request instanceof OutgoingRequest.SigningKeysUpload upload) {
      return keys.uploadSigningKeys(upload.body());
    } else if (request instanceof OutgoingRequest.SignaturesUpload upload) {
      return keys.uploadSignatures(upload.body());
    }
    throw new IllegalStateException("unknown request");
  }
}
