package io.matrixrtc.livekit;

import io.matrixrtc.client.MatrixClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One token for each SFU (SFU-TOKEN), each with an OpenID token of its own (SFU-OPENID), so that no
 * service can use at another what it was given. Nothing is kept: a connection that begins anew asks
 * anew; calls for the same SFU while one is under way share its answer. Any thread may call.
 */
public final class SfuTokens {
  private final MatrixClient client;
  private final TokenService service;
  private final Participant participant;
  private final Map<ServiceUrl, CompletableFuture<TokenOutcome>> underWay = new HashMap<>();

  /** Gets tokens for one's own participation in a session. */
  public SfuTokens(MatrixClient client, TokenService service, Participant participant) {
    this.client = client;
    this.service = service;
    this.participant = participant;
  }

  /**
   * Gets the token for an SFU of the plan.
   *
   * @param sfu one of {@link SfuPlan#members}
   * @param own whether it is the one that this device publishes on
   */
  public CompletionStage<TokenOutcome> forSfu(ServiceUrl sfu, boolean own) {
    CompletableFuture<TokenOutcome> mine = new CompletableFuture<>();
    synchronized (underWay) {
      CompletableFuture<TokenOutcome> other = underWay.putIfAbsent(sfu, mine);
      if (other != null) {
        return other.copy();
      }
    }
    OpenIdToken.request(client)
        .thenCompose(
            result ->
                result.fold(
                    openId -> ask(sfu, own, openId),
                    failure ->
                        CompletableFuture.<TokenOutcome>completedFuture(
                            new TokenOutcome.Failed(
                                new TokenFailure.Unavailable(failure.sentence())))))
        .whenComplete(
            (outcome, error) -> {
              synchronized (underWay) {
                underWay.remove(sfu);
              }
              if (error == null) {
                mine.complete(outcome);
              } else {
                mine.completeExceptionally(error); // the client was closed
              }
            });
    return mine.copy();
  }

  private CompletionStage<TokenOutcome> ask(ServiceUrl sfu, boolean own, OpenIdToken openId) {
    return own
        ? service.own(sfu, participant, openId, Optional.empty())
        : service.other(sfu, participant, openId);
  }
}
