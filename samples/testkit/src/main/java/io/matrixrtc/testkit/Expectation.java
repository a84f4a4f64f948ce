package io.matrixrtc.testkit;

import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
        () -> view.lastReceived(subject.identity(), other.identity()).isPresent(),
        () -> "it has received " + keys(keysReceivedFromAnyone()));
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
                .isPresent(),
        () ->
            other
                + " encrypts with "
                + name(view.keyInUse(other.identity()))
                + "; "
                + subject
                + " last received "
                + name(view.lastReceived(subject.identity(), other.identity()))
                + " and last heard it under "
                + name(view.lastHeard(subject.identity(), other.identity())));
  }

  /** To have sent a key to {@code other} after {@link CallView#mark}. */
  public void toHaveServedAKeySince(int mark, Participant other) {
    check(
        "to have sent a key to " + other,
        () ->
            view.since(mark).stream()
                .map(TraceEntry::event)
                .anyMatch(
                    event ->
                        event instanceof TraceEvent.KeyServed served
                            && served.key().owner().equals(subject.identity())
                            && served.to().equals(other.identity())),
        () -> view.mark() - mark + " events, none of them this");
  }

  /** To encrypt with a key that it made after {@link CallView#mark} because somebody left. */
  public void toHaveRotatedForALeaveSince(int mark) {
    check(
        "to have rotated its key for a leave",
        () -> view.keyInUse(subject.identity()).filter(madeForALeave(mark)::contains).isPresent(),
        () ->
            "since then it made "
                + keys(madeForALeave(mark))
                + " for a leave, and encrypts with "
                + name(view.keyInUse(subject.identity())));
  }

  private Set<KeyRef> madeForALeave(int mark) {
    return view.since(mark).stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.KeyMade.class::isInstance)
        .map(TraceEvent.KeyMade.class::cast)
        .filter(made -> made.reason().equals(KeyTraces.MEMBER_LEFT))
        .map(TraceEvent.KeyMade::key)
        .filter(key -> key.owner().equals(subject.identity()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Set<KeyRef> keysReceivedFromAnyone() {
    return view.since(0).stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.KeyReceived.class::isInstance)
        .map(TraceEvent.KeyReceived.class::cast)
        .filter(received -> received.by().equals(subject.identity()))
        .map(TraceEvent.KeyReceived::key)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** EXPECT-SAYS: what was expected, what was seen instead, and for how long it was waited. */
  private void check(String what, BooleanSupplier condition, Supplier<String> seen) {
    if (!view.await(condition, wait)) {
      throw new ScriptException(
          "expected "
              + subject
              + " "
              + what
              + ", not so after "
              + wait.toMillis()
              + " ms: "
              + seen.get());
    }
  }

  private static String keys(Set<KeyRef> keys) {
    return keys.isEmpty()
        ? "no key"
        : keys.stream()
            .map(key -> "key " + key.index() + " of " + key.owner())
            .collect(Collectors.joining(", "));
  }

  private static String name(Optional<KeyRef> key) {
    return key.map(found -> "key " + found.index() + " (" + found.fingerprint().brief() + ")")
        .orElse("no key");
  }
}
