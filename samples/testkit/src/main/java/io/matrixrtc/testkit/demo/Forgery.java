package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * Key messages that must be refused, each followed by the same message with the one wrong thing put
 * right, which must be accepted.
 */
final class Forgery {
  /** Half of the ring: far from the indexes that the attacker's own keys take in a short call. */
  private static final int AWAY = 128;

  private static final int INDEXES = 256;

  private static final String CONTROL = "the same message put right is accepted";

  private static final Duration WAIT = Duration.ofSeconds(20);

  private final CallView view;
  private final SecureRandom random = new SecureRandom();
  private int sent;

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
        key(attacker, victim, named.spec().deviceId(), true),
        key(attacker, victim, attacker.spec().deviceId(), true));
  }

  /** A key arrives without encryption. */
  Result sendInClear(Participant attacker, Participant victim) {
    return tryIt(
        "cleartext-key",
        "a key that was sent in the clear is refused",
        "Cleartext",
        attacker,
        victim,
        key(attacker, victim, attacker.spec().deviceId(), false),
        key(attacker, victim, attacker.spec().deviceId(), true));
  }

  /** An unencrypted key message, so that its key lies readable at the homeserver. */
  ParticipantRequest.SendKey inClear(Participant to, Participant from, String keyBase64) {
    return new ParticipantRequest.SendKey(
        to.spec().userId(),
        to.spec().deviceId(),
        from.spec().deviceId(),
        indexAwayFrom(from),
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
    boolean control = view.await(() -> accepted(mark, victim, corrected), WAIT);
    return new Result(name, claim, accepted(mark, victim, forged), refused, CONTROL, control);
  }

  private ParticipantRequest.SendKey key(
      Participant from, Participant to, String claimed, boolean encrypted) {
    byte[] key = new byte[16];
    random.nextBytes(key);
    return new ParticipantRequest.SendKey(
        to.spec().userId(),
        to.spec().deviceId(),
        claimed,
        indexAwayFrom(from),
        Base64.getEncoder().encodeToString(key),
        encrypted);
  }

  /** A forged key that is accepted must not stand where one of the sender's own is. */
  private int indexAwayFrom(Participant sender) {
    int own = view.newestKey(sender.identity()).map(KeyRef::index).orElse(0);
    return (own + AWAY + sent++) % INDEXES;
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

  private boolean accepted(int mark, Participant victim, ParticipantRequest.SendKey sent) {
    return accepted(
        view.since(mark),
        victim.identity(),
        KeyFingerprint.of(Base64.getDecoder().decode(sent.keyBase64())));
  }

  /** By the key itself: an honest key of anybody may have the same index. */
  static boolean accepted(List<TraceEntry> entries, String victim, KeyFingerprint key) {
    return entries.stream()
        .map(TraceEntry::event)
        .anyMatch(
            event ->
                event instanceof TraceEvent.KeyReceived received
                    && received.by().equals(victim)
                    && received.key().fingerprint().equals(key));
  }
}
