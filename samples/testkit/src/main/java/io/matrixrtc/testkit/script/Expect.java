package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What is expected of one device. Each expectation waits until it is met, as long as the script's
 * patience lasts, and goes into the trace.
 */
public final class Expect {
  private final CallDevice subject;
  private final Verdicts verdicts;
  private final Duration patience;
  private final CallView view;
  private final KeyDiagnosis diagnosis;

  Expect(CallDevice subject, Verdicts verdicts) {
    this(subject, verdicts, verdicts.patience());
  }

  private Expect(CallDevice subject, Verdicts verdicts, Duration patience) {
    this.subject = subject;
    this.verdicts = verdicts;
    this.patience = patience;
    this.view = verdicts.view();
    this.diagnosis = new KeyDiagnosis(view, verdicts::label);
  }

  /** The same with another patience, in wall time. */
  public Expect within(Duration atMost) {
    return new Expect(subject, verdicts, atMost);
  }

  /** What must not happen. */
  public ExpectNot not() {
    return new ExpectNot(subject, verdicts);
  }

  /** To decrypt frames of {@code senders} under the keys that they encrypt with now. */
  public void toHear(CallDevice... senders) {
    for (CallDevice sender : senders) {
      verdicts.await(
          subject + " to hear " + sender,
          patience,
          () -> hears(sender),
          () -> diagnosis.whyNotHeard(subject.identity(), sender.identity()));
    }
  }

  private boolean hears(CallDevice sender) {
    Optional<KeyRef> used = view.keyInUse(sender.identity());
    return used.isPresent() && used.equals(view.lastHeard(subject.identity(), sender.identity()));
  }

  /** To decrypt frames of {@code sender} that come from now on. */
  public void toGoOnHearing(CallDevice sender) {
    int mark = view.mark();
    long before = heardUpTo(sender, mark);
    verdicts.await(
        subject + " to go on hearing " + sender,
        patience,
        () -> heardUpTo(sender, view.mark()) > before,
        () -> diagnosis.whyNotHeard(subject.identity(), sender.identity()));
  }

  private long heardUpTo(CallDevice sender, int mark) {
    return view.since(0).subList(0, mark).stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.FramesHeard.class::isInstance)
        .map(TraceEvent.FramesHeard.class::cast)
        .filter(
            heard ->
                heard.listener().equals(subject.identity())
                    && heard.sender().equals(sender.identity()))
        .mapToLong(TraceEvent.FramesHeard::ok)
        .max()
        .orElse(0);
  }

  /** To have been given the key that {@code owner} encrypts with now. */
  public void toHaveTheKeyOf(CallDevice owner) {
    verdicts.await(
        subject + " to have the key of " + owner,
        patience,
        () -> {
          Optional<KeyRef> used = view.keyInUse(owner.identity());
          return used.isPresent()
              && used.equals(view.lastReceived(subject.identity(), owner.identity()));
        },
        () -> diagnosis.whyNotHeard(subject.identity(), owner.identity()));
  }

  /**
   * To encrypt with a key that it made after a moment, and to have offered that key to nobody who
   * had left by then.
   *
   * @return when the relay had the first frame under that key: what it has of the device from then
   *     on was sent later
   */
  public Moment toHaveRotatedSince(Moment moment) {
    verdicts.await(
        subject + " to have rotated since " + moment,
        patience,
        () -> usedSince(moment).isPresent(),
        () -> diagnosis.whyNotRotated(subject.identity(), moment));
    return usedSince(moment)
        .map(used -> verdicts.momentOf(subject + " used its new key", used, moment))
        .orElseGet(() -> new Moment("never", java.time.Instant.MAX, view.mark()));
  }

  private Optional<TraceEvent.KeyUsed> usedSince(Moment moment) {
    Set<KeyRef> made =
        events(moment.mark(), TraceEvent.KeyMade.class).stream()
            .map(TraceEvent.KeyMade::key)
            .filter(key -> key.owner().equals(subject.identity()))
            .collect(Collectors.toSet());
    Set<KeyRef> tainted =
        events(moment.mark(), TraceEvent.KeyOffered.class).stream()
            .filter(offered -> diagnosis.absentSince(moment).contains(offered.to()))
            .map(TraceEvent.KeyOffered::key)
            .collect(Collectors.toSet());
    return view.keyInUse(subject.identity())
        .filter(made::contains)
        .filter(key -> !tainted.contains(key))
        .map(TraceEvent.KeyUsed::new);
  }

  /** To have refused {@code other} its key, for example since it is not signed. */
  public void toHaveRefusedAKeyTo(CallDevice other) {
    awaitEvent(
        subject + " to have refused a key to " + other,
        TraceEvent.KeyNotServed.class,
        event ->
            event.key().owner().equals(subject.identity()) && event.to().equals(other.identity()));
  }

  /** To have had a key of {@code other} confirmed as sent after a moment. */
  public void toHaveServed(CallDevice other, Moment since) {
    verdicts.await(
        subject + " to have sent a key to " + other + " since " + since,
        patience,
        () ->
            events(since.mark(), TraceEvent.KeyServed.class).stream()
                .anyMatch(
                    served ->
                        served.key().owner().equals(subject.identity())
                            && served.to().equals(other.identity())),
        () -> diagnosis.whyNotHeard(other.identity(), subject.identity()));
  }

  /**
   * To have encrypted with no key before each device that it knew of was served that key, or the
   * sending to it had failed. At least one key must have gone to others; that is waited for, as who
   * hears it may know of it before its sender does.
   */
  public void toHaveUsedKeysOnlyOnceServed() {
    view.await(() -> keysServed() > 0, patience);
    long served = keysServed();
    List<String> early = diagnosis.usedTooEarly(subject.identity());
    verdicts.never(
        subject + " to have used keys only once they were served",
        verdicts.watched(),
        early.isEmpty(),
        early.isEmpty() ? served + " keys were served first" : String.join("; ", early),
        new TraceEvent.Control(
            "a key of " + subject + " was served to somebody", served > 0, served + " times"));
  }

  private long keysServed() {
    return events(0, TraceEvent.KeyServed.class).stream()
        .filter(event -> event.key().owner().equals(subject.identity()))
        .count();
  }

  private <E extends TraceEvent> void awaitEvent(String claim, Class<E> kind, Predicate<E> is) {
    verdicts.await(
        claim,
        patience,
        () -> events(0, kind).stream().anyMatch(is),
        () -> "there were " + events(0, kind).size() + " events of this kind, none of them this");
  }

  private <E extends TraceEvent> List<E> events(int mark, Class<E> kind) {
    return view.since(mark).stream()
        .map(TraceEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }
}
