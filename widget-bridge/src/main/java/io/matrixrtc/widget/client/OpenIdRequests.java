package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.OpenIdToken;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The three states of {@code get_openid}: an answer at once, or the user's, matched by its id. */
final class OpenIdRequests {
  private final Map<String, Consumer<OpenIdAnswer>> asked = new HashMap<>();

  void onResult(String id, WidgetResult result, Consumer<OpenIdAnswer> then) {
    if (!(result instanceof WidgetResult.Answered answered)) {
      then.accept(new OpenIdAnswer.Failed(String.valueOf(result.getClass().getSimpleName())));
    } else if (answered.response().path("state").asText().equals("request")) {
      asked.put(id, then);
    } else {
      then.accept(read(answered.response()));
    }
  }

  void onCredentials(ObjectNode data) {
    Consumer<OpenIdAnswer> then = asked.remove(data.path("original_request_id").asText());
    if (then != null) {
      then.accept(read(data));
    }
  }

  private static OpenIdAnswer read(ObjectNode data) {
    String state = data.path("state").asText();
    if (state.equals("blocked")) {
      return new OpenIdAnswer.Blocked();
    }
    String token = data.path("access_token").asText();
    String server = data.path("matrix_server_name").asText();
    if (!state.equals("allowed") || token.isEmpty() || server.isEmpty()) {
      return new OpenIdAnswer.Failed("invalid state");
    }
    Duration expiresIn = Duration.ofSeconds(data.path("expires_in").asLong());
    return new OpenIdAnswer.Allowed(
        new OpenIdToken(token, expiresIn, server, data.path("token_type").asText("Bearer")));
  }

  void close() {
    List<Consumer<OpenIdAnswer>> open = List.copyOf(asked.values());
    asked.clear();
    open.forEach(then -> then.accept(new OpenIdAnswer.Failed("closed")));
  }
}
