package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Becoming a device: login with a password and registration. Matrix specification, "Client
 * authentication".
 */
public final class LoginApi {
  private final HomeserverApi api;

  /** Uses an API without an access token. */
  public LoginApi(HomeserverApi api) {
    this.api = api;
  }

  /**
   * Logs in.
   *
   * @param user local part or full user id
   * @param deviceId the device to come back as; empty for a new one
   * @param displayName shown to others in the list of devices
   */
  public CompletionStage<LoginOutcome> login(
      String user, String password, Optional<String> deviceId, String displayName) {
    ObjectNode body = Json.newObject().put("type", "m.login.password");
    body.putObject("identifier").put("type", "m.id.user").put("user", user);
    body.put("password", password).put("initial_device_display_name", displayName);
    deviceId.ifPresent(id -> body.put("device_id", id));
    return api.call(ApiRequest.post(body, "v3", "login").unauthenticated())
        .thenApply(result -> result.fold(this::loggedIn, LoginApi::loginFailure));
  }

  /** Registers a user where the homeserver asks for nothing but a name and a password. */
  public CompletionStage<LoginOutcome> register(
      String localpart, String password, String displayName) {
    ObjectNode body =
        Json.newObject()
            .put("username", localpart)
            .put("password", password)
            .put("initial_device_display_name", displayName);
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

  private CompletionStage<LoginOutcome> registerWith(String session, ObjectNode body) {
    ObjectNode authenticated = body.deepCopy();
    authenticated.putObject("auth").put("type", "m.login.dummy").put("session", session);
    return register(authenticated)
        .thenApply(result -> result.fold(this::loggedIn, LoginApi::registerFailure));
  }

  private CompletionStage<ApiResult<ObjectNode>> register(ObjectNode body) {
    return api.call(ApiRequest.post(body, "v3", "register").unauthenticated());
  }

  /** The session of interactive authentication, if nothing but the empty stage is asked for. */
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
    String token = answer.path("access_token").asText();
    if (userId.isEmpty() || deviceId.isEmpty() || token.isEmpty()) {
      return new LoginOutcome.Failed(
          new ApiFailure.NotMatrix(
              api.homeserver().toString(), "login without user, device and token"));
    }
    return new LoginOutcome.LoggedIn(
        new MatrixSession(api.homeserver(), userId, deviceId, AccessToken.of(token)));
  }

  private static LoginOutcome loginFailure(ApiFailure failure) {
    if (failure instanceof ApiFailure.Refused refused) {
      if (refused.errcode().equals("M_FORBIDDEN")) {
        return new LoginOutcome.WrongPassword();
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
