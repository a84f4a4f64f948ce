package io.matrixrtc.homeserver.rooms;

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
import java.util.Optional;

/** Join, invite, leave, kick, ban, unban, forget. */
public final class MembershipEndpoints implements Endpoints {
  private final MemberEvents members;
  private final Memberships memberships;
  private final Aliases aliases;

  MembershipEndpoints(MemberEvents members, Memberships memberships, Aliases aliases) {
    this.members = members;
    this.memberships = memberships;
    this.aliases = aliases;
  }

  @Override
  public void addTo(Routes routes) {
    Route.Access token = Route.Access.REQUIRED;
    routes.client(
        "POST",
        "/join/{roomId}",
        token,
        RateClass.JOINS,
        r -> join(r, aliases.room(r.path("roomId"))));
    routes.client(
        "POST", "/rooms/{roomId}/join", token, RateClass.JOINS, r -> join(r, r.path("roomId")));
    routes.client(
        "POST",
        "/rooms/{roomId}/invite",
        token,
        RateClass.INVITES,
        r -> set(r, Memberships.INVITE));
    routes.client("POST", "/rooms/{roomId}/leave", this::leave);
    routes.client("POST", "/rooms/{roomId}/kick", this::kick);
    routes.client("POST", "/rooms/{roomId}/ban", r -> set(r, Memberships.BAN));
    routes.client("POST", "/rooms/{roomId}/unban", this::unban);
    routes.client("POST", "/rooms/{roomId}/forget", this::forget);
  }

  private Answer join(Request request, String roomId) {
    Fields body = new Fields(request.jsonOrEmpty());
    members.join(roomId, request.session().userId(), body.optionalString("reason"));
    return Answer.ok(Json.object().put("room_id", roomId));
  }

  private Answer leave(Request request) {
    String userId = request.session().userId();
    Optional<String> reason = new Fields(request.jsonOrEmpty()).optionalString("reason");
    members.set(
        request.path("roomId"), userId, userId, Memberships.LEAVE, reason, Optional.empty());
    return Answer.ok();
  }

  private Answer kick(Request request) {
    String target = request.fields().string("user_id");
    if (target.equals(request.session().userId()) || !isIn(request, target, false)) {
      throw MatrixException.forbidden("The target user is not in the room");
    }
    return set(request, Memberships.LEAVE);
  }

  private Answer unban(Request request) {
    if (!isIn(request, request.fields().string("user_id"), true)) {
      throw MatrixException.forbidden("The target user is not banned");
    }
    return set(request, Memberships.LEAVE);
  }

  private boolean isIn(Request request, String userId, boolean banned) {
    return memberships
        .of(userId, request.path("roomId"))
        .map(Memberships.Membership::membership)
        .map(
            membership ->
                banned
                    ? membership.equals(Memberships.BAN)
                    : membership.equals(Memberships.JOIN) || membership.equals(Memberships.INVITE))
        .orElse(false);
  }

  private Answer set(Request request, String membership) {
    Fields body = request.fields();
    members.set(
        request.path("roomId"),
        request.session().userId(),
        body.string("user_id"),
        membership,
        body.optionalString("reason"),
        Optional.empty());
    return Answer.ok();
  }

  private Answer forget(Request request) {
    String userId = request.session().userId();
    String roomId = request.path("roomId");
    if (memberships.isJoined(userId, roomId)) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "User " + userId + " is in room " + roomId);
    }
    memberships.forget(roomId, userId);
    return Answer.ok();
  }
}
