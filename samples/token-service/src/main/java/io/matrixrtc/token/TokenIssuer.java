package io.matrixrtc.token;

import io.matrixrtc.token.federation.ClientApi;
import io.matrixrtc.token.federation.DelayedEvents;
import io.matrixrtc.token.federation.LookupException;
import io.matrixrtc.token.federation.OpenIdLookup;
import io.matrixrtc.token.leave.LeaveJobs;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on requests, in the order of upstream: who is it, may it delegate, where is its
 * homeserver, is there a room. Runs on one event loop; futures fail with a {@link Refusal}.
 */
final class TokenIssuer {
  private static final Logger LOG = LoggerFactory.getLogger(TokenIssuer.class);
  private static final String NOT_FOR_RESTRICTED =
      "Delegation of delayed events is only supported for full access users";
  private static final Duration JOBS_WAIT = Duration.ofMinutes(1);

  private final JoinTokens tokens;
  private final FullAccess fullAccess;
  private final OpenIdLookup openId;
  private final DelayedEvents delayedEvents;
  private final SfuRooms rooms;
  private final LeaveJobs leaves;
  private final Clock clock;

  TokenIssuer(
      TokenServiceConfig config,
      OpenIdLookup openId,
      DelayedEvents delayedEvents,
      SfuRooms rooms,
      LeaveJobs leaves,
      Clock clock) {
    this.tokens = new JoinTokens(config.apiKey());
    this.fullAccess = config.fullAccess();
    this.openId = openId;
    this.delayedEvents = delayedEvents;
    this.rooms = rooms;
    this.leaves = leaves;
    this.clock = clock;
  }

  /** {@code /sfu/get} and {@code /get_token}: returns the token. */
  Future<String> issue(TokenRequest request) {
    return user(request)
        .compose(
            userId -> {
              boolean full = fullAccess.includes(request.openIdToken().matrixServerName());
              if (request.leave().isPresent() && !full) {
                return Future.failedFuture(Refusal.badJson(NOT_FOR_RESTRICTED)); // LK-DELEGATE
              }
              return (full ? openRoom(request, userId) : Future.<Void>succeededFuture())
                  .map(opened -> mint(request, userId, full));
            });
  }

  /** {@code /delegate_delayed_leave}. */
  Future<Void> delegate(TokenRequest request) {
    return user(request)
        .compose(
            userId ->
                fullAccess.includes(request.openIdToken().matrixServerName())
                    ? clientApi(request).compose(api -> takeOver(request, userId, api))
                    : Future.failedFuture(Refusal.forbidden(NOT_FOR_RESTRICTED)));
  }

  /** LK-UNAUTHORIZED: the homeserver vouches for the user, who is the one that was claimed. */
  private Future<String> user(TokenRequest request) {
    OpenIdToken token = request.openIdToken();
    return openId
        .userOf(token.matrixServerName(), token.accessToken())
        .recover(
            error -> {
              Object reason =
                  error instanceof LookupException known ? known.reason() : error.getClass();
              LOG.warn(
                  "{}",
                  LogLine.of("user not vouched for")
                      .with("server", token.matrixServerName())
                      .with("reason", reason));
              return Future.failedFuture(Refusal.unauthorized());
            })
        .compose(
            userId -> {
              if (request.member().filter(m -> !m.claimedUserId().equals(userId)).isPresent()) {
                LOG.warn("{}", LogLine.of("another user was claimed").with("matrixId", userId));
                return Future.failedFuture(Refusal.unauthorized());
              }
              return Future.succeededFuture(userId);
            });
  }

  /** The homeserver is looked for before the room is created, so that no empty room stays. */
  private Future<Void> openRoom(TokenRequest request, String userId) {
    Future<Optional<ClientApi>> api =
        request.leave().isPresent()
            ? clientApi(request).map(Optional::of)
            : Future.succeededFuture(Optional.empty());
    return api.compose(
        found ->
            rooms
                .create(request.roomAlias())
                .recover(
                    error -> {
                      LOG.error(
                          "{}",
                          LogLine.of("room not created")
                              .with("room", request.roomAlias())
                              .with("error", String.valueOf(error.getMessage())));
                      return Future.failedFuture(Refusal.sfu());
                    })
                .compose(
                    created ->
                        found
                            .map(where -> takeOver(request, userId, where))
                            .orElseGet(Future::succeededFuture)));
  }

  private Future<ClientApi> clientApi(TokenRequest request) {
    return delayedEvents
        .find(request.openIdToken().matrixServerName())
        .recover(
            error -> Future.failedFuture(Refusal.badJson("Unable to resolve client-server API")));
  }

  private Future<Void> takeOver(TokenRequest request, String userId, ClientApi api) {
    boolean taken =
        leaves.add(
            request.roomAlias(),
            request.identity(userId),
            userId,
            request.leave().orElseThrow(),
            request.openIdToken().matrixServerName(),
            api);
    return taken ? Future.succeededFuture() : Future.failedFuture(Refusal.tooMany(JOBS_WAIT));
  }

  private String mint(TokenRequest request, String userId, boolean full) {
    String identity = request.identity(userId);
    LOG.info(
        "{}",
        LogLine.of("token issued")
            .with("matrixId", userId)
            .with("claimedDeviceId", request.deviceId())
            .with("access", full ? "full" : "restricted")
            .with("matrixRoom", request.roomId())
            .with("slot", request.slotId())
            .with("lkId", identity)
            .with("room", request.roomAlias()));
    return tokens.mint(request.roomAlias(), identity, clock.instant());
  }
}
