package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.attack.FrameBreaker;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/**
 * Frames of one device that another must not be able to open: none of all that the relay recorded,
 * with no key that the listener was ever given up to now, each ratcheted on as far as receivers do.
 * The control: the sender's own keys open all of them by the same means.
 *
 * <p>The key that opens a frame is the only one that does. Where the control has found it, it is
 * looked for among the listener's; all of these are tried on the first frame under each key, and on
 * every frame that the control does not open.
 */
public final class SentFrames {
  private final CallDevice listener;
  private final CallDevice sender;
  private final Verdicts verdicts;

  SentFrames(CallDevice listener, CallDevice sender, Verdicts verdicts) {
    this.listener = listener;
    this.sender = sender;
    this.verdicts = verdicts;
    verdicts.begun(this, claim(""));
  }

  private String claim(String when) {
    return listener + " not to hear " + sender + when;
  }

  /** None of those sent before a moment. */
  public void sentBefore(Moment end) {
    check(" sent before " + end, Instant.MIN, end.at());
  }

  /** None of those sent from a moment on. */
  public void sentSince(Moment begin) {
    check(" sent since " + begin, begin.at(), Instant.MAX);
  }

  /** None of those sent from one moment on and before another. */
  public void sentBetween(Moment begin, Moment end) {
    check(" sent between " + begin + " and " + end, begin.at(), end.at());
  }

  /** None at all. */
  public void ever() {
    check(" ever", Instant.MIN, Instant.MAX);
  }

  private void check(String when, Instant from, Instant until) {
    verdicts.finished(this);
    List<RelayedFrame> frames =
        verdicts.tape().framesBetween(from, until).stream()
            .filter(frame -> frame.sender().equals(sender.identity()))
            .toList();
    FrameBreaker attack = new FrameBreaker(listener.materials());
    FrameBreaker own = new FrameBreaker(sender.materials());
    List<RelayedFrame> opened = new ArrayList<>();
    Set<SecretKeySpec> seen = new HashSet<>();
    int control = 0;
    for (RelayedFrame frame : frames) {
      byte[] payload = frame.frame().copyPayload();
      int clear = clearBytes(frame.frame().header());
      Optional<SecretKeySpec> key = own.keyOf(payload, clear);
      control += key.isPresent() ? 1 : 0;
      if (key.map(attack::holds).orElse(false)
          || (key.map(seen::add).orElse(true) && attack.opens(payload, clear))) {
        opened.add(frame);
      }
    }
    verdicts.never(
        claim(when),
        verdicts.watched(from, until),
        opened.isEmpty(),
        opened.isEmpty() ? "none of " + frames.size() + " frames opens" : found(frames, opened),
        new TraceEvent.Control(
            sender + "'s own keys open these frames",
            !frames.isEmpty() && control == frames.size(),
            control + " of " + frames.size() + " open"));
  }

  private String found(List<RelayedFrame> frames, List<RelayedFrame> opened) {
    RelayedFrame first = opened.get(0);
    byte[] payload = first.frame().copyPayload();
    int index = payload[payload.length - 1] & 0xFF;
    Optional<String> key =
        new KeyDiagnosis(verdicts.view(), verdicts::label)
            .keyUsed(sender.identity(), index)
            .map(KeyDiagnosis::name);
    return opened.size()
        + " of "
        + frames.size()
        + " frames open with what "
        + listener
        + " was given; the first is under "
        + key.orElse("key " + index);
  }

  private static int clearBytes(FrameHeader header) {
    if (header.kind() == TrackKind.AUDIO) {
      return 1;
    }
    return header.keyFrame() ? 10 : 3;
  }
}
