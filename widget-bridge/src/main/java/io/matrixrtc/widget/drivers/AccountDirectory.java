package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.host.DirectoryDriver;
import io.matrixrtc.widget.host.DriverResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The homeserver's user directory. */
final class AccountDirectory implements DirectoryDriver {
  private final MatrixClient client;

  AccountDirectory(MatrixClient client) {
    this.client = client;
  }

  @Override
  public CompletionStage<DriverResult<Found>> search(Search query) {
    ObjectNode body = Json.newObject().put("search_term", query.term());
    query.limit().ifPresent(limit -> body.put("limit", limit));
    return HomeserverAnswers.of(
        client
            .api()
            .once(
                ApiRequest.post(body, "v3", "user_directory", "search")
                    .within(AccountEvents.TIME_LIMIT))
            .thenApply(result -> result.map(AccountDirectory::found)));
  }

  private static Found found(ObjectNode answer) {
    List<User> users = new ArrayList<>();
    for (JsonNode user : answer.path("results")) {
      if (user.path("user_id").isTextual()) {
        users.add(
            new User(
                user.get("user_id").textValue(),
                text(user, "display_name"),
                text(user, "avatar_url")));
      }
    }
    return new Found(answer.path("limited").asBoolean(false), users);
  }

  private static Optional<String> text(JsonNode user, String member) {
    return Optional.of(user.path(member)).filter(JsonNode::isTextual).map(JsonNode::textValue);
  }
}
