package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.RandomIds;
import java.time.Duration;
import java.util.Optional;

/** Log in, log out, who am I. */
public final class LoginEndpoints implements Endpoints {
  private static final int DEVICE_ID_LETTERS = 10;

  private final Users users;
  private final Devices devices;
  private final RandomIds ids;
  private final String serverName;
  private final Duration refreshableLifetime;

  /** {@code refreshableLifetime}: how long the access token of a client that can refresh works. */
  public LoginEndpoints(
      Users users,
      Devices devices,
      RandomIds ids,
      String serverName,
      Duration refreshableLifetime) {
    this.refreshableLifetime = refreshableLifetime;
    this.users = users;
    this.devices = devices;
    this.ids = ids;
    this.serverName = serverName;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/login", Route.Access.PUBLIC, null, this::flows);
    routes.client("POST", "/login", Route.Access.PUBLIC, RateClass.LOGIN, this::logIn);
    routes.client("POST", "/refresh", Route.Access.PUBLIC, RateClass.LOGIN, this::refresh);
    routes.client("POST", "/logout", this::logOut);
    routes.client("POST", "/logout/all", this::logOutAll);
    routes.client("GET", "/account/whoami", this::whoAmI);
  }

  private Answer flows(Request request) {
    ObjectNode answer = Json.object();
    answer.putArray("flows").addObject().put("type", InteractiveAuth.PASSWORD);
    return Answer.ok(answer);
  }

  private Answer logIn(Request request) {
    Fields body = request.fields();
    if (!body.string("type").equals(InteractiveAuth.PASSWORD)) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "Unknown login type");
    }
    String name =
        body.optionalObject("identifier")
            .map(identifier -> new Fields(identifier).string("user"))
            .orElseGet(() -> body.string("user"));
    String userId = users.userId(name);
    if (!users.passwordMatches(userId, body.string("password"))) {
      throw MatrixException.forbidden("Invalid username or password");
    }
    return Answer.ok(open(userId, body, request.address()));
  }

  /** Logs the user's device in, as the body asks, and describes it as login and register do. */
  ObjectNode open(String userId, Fields body, String address) {
    String deviceId =
        body.optionalString("device_id").orElseGet(() -> ids.letters(DEVICE_ID_LETTERS));
    Optional<String> displayName = body.optionalString("initial_device_display_name");
    Optional<Duration> lifetime =
        body.flag("refresh_token") ? Optional.of(refreshableLifetime) : Optional.empty();
    DeviceTokens.Issued issued =
        devices.logIn(new Session(userId, deviceId), displayName, address, lifetime);
    return tokens(issued)
        .put("user_id", userId)
        .put("device_id", deviceId)
        .put("home_server", serverName);
  }

  private Answer refresh(Request request) {
    return Answer.ok(
        tokens(
            devices
                .refresh(request.fields().string("refresh_token"), refreshableLifetime)
                .orElseThrow(() -> MatrixException.unknownToken(false))));
  }

  private static ObjectNode tokens(DeviceTokens.Issued issued) {
    ObjectNode json = Json.object().put("access_token", issued.accessToken());
    issued.refreshToken().ifPresent(token -> json.put("refresh_token", token));
    issued.lifetime().ifPresent(time -> json.put("expires_in_ms", time.toMillis()));
    return json;
  }

  private Answer logOut(Request request) {
    devices.delete(request.session());
    return Answer.ok();
  }

  private Answer logOutAll(Request request) {
    String userId = request.session().userId();
    for (Devices.Device device : devices.all(userId)) {
      devices.delete(new Session(userId, device.deviceId()));
    }
    return Answer.ok();
  }

  private Answer whoAmI(Request request) {
    return Answer.ok(
        Json.object()
            .put("user_id", request.session().userId())
            .put("device_id", request.session().deviceId())
            .put("is_guest", false));
  }
}
