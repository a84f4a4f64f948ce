package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.OpenIdToken;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.OpenIdDriver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** OpenID tokens of an account, each from the homeserver anew, after {@link WidgetConsent}. */
final class AccountOpenId implements OpenIdDriver {
  private final MatrixClient client;
  private final WidgetConsent consent;

  AccountOpenId(MatrixClient client, WidgetConsent consent) {
    this.client = client;
    this.consent = consent;
  }

  @Override
  public CompletionStage<DriverResult<Standing>> standing(GetStanding query) {
    return CompletableFuture.completedFuture(DriverResult.done(consent.openId(query.widgetId())));
  }

  @Override
  public CompletionStage<DriverResult<Boolean>> ask(AskUser question) {
    return consent.askOpenId(question.widgetId()).thenApply(DriverResult::done);
  }

  @Override
  public CompletionStage<DriverResult<OpenIdToken>> token(GetToken query) {
    String user = client.session().userId();
    ApiRequest request =
        ApiRequest.post(Json.newObject(), "v3", "user", user, "openid", "request_token")
            .within(AccountEvents.TIME_LIMIT);
    return HomeserverAnswers.of(
        client
            .api()
            .once(request)
            .thenApply(result -> result.fold(this::token, ApiResult.Failed::new)));
  }

  private ApiResult<OpenIdToken> token(ObjectNode answer) {
    String token = answer.path("access_token").asText();
    String server = answer.path("matrix_server_name").asText();
    if (token.isEmpty() || server.isEmpty()) {
      return new ApiResult.Failed<>(
          new ApiFailure.NotMatrix(
              client.api().homeserver().toString(), "an OpenID token without text or server"));
    }
    return new ApiResult.Ok<>(
        new OpenIdToken(
            token,
            Duration.ofSeconds(answer.path("expires_in").asLong()),
            server,
            answer.path("token_type").asText("Bearer")));
  }
}
