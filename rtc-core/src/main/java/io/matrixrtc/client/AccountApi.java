package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;
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

  /** {@code GET /versions}: the versions of the specification that the homeserver speaks. */
  public CompletionStage<ApiResult<List<String>>> versions() {
    return api.call(ApiRequest.get("versions").unauthenticated())
        .thenApply(
            result ->
                result.map(
                    answer -> {
                      List<String> versions = new ArrayList<>();
                      for (JsonNode version : answer.path("versions")) {
                        versions.add(version.asText());
                      }
                      return List.copyOf(versions);
                    }));
  }

  /** {@code POST /logout}: ends the login and deletes the device. */
  public CompletionStage<ApiResult<Boolean>> logout() {
    return api.call(ApiRequest.post(Json.newObject(), "v3", "logout").asRepeatable())
        .thenApply(result -> result.map(answer -> true));
  }
}
