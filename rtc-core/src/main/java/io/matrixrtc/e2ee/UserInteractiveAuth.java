package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the homeserver wants to be shown before it takes new cross-signing keys: an answer with
 * status 401. The app answers with the {@code auth} object of one stage.
 *
 * <p>Source: Matrix specification, client-server API, "User-Interactive Authentication API".
 *
 * @param session to be repeated in the answer; empty if the homeserver named none
 * @param flows each a list of stages, any one of which is enough
 * @param completed stages that are done
 * @param params what stages need, by stage, for example the URL of a page to open
 * @param error what was wrong with the last answer; empty at the first time and between stages
 */
public record UserInteractiveAuth(
    Optional<String> session,
    List<List<String>> flows,
    List<String> completed,
    ObjectNode params,
    Optional<String> error) {
  /** As many flows, and stages of one, are read; further ones are ignored. */
  public static final int MAX_FLOWS = 100;

  public UserInteractiveAuth {
    flows = flows.stream().map(List::copyOf).toList();
    completed = List.copyOf(completed);
    params = params.deepCopy();
  }

  /** Reads the answer; empty if it names no flow, and so asks for nothing that could be done. */
  public static Optional<UserInteractiveAuth> parse(JsonNode answer) {
    List<List<String>> flows = new ArrayList<>();
    for (JsonNode flow : answer.path("flows")) {
      if (flow.path("stages").isArray() && flows.size() < MAX_FLOWS) {
        flows.add(texts(flow.path("stages")));
      }
    }
    if (flows.isEmpty()) {
      return Optional.empty();
    }
    JsonNode error =
        answer.path("error").isTextual() ? answer.path("error") : answer.path("errcode");
    return Optional.of(
        new UserInteractiveAuth(
            Optional.of(answer.path("session")).filter(JsonNode::isTextual).map(JsonNode::asText),
            flows,
            texts(answer.path("completed")),
            answer.path("params") instanceof ObjectNode params ? params : Json.newObject(),
            Optional.of(error)
                .filter(JsonNode::isTextual)
                .map(text -> ShownText.of(text.asText(), ShownText.MAX_ID_CHARS))));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : array) {
      if (text.isTextual() && texts.size() < MAX_FLOWS) {
        texts.add(text.asText());
      }
    }
    return texts;
  }

  /** Whether one stage is all that is missing in some flow, and it is {@code stage}. */
  public boolean wantsOnly(String stage) {
    return flows.stream()
        .anyMatch(
            flow ->
                flow.stream().filter(s -> !completed.contains(s)).toList().equals(List.of(stage)));
  }

  /** Returns the answer to a stage without content, for example {@code m.login.dummy}. */
  public ObjectNode answer(String stage) {
    ObjectNode auth = Json.newObject().put("type", stage);
    session.ifPresent(id -> auth.put("session", id));
    return auth;
  }

  /** Returns the answer to {@code m.login.password}, which holds the password. */
  public ObjectNode password(String userId, String password) {
    ObjectNode auth = answer("m.login.password").put("password", password);
    auth.putObject("identifier").put("type", "m.id.user").put("user", userId);
    return auth;
  }
}
