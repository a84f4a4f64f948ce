package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.host.DirectoryDriver.Search;
import java.util.Optional;

/** The user directory (MSC3973). */
final class DirectoryRequests {
  private final HostSession session;

  DirectoryRequests(HostSession session) {
    this.session = session;
  }

  void search(Exchange exchange, RequestFields data) throws RequestRefusedException {
    if (!session.grants().has(Feature.USER_DIRECTORY_SEARCH)) {
      throw RequestRefusedException.missingCapability();
    }
    String term =
        data.text("search_term")
            .orElseThrow(() -> RequestRefusedException.invalid("missing search term"));
    Optional<Integer> limit =
        data.number("limit", 0, Integer.MAX_VALUE, "limit out of range").map(Long::intValue);
    exchange.call(
        new Search(term, limit),
        "Unexpected error while searching in the user directory",
        found -> {
          ObjectNode response = Json.newObject().put("limited", found.limited());
          ArrayNode results = response.putArray("results");
          for (DirectoryDriver.User user : found.users()) {
            ObjectNode entry = results.addObject().put("user_id", user.userId());
            user.displayName().ifPresent(name -> entry.put("display_name", name));
            user.avatarUrl().ifPresent(url -> entry.put("avatar_url", url));
          }
          exchange.reply(response);
        });
  }
}
