package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;

/**
 * Key messages that must be refused, each followed by the same message with the one wrong thing put
 * right, which must be accepted.
 */
final class Forgery {
  /** Far from the indexes that a short call uses. */
  private static final int FIRST_INDEX = 200;

  private static final String CONTROL = "the same message put right is accepted";

  private static final Duration WAIT = Duration.ofSeconds(20);

  private final CallView view;
  private final SecureRandom random = new SecureRandom();
  private int nextIndex = FIRST_INDEX;

  Forgery(CallView view) {
    this.view = view;
  }

  /**
   * What became of a forged message.
   *
   * @param name of the check
   * @param claim what must hold
   * @param forgedAccepted true is bad
   * @param refused whether the receiver reported the refusal
   * @param control what must happen once it is put right
   * @param controlAccepted whether it did
   */
  record Result(
      String name,
      String claim,
      boolean forgedAccepted,
      boolean refused,
      String control,
      boolean controlAccepted) {}

  /** A member says that its key is another device's. */
  Result claimAnotherDevice(Participant attacker, Participant victim, Participant named) {
    return tryIt(
        "forged-claim",
        "a key that claims another device's name is refused",
        "ClaimedAnotherDevice",
        attacker,
        victim,
        key(victim, named.spec().deviceId(), true),
        key(victim, attacker.spec().deviceId(), true));
  }

  /** A key arrives without encryption. */
  Result sendInClear(Participant attacker, Participant victim) {
    return tryIt(
        "cleartext-key",
        "a key that was sent in the clear is refused",
        "Cleartext",
        attacker,
        victim,
        key(victim, attacker.spec().deviceId(), false),
        key(victim, attacker.spec().deviceId(), true));
  }

  /** An unencrypted key message, so that its key lies readable at the homeserver. */
  static ParticipantRequest.SendKey inClear(Participant to, Participant from, String keyBase64) {
    return new ParticipantRequest.SendKey(
        to.spec().userId(),
        to.spec().deviceId(),
        from.spec().deviceId(),
        FIRST_INDEX - 1,
        keyBase64,
        false);
  }

  private Result tryIt(
      String name,
      String claim,
      String reason,
      Participant attacker,
      Participant victim,
      ParticipantRequest.SendKey forged,
      ParticipantRequest.SendKey corrected) {
    int mark = view.mark();
    attacker.sendKey(forged);
    boolean refused = view.await(() -> refusal(mark, attacker, victim, reason), WAIT);
    attacker.sendKey(corrected);
    boolean control = view.await(() -> accepted(mark, victim, corrected.index()), WAIT);
    return new Result(
        name, claim, accepted(mark, victim, forged.index()), refused, CONTROL, control);
  }

  private ParticipantRequest.SendKey key(Participant to, String claimed, boolean encrypted) {
    byte[] key = new byte[16];
    random.nextBytes(key);
    return new ParticipantRequest.SendKey(
        to.spec().userId(),
        to.spec().deviceId(),
        claimed,
        nextIndex++,
        Base64.getEncoder().encodeToString(key),
        encrypted);
  }

  private boolean refusal(int mark, Participant attacker, Participant victim, String reason) {
    return view.since(mark).stream()
        .map(TraceEntry::event)
        .anyMatch(
            event ->
                event instanceof TraceEvent.KeyRefused refused
                    && refused.by().equals(victim.identity())
                    && refused.from().startsWith(attacker.spec().userId() + "/")
                    && refused.reason().equals(reason));
  }

  private boolean accepted(int mark, Participant victim, int index) {
    return view.since(mark).stream()
        .map(TraceEntry::event)
        .anyMatch(
            event ->
                event instanceof TraceEvent.KeyReceived received
                    && received.by().equals(victim.identity())
                    && received.key().index() == index);
  }
}
