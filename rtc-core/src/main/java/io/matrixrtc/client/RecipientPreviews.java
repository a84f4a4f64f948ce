package io.matrixrtc.client;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.EncryptionOutcome;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Tells before anything is sent which devices would not be written to, and why (CLIENT-PREVIEW).
 * Confined to the client's scheduler.
 */
final class RecipientPreviews {
  /** After this it tells what is known by then. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private final CryptoPump pump;
  private final SerialScheduler scheduler;
  private final List<Question> open = new ArrayList<>();

  private record Question(
      Set<DeviceAddress> devices, CompletableFuture<Map<DeviceAddress, Outcome>> answer) {
    Set<String> users() {
      return devices.stream().map(DeviceAddress::userId).collect(Collectors.toSet());
    }
  }

  RecipientPreviews(CryptoPump pump, SerialScheduler scheduler) {
    this.pump = pump;
    this.scheduler = scheduler;
  }

  CompletionStage<Map<DeviceAddress, Outcome>> ask(Set<DeviceAddress> devices) {
    Question question = new Question(Set.copyOf(devices), new CompletableFuture<>());
    pump.onScheduler(
        () -> {
          open.add(question);
          pump.use(
              (machine, now) -> machine.trackUsers(question.users(), now),
              why -> fail(question, why));
          SerialScheduler.Timer limit =
              scheduler.schedule(
                  scheduler.now().plus(LIMIT),
                  () ->
                      pump.use(
                          (machine, now) -> finish(machine, question), why -> fail(question, why)));
          question.answer.whenComplete((done, bug) -> limit.cancel());
        });
    return question.answer;
  }

  /** Device lists may have come. */
  void observe(OlmMachine machine) throws CryptoStoreException {
    for (Question question : List.copyOf(open)) {
      if (question.users().stream().allMatch(machine::isListFresh)) {
        finish(machine, question);
      }
    }
  }

  private void fail(Question question, String why) {
    open.remove(question);
    question.answer.completeExceptionally(new IllegalStateException(why));
  }

  /** The machine is used no more. */
  void onEnd(String why) {
    List.copyOf(open).forEach(question -> fail(question, why));
  }

  private void finish(OlmMachine machine, Question question) throws CryptoStoreException {
    if (!open.remove(question)) {
      return;
    }
    Map<DeviceAddress, Outcome> refused = new LinkedHashMap<>();
    for (DeviceAddress device : question.devices) {
      UserDevice address = new UserDevice(device.userId(), device.deviceId());
      Optional<EncryptionOutcome> refusal = machine.refusalOf(address);
      if (machine.find(address).isEmpty()) {
        refused.put(device, new Outcome.UnknownDevice());
      } else if (refusal.isPresent() && !address.equals(machine.device())) {
        refused.put(device, OlmToDeviceChannel.outcome(refusal.get()));
      }
    }
    question.answer.complete(refused);
  }
}
