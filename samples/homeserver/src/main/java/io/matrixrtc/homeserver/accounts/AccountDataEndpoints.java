package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import java.util.Set;

/** Reads and writes the caller's account data. */
public final class AccountDataEndpoints implements Endpoints {
  // The server has endpoints of its own for these.
  private static final Set<String> NOT_HERE = Set.of("m.push_rules", "m.fully_read");

  private final AccountData data;

  public AccountDataEndpoints(AccountData data) {
    this.data = data;
  }

  @Override
  public void addTo(Routes routes) {
    String global = "/user/{userId}/account_data/{type}";
    String room = "/user/{userId}/rooms/{roomId}/account_data/{type}";
    routes.client("GET", global, r -> get(r, AccountData.GLOBAL));
    routes.client("PUT", global, r -> put(r, AccountData.GLOBAL));
    routes.client("GET", room, r -> get(r, r.path("roomId")));
    routes.client("PUT", room, r -> put(r, r.path("roomId")));
  }

  private Answer get(Request request, String roomId) {
    String userId = FilterEndpoints.own(request);
    return Answer.ok(
        data.get(userId, roomId, request.path("type"))
            .orElseThrow(() -> MatrixException.notFound("Account data not found")));
  }

  private Answer put(Request request, String roomId) {
    String userId = FilterEndpoints.own(request);
    if (NOT_HERE.contains(request.path("type"))) {
      throw new MatrixException(
          405, ErrorCode.M_BAD_JSON, "Cannot set " + request.path("type") + " through this API");
    }
    data.put(userId, roomId, request.path("type"), request.json());
    return Answer.ok();
  }
}
