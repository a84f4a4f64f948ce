package io.matrixrtc.testkit;

import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What is expected of one participant. Each expectation waits until it is met and throws {@link
 * ScriptException} if it is not in time.
 */
public final class Expectation {
  /** How long an expectation waits unless told otherwise, in wall time. */
  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(20);

  private final Participant subject;
  private final CallView view;
  private final Duration wait;

  Expectation(Participant subject, CallView view, Duration wait) {
    this.subject = subject;
    this.view = view;
    this.wait = wait;
  }

  /** The same expectation with another time limit. */
  public Expectation within(Duration atMost) {
    return new Expectation(subject, view, atMost);
  }

  /** To have received any key of {@code other}. */
  public void toHaveKeyOf(Participant other) {
    check(
        "to have a key of " + other,
        () -> view.lastReceived(subject.identity(), other.identity()).isPresent());
  }

  /** To have decrypted a frame of {@code other} under the key that it encrypts with now. */
  public void toHear(Participant other) {
    check(
        "to hear " + other,
        () ->
            view.keyInUse(other.identity())
                .filter(
                    key ->
                        view.lastHeard(subject.identity(), other.identity())
                            .filter(key::equals)
                            .isPresent())
                .isPresent());
  }

  /** To encrypt with a key that it made after {@link CallView#mark} because somebody left. */
  public void toHaveRotatedForALeaveSince(int mark) {
    check(
        "to have rotated its key for a leave",
        () -> {
          Set<KeyRef> made =
              view.since(mark).stream()
                  .map(TraceEntry::event)
                  .filter(TraceEvent.KeyMade.class::isInstance)
                  .map(TraceEvent.KeyMade.class::cast)
                  .filter(key -> key.reason().equals(KeyTraces.MEMBER_LEFT))
                  .map(TraceEvent.KeyMade::key)
                  .collect(Collectors.toSet());
          return view.keyInUse(subject.identity()).filter(made::contains).isPresent();
        });
  }

  private void check(String what, BooleanSupplier condition) {
    if (!view.await(condition, wait)) {
      throw new ScriptException(
          "expected " + subject + " " + what + ", not so after " + wait.toMillis() + " ms");
    }
  }
}
