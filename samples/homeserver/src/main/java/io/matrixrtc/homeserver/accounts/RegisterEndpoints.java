package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.store.RandomIds;
import java.util.Locale;

/** New accounts, by user-interactive authentication with the dummy stage. */
public final class RegisterEndpoints implements Endpoints {
  private static final int GENERATED_NAME_LETTERS = 12;

  private final Users users;
  private final LoginEndpoints login;
  private final InteractiveAuth auth;
  private final RandomIds ids;
  private final boolean open;

  public RegisterEndpoints(
      Users users, LoginEndpoints login, InteractiveAuth auth, RandomIds ids, boolean open) {
    this.users = users;
    this.login = login;
    this.auth = auth;
    this.ids = ids;
    this.open = open;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/register", Route.Access.PUBLIC, RateClass.REGISTRATION, this::register);
    routes.client("GET", "/register/available", Route.Access.PUBLIC, null, this::available);
  }

  private Answer register(Request request) {
    if (!open) {
      throw MatrixException.forbidden("Registration has been disabled");
    }
    if (request.query("kind").orElse("user").equals("guest")) {
      throw MatrixException.forbidden("Guest access is disabled");
    }
    Fields body = new Fields(request.jsonOrEmpty());
    body.optionalString("username").ifPresent(users::checkAvailable);
    auth.requireDummy(body, "register");
    String localpart =
        body.optionalString("username")
            .orElseGet(() -> ids.letters(GENERATED_NAME_LETTERS).toLowerCase(Locale.ROOT));
    String userId = users.create(localpart, body.string("password"));
    return Answer.ok(
        body.flag("inhibit_login")
            ? Json.object().put("user_id", userId)
            : login.open(userId, body, request.address()));
  }

  private Answer available(Request request) {
    users.checkAvailable(
        request.query("username").orElseThrow(() -> MatrixException.missing("username")));
    return Answer.ok(Json.object().put("available", true));
  }
}
