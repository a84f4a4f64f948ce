package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Speaks with LiveKit token services (lk-jwt-service and its twins). Any thread may call; stages
 * complete on the scheduler of the settings, never exceptionally. Requests are sent once: whoever
 * asks again brings a new OpenID token.
 */
public final class TokenService {
  private final ClientSettings settings;

  /** Uses the HTTP transport, the scheduler and the time limit of {@code settings}. */
  public TokenService(ClientSettings settings) {
    this.settings = settings;
  }

  /**
   * Asks for the room of one's own SFU, at the endpoint that fits one's membership: {@code
   * /sfu/get} for a state event, {@code /get_token} for a sticky one (SFU-OWN).
   *
   * @param leave what the service is to look after, if it can. A service too old for that at {@code
   *     /sfu/get} is asked again without (SFU-OLD-SERVICE), and the outcome says so
   */
  public CompletionStage<TokenOutcome> own(
      ServiceUrl service,
      Participant participant,
      OpenIdToken openId,
      Optional<DelegatedLeave> leave) {
    return participant.memberId().isPresent()
        ? sticky(service, participant, openId, leave)
        : legacy(service, participant, openId, leave);
  }

  /**
   * Asks for the room of another member's SFU: {@code /get_token}, and {@code /sfu/get} if there is
   * none (SFU-OTHER).
   */
  public CompletionStage<TokenOutcome> other(
      ServiceUrl service, Participant participant, OpenIdToken openId) {
    if (participant.memberId().isEmpty()) {
      return legacy(service, participant, openId, Optional.empty());
    }
    return sticky(service, participant, openId, Optional.empty())
        .thenCompose(
            outcome ->
                outcome instanceof TokenOutcome.Failed failed
                        && failed.failure() instanceof TokenFailure.NoStickyMemberships
                    ? legacy(service, participant, openId, Optional.empty())
                    : CompletableFuture.completedFuture(outcome));
  }

  /** {@code POST /delegate_delayed_leave}, for sticky memberships. */
  public CompletionStage<DelegationOutcome> delegate(
      ServiceUrl service, Participant participant, OpenIdToken openId, DelegatedLeave leave) {
    ObjectNode body = TokenBodies.sticky(participant, openId, Optional.of(leave));
    return send(service.endpoint("/delegate_delayed_leave"), body)
        .handleAsync(
            (answer, error) -> {
              if (error != null) {
                return notTaken(TokenAnswers.unreachable());
              }
              return answer.status() == 200
                  ? new DelegationOutcome.Taken()
                  : notTaken(TokenAnswers.failure(answer, false));
            },
            settings.scheduler());
  }

  private static DelegationOutcome notTaken(TokenFailure failure) {
    return new DelegationOutcome.NotTaken(failure);
  }

  private CompletionStage<TokenOutcome> sticky(
      ServiceUrl service,
      Participant participant,
      OpenIdToken openId,
      Optional<DelegatedLeave> leave) {
    return ask(
        service.endpoint("/get_token"),
        TokenBodies.sticky(participant, openId, leave),
        true,
        leave.isPresent());
  }

  private CompletionStage<TokenOutcome> legacy(
      ServiceUrl service,
      Participant participant,
      OpenIdToken openId,
      Optional<DelegatedLeave> leave) {
    URI endpoint = service.endpoint("/sfu/get");
    return ask(endpoint, TokenBodies.legacy(participant, openId, leave), false, leave.isPresent())
        .thenCompose(
            outcome ->
                leave.isPresent() && isBadJson(outcome)
                    ? ask(
                        endpoint,
                        TokenBodies.legacy(participant, openId, Optional.empty()),
                        false,
                        false)
                    : CompletableFuture.completedFuture(outcome));
  }

  /** Up to 0.5.0 the delay was an unknown field; later it is refused who may not delegate. */
  private static boolean isBadJson(TokenOutcome outcome) {
    return outcome instanceof TokenOutcome.Failed failed
        && failed.failure() instanceof TokenFailure.Refused refused
        && refused.status() == 400
        && refused.errcode().equals("M_BAD_JSON");
  }

  private CompletionStage<TokenOutcome> ask(
      URI endpoint, ObjectNode body, boolean sticky, boolean delegates) {
    return send(endpoint, body)
        .handleAsync(
            (answer, error) ->
                error == null
                    ? TokenAnswers.read(answer, sticky, delegates)
                    : new TokenOutcome.Failed(TokenAnswers.unreachable()),
            settings.scheduler());
  }

  private CompletionStage<HttpAnswer> send(URI endpoint, ObjectNode body) {
    return settings
        .http()
        .send(
            new HttpCall(
                "POST",
                endpoint,
                Optional.empty(),
                Optional.of(body.toString()),
                settings.requestTimeout()));
  }

  /** The status of a request that says nothing; empty if there was no answer. */
  CompletionStage<Optional<Integer>> probe(URI endpoint) {
    return settings
        .http()
        .send(
            new HttpCall(
                "POST", endpoint, Optional.empty(), Optional.empty(), settings.requestTimeout()))
        .handleAsync(
            (answer, error) -> error == null ? Optional.of(answer.status()) : Optional.empty(),
            settings.scheduler());
  }
}
