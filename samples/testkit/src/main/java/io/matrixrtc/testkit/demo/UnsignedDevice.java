package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A device that its user has not signed is in the call: whoever knows a user's password could add
 * it. It must be given no key, until it is signed.
 */
final class UnsignedDevice {
  static final String NAME = "unsigned-device";
  static final String CLAIM = "a device that its user has not signed is given no key";

  private static final Duration WAIT = Duration.ofSeconds(20);

  private final CallView view;

  UnsignedDevice(CallView view) {
    this.view = view;
  }

  static boolean isResult(Forgery.Result result) {
    return result.name().equals(NAME);
  }

  /** Waits until all in the call have refused to serve it, looks at what it has, then signs it. */
  Forgery.Result examine(Participant unsigned, Participant signer, List<Participant> present) {
    boolean refused =
        view.await(() -> present.stream().allMatch(one -> refuses(one, unsigned)), WAIT);
    boolean given =
        unsigned.reveal().keys().stream()
            .anyMatch(key -> !key.sender().equals(unsigned.identity()));
    signer.sign(unsigned);
    boolean served =
        view.await(() -> present.stream().allMatch(one -> serves(one, unsigned)), WAIT);
    return new Forgery.Result(NAME, CLAIM, given, refused, "once signed, it has all keys", served);
  }

  private boolean refuses(Participant sender, Participant unsigned) {
    return anyEvent(
        event ->
            event instanceof TraceEvent.KeyNotServed not
                && not.key().owner().equals(sender.identity())
                && not.to().equals(unsigned.identity()));
  }

  private boolean serves(Participant sender, Participant signed) {
    return anyEvent(
        event ->
            event instanceof TraceEvent.KeyReceived received
                && received.key().owner().equals(sender.identity())
                && received.by().equals(signed.identity()));
  }

  private boolean anyEvent(Predicate<TraceEvent> wanted) {
    return view.since(0).stream().map(TraceEntry::event).anyMatch(wanted);
  }
}
