package io.matrixrtc.client;

import io.matrixrtc.json.Json;
import java.util.concurrent.CompletionStage;

/** The login itself, and what the homeserver can do. */
public final class AccountApi {
  private final HomeserverApi api;

  AccountApi(HomeserverApi api) {
    this.api = api;
  }

  /**
   * Whose token this is.
   *
   * @param userId full user id
   * @param deviceId empty if the token belongs to no device
   */
  public record WhoAmI(String userId, String deviceId) {}

  /** {@code GET /account/whoami}. */
  public CompletionStage<ApiResult<WhoAmI>> whoami() {
    return api.call(ApiRequest.get("v3", "account", "whoami"))
        .thenApply(
            result ->
                result.map(
                    answer ->
                        new WhoAmI(
                            answer.path("user_id").asText(), answer.path("device_id").asText())));
  }

  /**
   * {@code GET /versions}: what the homeserver can do. One that speaks no version with the
   * endpoints that are used here (1.1) is a failure that says so.
   */
  public CompletionStage<ApiResult<ServerVersions>> versions() {
    return api.call(ApiRequest.get("versions").unauthenticated())
        .thenApply(
            result ->
                result.fold(
                    answer -> ServerVersions.of(answer, api.homeserver().toString()),
                    ApiResult.Failed::new));
  }

  /** {@code POST /logout}: ends the login and deletes the device. */
  public CompletionStage<ApiResult<Boolean>> logout() {
    return api.call(ApiRequest.post(Json.newObject(), "v3", "logout").asRepeatable())
        .thenApply(result -> result.map(answer -> true));
  }
}
