package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Profile;
import io.matrixrtc.homeserver.accounts.Users;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import java.util.Optional;

/** Reads profiles, and sets the own one: each change is a new member event in all joined rooms. */
final class ProfileEndpoints implements Endpoints {
  private static final String DISPLAYNAME = "displayname";
  private static final String AVATAR_URL = "avatar_url";

  private final Users users;
  private final MemberEvents members;

  ProfileEndpoints(Users users, MemberEvents members) {
    this.users = users;
    this.members = members;
  }

  @Override
  public void addTo(Routes routes) {
    Route.Access open = Route.Access.PUBLIC;
    routes.client("GET", "/profile/{userId}", open, null, r -> Answer.ok(find(r).json()));
    routes.client("GET", "/profile/{userId}/{field}", open, null, this::getField);
    routes.client("PUT", "/profile/{userId}/{field}", this::putField);
  }

  private Answer getField(Request request) {
    String field = field(request);
    ObjectNode profile = find(request).json();
    return Answer.ok(profile.retain(field));
  }

  private Answer putField(Request request) {
    String userId = request.path("userId");
    if (!userId.equals(request.session().userId())) {
      throw MatrixException.forbidden("Cannot set another user's profile");
    }
    String field = field(request);
    Optional<String> value = request.fields().optionalString(field).filter(v -> !v.isEmpty());
    Profile before = find(request);
    users.setProfile(
        userId,
        field.equals(DISPLAYNAME)
            ? new Profile(value, before.avatarUrl())
            : new Profile(before.displayname(), value));
    members.profileChanged(userId);
    return Answer.ok(Json.object());
  }

  private Profile find(Request request) {
    return users
        .profile(request.path("userId"))
        .orElseThrow(() -> MatrixException.notFound("Profile was not found"));
  }

  private static String field(Request request) {
    String field = request.path("field");
    if (!field.equals(DISPLAYNAME) && !field.equals(AVATAR_URL)) {
      throw new MatrixException(ErrorCode.M_UNRECOGNIZED, "Unrecognized request");
    }
    return field;
  }
}
