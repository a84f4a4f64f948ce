package io.matrixrtc.testkit.scenario;

import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallFaults;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.Expect;
import io.matrixrtc.testkit.script.Moment;
import io.matrixrtc.testkit.script.SentFrames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A step on its way: the call, the step's values, and the moments so far. */
final class Stage {
  private final CallScript call;
  private final Step step;
  private final Map<String, Moment> moments;
  private final List<Faults.Running> running;

  Stage(CallScript call, Step step, Map<String, Moment> moments, List<Faults.Running> running) {
    this.call = call;
    this.step = step;
    this.moments = moments;
    this.running = running;
  }

  CallScript call() {
    return call;
  }

  Moment now() {
    return call.now(step.as().orElse(step.verb().word()));
  }

  private <T> Optional<T> value(String field, Class<T> type) {
    return Optional.ofNullable(step.values().get(field)).map(type::cast);
  }

  private <T> T required(String field, Class<T> type) {
    return value(field, type).orElseThrow(() -> new IllegalStateException(field + " of " + step));
  }

  CallDevice device(String field) {
    return call.device(required(field, String.class));
  }

  CallDevice device() {
    return device("device");
  }

  /** Those named; those in the call for {@code everyone}. */
  private List<CallDevice> devices(String field) {
    List<?> names = value(field, List.class).orElse(List.of(FieldType.EVERYONE));
    if (names.contains(FieldType.EVERYONE)) {
      return call.devices().stream().filter(CallDevice::isInCall).toList();
    }
    return names.stream().map(name -> call.device((String) name)).toList();
  }

  Duration time(String field) {
    return required(field, Duration.class);
  }

  Duration timeOr(String field, Duration otherwise) {
    return value(field, Duration.class).orElse(otherwise);
  }

  int count(String field) {
    return required(field, Integer.class);
  }

  double rate(String field) {
    return value(field, Double.class).orElse(0.0);
  }

  String path() {
    return required("path", String.class);
  }

  private Optional<Moment> moment(String field) {
    return value(field, String.class)
        .map(
            name ->
                Optional.ofNullable(moments.get(name))
                    .orElseThrow(() -> new IllegalStateException(name + " has not happened")));
  }

  Moment since() {
    return moment("since").orElseThrow(() -> new IllegalStateException("since of " + step));
  }

  Moment start() {
    return call.start(devices("devices").toArray(CallDevice[]::new));
  }

  Moment hear() {
    for (CallDevice listener : devices("listener")) {
      for (CallDevice sender : devices("sender")) {
        if (!listener.equals(sender)) {
          call.expect(listener).toHear(sender);
        }
      }
    }
    return now();
  }

  /** Expects the same of each device that a field names. */
  Moment each(String field, Consumer<Expect> expected) {
    devices(field).forEach(device -> expected.accept(call.expect(device)));
    return now();
  }

  Moment serverSawNoKey() {
    devices("device").forEach(device -> call.expectServer().notToHaveSeenAKeyOf(device));
    return now();
  }

  Moment notHear() {
    SentFrames frames = call.expect(device("listener")).not().toHear(device("sender"));
    Optional<Moment> since = moment("since");
    Optional<Moment> before = moment("before");
    if (since.isPresent() && before.isPresent()) {
      frames.sentBetween(since.get(), before.get());
    } else if (since.isPresent()) {
      frames.sentSince(since.get());
    } else if (before.isPresent()) {
      frames.sentBefore(before.get());
    } else {
      frames.ever();
    }
    return now();
  }

  Moment rotated() {
    Moment last = since();
    for (CallDevice device : devices("device")) {
      Expect expected = call.expect(device);
      Moment used = expected.toHaveRotatedSince(since());
      last = used.at().isAfter(last.at()) ? used : last;
    }
    return last;
  }

  /** Begins a fault of the homeserver, for one device's user if the step says so. */
  Moment fault(Function<CallFaults, Faults.Running> fault) {
    Moment before = now();
    CallFaults faults = call.faults();
    CallFaults whose =
        value("of", String.class).map(name -> faults.of(call.device(name))).orElse(faults);
    running.add(fault.apply(whose));
    return before;
  }

  Moment faults(Consumer<CallFaults> fault) {
    Moment before = now();
    fault.accept(call.faults());
    return before;
  }

  Moment faultsHappened() {
    running.forEach(fault -> call.expect(fault).toHaveHappened());
    return now();
  }

  Moment heal() {
    running.forEach(Faults.Running::end);
    running.clear();
    return now();
  }
}
