package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import java.util.concurrent.CompletionStage;

/**
 * What proves to a service who a user is: the homeserver's answer to {@code POST
 * /user/{userId}/openid/request_token}, passed on unchanged. Whoever has it can speak for the user
 * at services, so nothing shows it.
 */
public final class OpenIdToken {
  private final ObjectNode answer;

  private OpenIdToken(ObjectNode answer) {
    this.answer = answer;
  }

  /** Takes what a homeserver, or a widget's host, answered. */
  public static OpenIdToken of(ObjectNode answer) {
    return new OpenIdToken(answer.deepCopy());
  }

  /** Asks the homeserver for a new one. Each service gets one of its own (SFU-OPENID). */
  public static CompletionStage<ApiResult<OpenIdToken>> request(MatrixClient client) {
    return client
        .api()
        .call(
            ApiRequest.post(
                    Json.newObject(),
                    "v3",
                    "user",
                    client.session().userId(),
                    "openid",
                    "request_token")
                .asRepeatable())
        .thenApply(result -> result.map(OpenIdToken::of));
  }

  /** The four fields that token services know; they refuse others (SFU-EXACT). */
  ObjectNode reveal() {
    ObjectNode known = Json.newObject();
    for (String field : new String[] {"access_token", "token_type", "matrix_server_name"}) {
      known.put(field, answer.path(field).asText());
    }
    return known.put("expires_in", answer.path("expires_in").asLong());
  }

  /** Shows the homeserver alone. */
  @Override
  public String toString() {
    return "OpenIdToken[" + answer.path("matrix_server_name").asText() + "]";
  }
}
