package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Becoming a device: login with a password and registration. Matrix specification, "Client
 * authentication".
 */
final class LoginApi {
  private final HomeserverApi api;

  LoginApi(URI homeserver, ClientSettings settings) {
    this.api = new HomeserverApi(homeserver, settings);
  }

  /** LOGIN-PASSWORD: as the device that the credentials name, if they name one. */
  CompletionStage<LoginOutcome> login(Credentials credentials) {
    ObjectNode body = Json.newObject().put("type", "m.login.password");
    body.putObject("identifier").put("type", "m.id.user").put("user", credentials.user());
    addDevice(body, credentials);
    return api.call(ApiRequest.post(body, "v3", "login").unauthenticated())
        .thenApply(
            result ->
                result.fold(this::loggedIn, failure -> loginFailure(failure, credentials.user())));
  }

  /** Registers where the homeserver asks for nothing but a name and a password. */
  CompletionStage<LoginOutcome> register(Credentials credentials) {
    ObjectNode body = Json.newObject().put("username", credentials.user());
    addDevice(body, credentials);
    return register(body)
        .thenCompose(
            first ->
                first.fold(
                    answer -> done(loggedIn(answer)),
                    failure ->
                        dummySession(failure)
                            .map(session -> registerWith(session, body))
                            .orElseGet(() -> done(registerFailure(failure)))));
  }

  private static void addDevice(ObjectNode body, Credentials credentials) {
    body.put("password", credentials.password());
    body.put("initial_device_display_name", credentials.displayName());
    credentials.deviceId().ifPresent(id -> body.put("device_id", id));
    if (credentials.refreshable()) {
      body.put("refresh_token", true);
    }
  }

  private CompletionStage<LoginOutcome> registerWith(String session, ObjectNode body) {
    ObjectNode authenticated = body.deepCopy();
    authenticated.putObject("auth").put("type", "m.login.dummy").put("session", session);
    return register(authenticated)
        .thenApply(result -> result.fold(this::loggedIn, LoginApi::registerFailure));
  }

  private CompletionStage<ApiResult<ObjectNode>> register(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "register").unauthenticated());
  }

  /** The session of interactive authentication, if the empty stage is enough (LOGIN-DUMMY). */
  private static Optional<String> dummySession(ApiFailure failure) {
    if (!(failure instanceof ApiFailure.Refused refused) || refused.status() != 401) {
      return Optional.empty();
    }
    for (JsonNode flow : refused.body().path("flows")) {
      JsonNode stages = flow.path("stages");
      if (stages.size() == 1 && stages.path(0).asText().equals("m.login.dummy")) {
        return Optional.of(refused.body().path("session").asText());
      }
    }
    return Optional.empty();
  }

  private LoginOutcome loggedIn(ObjectNode answer) {
    String userId = answer.path("user_id").asText();
    String deviceId = answer.path("device_id").asText();
    Optional<TokenAnswer> tokens = TokenAnswer.read(answer, api.settings().scheduler().now());
    boolean named = MatrixIds.serverOf(userId).isPresent() && MatrixIds.isDeviceId(deviceId);
    if (!named || tokens.isEmpty()) { // LOGIN-ANSWER
      return new LoginOutcome.Failed(
          new ApiFailure.NotMatrix(
              api.homeserver().toString(), "login without user, device and token"));
    }
    return new LoginOutcome.LoggedIn(
        new MatrixSession(
            api.homeserver(),
            userId,
            deviceId,
            tokens.get().access(),
            tokens.get().refresh(),
            tokens.get().expiresAt()));
  }

  private LoginOutcome loginFailure(ApiFailure failure, String user) {
    if (failure instanceof ApiFailure.Refused refused) {
      if (refused.errcode().equals("M_FORBIDDEN")) {
        return new LoginOutcome.WrongPassword(user, api.homeserver().toString());
      } else if (refused.status() == 400 && refused.errcode().equals("M_UNKNOWN")) {
        return new LoginOutcome.NeedsBrowser();
      }
    }
    return new LoginOutcome.Failed(failure);
  }

  private static LoginOutcome registerFailure(ApiFailure failure) {
    if (failure instanceof ApiFailure.Refused refused) {
      if (refused.errcode().equals("M_USER_IN_USE")) {
        return new LoginOutcome.NameTaken();
      } else if (refused.status() == 401) {
        return new LoginOutcome.NeedsBrowser();
      }
    }
    return new LoginOutcome.Failed(failure);
  }

  private static CompletionStage<LoginOutcome> done(LoginOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}
