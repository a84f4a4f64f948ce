package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.store.Foundation;
import java.util.Optional;

/** HS-OPENID: gives OpenID tokens to users and tells services whose they are. */
public final class OpenIdEndpoints implements Endpoints {
  private final OpenIdTokens tokens;
  private final String serverName;

  public OpenIdEndpoints(Foundation foundation) {
    this.tokens = new OpenIdTokens(foundation);
    this.serverName = foundation.serverName();
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/user/{userId}/openid/request_token", this::issue);
    routes.add(
        new Route(
            "GET",
            "/_matrix/federation/v1/openid/userinfo",
            Route.Access.PUBLIC,
            Optional.empty(),
            this::userInfo));
  }

  private Answer issue(Request request) {
    String userId = FilterEndpoints.own(request);
    return Answer.ok(
        Json.object()
            .put("access_token", tokens.issue(userId))
            .put("token_type", "Bearer")
            .put("matrix_server_name", serverName)
            .put("expires_in", OpenIdTokens.LIFETIME.toSeconds()));
  }

  private Answer userInfo(Request request) {
    String token =
        request
            .query("access_token")
            .orElseThrow(
                () -> new MatrixException(ErrorCode.M_MISSING_TOKEN, "Missing access token"));
    String userId =
        tokens
            .userId(token)
            .orElseThrow(
                () ->
                    new MatrixException(
                        ErrorCode.M_UNKNOWN_TOKEN, "Access token unknown or expired"));
    return Answer.ok(Json.object().put("sub", userId));
  }
}
