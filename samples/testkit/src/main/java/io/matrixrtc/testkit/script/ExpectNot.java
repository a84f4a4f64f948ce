package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.List;

/**
 * What must not happen to a device. SCRIPT-CONTROL: beside each such expectation stands a control,
 * something of the same kind that must succeed; else it fails too.
 */
public final class ExpectNot {
  private final CallDevice subject;
  private final Verdicts verdicts;

  ExpectNot(CallDevice subject, Verdicts verdicts) {
    this.subject = subject;
    this.verdicts = verdicts;
  }

  /** Not to be able to decrypt frames of {@code sender}; say next which frames. */
  public SentFrames toHear(CallDevice sender) {
    return new SentFrames(subject, sender, verdicts);
  }

  /**
   * Not to have been given any key of {@code owner} so far.
   *
   * @param control a device that must have been given one
   */
  public void toHaveAKeyOf(CallDevice owner, CallDevice control) {
    List<KeyRef> had = received(subject, owner);
    List<KeyRef> others = received(control, owner);
    verdicts.never(
        subject + " not to have a key of " + owner,
        verdicts.watched(),
        had.isEmpty(),
        had.isEmpty() ? "it has none" : "it was given " + KeyDiagnosis.names(had),
        new TraceEvent.Control(
            control + " has a key of " + owner, !others.isEmpty(), others.size() + " keys"));
  }

  private List<KeyRef> received(CallDevice by, CallDevice owner) {
    return verdicts.view().since(0).stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.KeyReceived.class::isInstance)
        .map(TraceEvent.KeyReceived.class::cast)
        .filter(
            event ->
                event.by().equals(by.identity()) && event.key().owner().equals(owner.identity()))
        .map(TraceEvent.KeyReceived::key)
        .toList();
  }
}
