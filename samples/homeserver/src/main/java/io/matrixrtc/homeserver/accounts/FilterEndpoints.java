package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;

/** Stores and reads the caller's filters. */
public final class FilterEndpoints implements Endpoints {
  private final Filters filters;

  public FilterEndpoints(Filters filters) {
    this.filters = filters;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/user/{userId}/filter", this::add);
    routes.client("GET", "/user/{userId}/filter/{filterId}", this::get);
  }

  private Answer add(Request request) {
    ObjectNode filter = request.json();
    return Answer.ok(Json.object().put("filter_id", filters.add(own(request), filter)));
  }

  private Answer get(Request request) {
    return Answer.ok(
        filters
            .get(own(request), request.path("filterId"))
            .orElseThrow(() -> MatrixException.notFound("No such filter")));
  }

  /** The user in the path, who must be the caller. */
  static String own(Request request) {
    String userId = request.path("userId");
    if (!userId.equals(request.session().userId())) {
      throw MatrixException.forbidden("Not your own user");
    }
    return userId;
  }
}
