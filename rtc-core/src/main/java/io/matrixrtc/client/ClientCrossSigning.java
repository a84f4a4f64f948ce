package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigning;
import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.IdentityReset;
import io.matrixrtc.e2ee.KeyChanges;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.e2ee.SetupState;
import io.matrixrtc.e2ee.SignatureTarget;
import io.matrixrtc.e2ee.UserInteractiveAuth;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Our own user's cross-signing identity on a homeserver (CLIENT-IDENTITY). Any thread may call;
 * stages complete on the client's scheduler, exceptionally only if the client is closed or its
 * store has failed.
 */
public final class ClientCrossSigning {
  /** The homeserver may ask as often in one setup (CLIENT-UIA). */
  static final int MAX_CHALLENGES = 10;

  private final CryptoPump pump;
  private @Nullable Running running;

  /** A setup under way. */
  private static final class Running {
    final UserAuthentication port;
    final CompletableFuture<SetupOutcome> end = new CompletableFuture<>();
    final IdentityReset lost;
    @Nullable UserInteractiveAuth asked;
    int challenges;

    Running(UserAuthentication port, IdentityReset lost) {
      this.port = port;
      this.lost = lost;
    }
  }

  /** Begins a setup with the machine. */
  @FunctionalInterface
  private interface Start {
    IdentityReset begin(CrossSigning crossSigning, Instant now) throws CryptoStoreException;
  }

  ClientCrossSigning(CryptoPump pump) {
    this.pump = pump;
  }

  /** How our own identity stands, as this device sees it. */
  public CompletionStage<CrossSigningStatus> status() {
    return ask((crossSigning, now) -> crossSigning.status());
  }

  /**
   * Gives our user an identity, unless there is one, and signs this device with it. Completes when
   * the homeserver has all of it, or will not have it; the start is when this device's own keys are
   * on the homeserver. While a setup is under way, its stage is returned.
   */
  public CompletionStage<SetupOutcome> bootstrap(UserAuthentication port) {
    return run(
        port,
        (crossSigning, now) -> {
          crossSigning.bootstrap(now);
          return new IdentityReset(Optional.empty(), Set.of(), Set.of(), Set.of(), Set.of(), false);
        });
  }

  /** What {@link #reset} would cost our user. */
  public CompletionStage<IdentityReset> previewReset() {
    return ask((crossSigning, now) -> crossSigning.previewReset());
  }

  /** As {@link #bootstrap}, with another identity in the place of the one that there is. */
  public CompletionStage<SetupOutcome> reset(UserAuthentication port) {
    return run(port, CrossSigning::reset);
  }

  /**
   * Takes the end of a verification. Signatures go to the homeserver afterwards; one that it does
   * not take is a {@link ClientEvent.SignatureFailed}. Whenever a device of our user, or our own
   * identity, comes to count as verified, it is asked for the secrets that are not here.
   */
  public CompletionStage<VerificationOutcome> verify(Verification verification) {
    return ask((crossSigning, now) -> crossSigning.verify(verification, now));
  }

  /**
   * Asks our verified devices for the secrets that are not here; {@link ClientEvent.SecretNews}
   * tells what comes of it.
   *
   * @return completes with what is asked for; empty if nothing is missing or nobody can be asked
   */
  public CompletionStage<Set<SecretName>> requestMissingSecrets() {
    return ask(CrossSigning::requestMissingSecrets);
  }

  /** CLIENT-SECRETS: who can be asked now, and was not before, is asked. On the scheduler. */
  void onKeysChanged(KeyChanges changes, String ownUser) {
    boolean ours =
        changes.identities().containsKey(ownUser)
            || changes.devices().keySet().stream().anyMatch(d -> d.userId().equals(ownUser));
    if (ours) {
      pump.onScheduler(
          () -> pump.use((m, now) -> m.crossSigning().requestMissingSecrets(now), why -> {}));
    }
  }

  /** Something to ask or do. */
  @FunctionalInterface
  private interface Query<T> {
    T ask(CrossSigning crossSigning, Instant now) throws CryptoStoreException;
  }

  private <T> CompletionStage<T> ask(Query<T> query) {
    CompletableFuture<T> end = new CompletableFuture<>();
    pump.onScheduler(
        () ->
            pump.use(
                (m, now) -> end.complete(query.ask(m.crossSigning(), now)),
                why -> end.completeExceptionally(new IllegalStateException(why))));
    return end;
  }

  private CompletionStage<SetupOutcome> run(UserAuthentication port, Start start) {
    CompletableFuture<SetupOutcome> end = new CompletableFuture<>();
    pump.onScheduler(
        () -> {
          if (running == null) {
            begin(port, start, end);
          } else {
            pass(running.end, end);
          }
        });
    return end;
  }

  private void begin(UserAuthentication port, Start start, CompletableFuture<SetupOutcome> end) {
    pump.use(
        (m, now) -> {
          Running begun = new Running(port, start.begin(m.crossSigning(), now));
          running = begun;
          pass(begun.end, end);
        },
        why -> end.completeExceptionally(new IllegalStateException(why)));
  }

  private static void pass(
      CompletableFuture<SetupOutcome> from, CompletableFuture<SetupOutcome> to) {
    from.whenComplete(
        (outcome, bug) -> {
          if (outcome != null) {
            to.complete(outcome);
          } else {
            to.completeExceptionally(bug == null ? new IllegalStateException() : bug);
          }
        });
  }

  /** Sees how the setup stands. To be called on the scheduler, after each use of the machine. */
  void observe(OlmMachine machine) throws CryptoStoreException {
    Running current = running;
    if (current == null) {
      return;
    }
    SetupState state = machine.crossSigning().setup();
    if (state instanceof SetupState.AuthWanted wanted) {
      if (current.asked != wanted.auth()) { // the object: equal ones may follow each other
        current.asked = wanted.auth();
        challenge(current, wanted.auth());
      }
    } else if (state instanceof SetupState.Done) {
      if (isSigned(machine)) {
        finish(new SetupOutcome.Done(current.lost));
      }
    } else if (state instanceof SetupState.Refused refused) {
      finish(
          refused.why() == SetupState.Reason.IDENTITY_EXISTS
              ? new SetupOutcome.IdentityExists()
              : new SetupOutcome.OtherIdentityMeanwhile());
    } else if (state instanceof SetupState.Failed failed) {
      finish(new SetupOutcome.Failed(failed.reason()));
    }
  }

  /** Whether the homeserver has this device's signature, or does not take it. */
  private static boolean isSigned(OlmMachine machine) throws CryptoStoreException {
    CrossSigningStatus status = machine.crossSigning().status();
    SignatureTarget ours =
        new SignatureTarget(
            machine.device().userId(), machine.device().deviceId(), SignatureTarget.Kind.DEVICE);
    return status.deviceSigned() || !status.signaturesToUpload().contains(ours);
  }

  /** CLIENT-UIA: the app is asked, each time for one stage, on the scheduler. */
  private void challenge(Running current, UserInteractiveAuth auth) {
    pump.onScheduler(
        () -> {
          if (++current.challenges > MAX_CHALLENGES) {
            giveUp(current, auth);
            return;
          }
          answer(current.port, auth)
              .whenComplete(
                  (answer, bug) ->
                      pump.onScheduler(
                          () -> {
                            if (answer != null && answer.isPresent()) {
                              authenticate(current, answer.get());
                            } else {
                              giveUp(current, auth);
                            }
                          }));
        });
  }

  private static CompletionStage<Optional<ObjectNode>> answer(
      UserAuthentication port, UserInteractiveAuth auth) {
    try {
      return port.answer(auth);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void authenticate(Running current, ObjectNode answer) {
    if (running == current) {
      pump.use((m, now) -> m.crossSigning().authenticate(answer, now), this::onEnd);
    }
  }

  private void giveUp(Running current, UserInteractiveAuth auth) {
    if (running == current) {
      finish(new SetupOutcome.NotAuthenticated(auth.error()));
      pump.use((m, now) -> m.crossSigning().abandonSetup(now), this::onEnd);
    }
  }

  private void finish(SetupOutcome outcome) {
    Running current = running;
    running = null;
    if (current != null) {
      current.end.complete(outcome);
    }
  }

  /** The machine is used no more. To be called on the scheduler. */
  void onEnd(String why) {
    Running current = running;
    running = null;
    if (current != null) {
      current.end.completeExceptionally(new IllegalStateException(why));
    }
  }
}
