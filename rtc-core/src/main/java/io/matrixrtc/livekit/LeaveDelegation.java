package io.matrixrtc.livekit;

import io.matrixrtc.client.MatrixClient;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Hands a delayed leave to the SFU's side, which sees whether the media connection lives. Any
 * thread may call; stages complete on the scheduler of the client's settings.
 */
public final class LeaveDelegation {
  private static final String HOMESERVER =
      "/_matrix/client/unstable/io.element.msc4195/rtc/livekit/delegate_delayed_leave";
  private static final int NOT_FOUND = 404;

  private final MatrixClient client;
  private final TokenService tokens;

  /** Delegates for a login. */
  public LeaveDelegation(MatrixClient client, TokenService tokens) {
    this.client = client;
    this.tokens = tokens;
  }

  /**
   * Whether homeserver or token service know the endpoint: any answer to an empty request but 404
   * (DELEG-PROBE). It does not say that they will take a leave: only {@link #handOver} does.
   */
  public CompletionStage<Boolean> isKnown(ServiceUrl service) {
    return isThere(URI.create(client.session().homeserver() + HOMESERVER))
        .thenCompose(
            known ->
                known
                    ? CompletableFuture.completedFuture(true)
                    : isThere(service.endpoint("/delegate_delayed_leave")));
  }

  private CompletionStage<Boolean> isThere(URI endpoint) {
    return tokens
        .probe(endpoint)
        .thenApply(status -> status.filter(code -> code != NOT_FOUND).isPresent());
  }

  /**
   * Gives the leave to the token service, with an OpenID token of its own: a sticky one through the
   * endpoint for it, or with a token request where that is missing; a state event's with a token
   * request (DELEG-HAND). A failure is told (DELEG-FAIL), so that the device goes on to restart the
   * event itself.
   */
  public CompletionStage<DelegationOutcome> handOver(
      ServiceUrl service, Participant participant, DelegatedLeave leave) {
    return OpenIdToken.request(client)
        .thenCompose(
            result ->
                result.fold(
                    openId -> send(service, participant, openId, leave),
                    failure -> done(new TokenFailure.Unavailable(failure.sentence()))));
  }

  private CompletionStage<DelegationOutcome> send(
      ServiceUrl service, Participant participant, OpenIdToken openId, DelegatedLeave leave) {
    if (participant.memberId().isEmpty()) {
      return withToken(service, participant, openId, leave);
    }
    return tokens
        .delegate(service, participant, openId, leave)
        .thenCompose(
            outcome ->
                outcome instanceof DelegationOutcome.NotTaken not && isMissing(not.failure())
                    ? withToken(service, participant, openId, leave)
                    : CompletableFuture.completedFuture(outcome));
  }

  private static boolean isMissing(TokenFailure failure) {
    return failure instanceof TokenFailure.NotATokenService
        || (failure instanceof TokenFailure.Refused refused && refused.status() == NOT_FOUND);
  }

  private CompletionStage<DelegationOutcome> withToken(
      ServiceUrl service, Participant participant, OpenIdToken openId, DelegatedLeave leave) {
    return tokens
        .own(service, participant, openId, Optional.of(leave))
        .thenApply(
            outcome -> {
              if (outcome instanceof TokenOutcome.Granted granted) {
                return granted.delegated()
                    ? new DelegationOutcome.Taken()
                    : new DelegationOutcome.NotTaken(new TokenFailure.Refused(400, "M_BAD_JSON"));
              } else if (outcome instanceof TokenOutcome.Failed failed) {
                return new DelegationOutcome.NotTaken(failed.failure());
              }
              throw new IllegalStateException("unknown outcome");
            });
  }

  private static CompletionStage<DelegationOutcome> done(TokenFailure failure) {
    return CompletableFuture.completedFuture(new DelegationOutcome.NotTaken(failure));
  }
}
