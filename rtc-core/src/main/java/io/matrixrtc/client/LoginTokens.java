package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of one login: gives them out, renews them before they end and when they are refused
 * (LOGIN-REFRESH), and knows when there are none that count. Confined to the scheduler but for
 * {@link #session}. Matrix specification, "Refreshing access tokens" and "Soft logout".
 */
final class LoginTokens {
  private static final Logger LOG = LoggerFactory.getLogger(LoginTokens.class);

  /**
   * A token that ends so soon is renewed first; sooner if it lives for less than four times this.
   */
  static final Duration MARGIN = Duration.ofSeconds(30);

  /** A homeserver that refuses so many new tokens in a row will not accept any. */
  static final int MAX_RENEWALS = 3;

  private final HomeserverApi api;
  private final SerialScheduler scheduler;
  private final List<Consumer<LoginStatus>> listeners = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private volatile MatrixSession session;
  private Instant since;
  private boolean refreshing;

  /** Why the access token is known not to count, if it is. */
  private ApiFailure.@Nullable LoggedOut rejected;

  /** Nothing counts any more, until {@link #resume} if it is soft. */
  private ApiFailure.@Nullable LoggedOut lost;

  private record Waiting(Consumer<AccessToken> ready, Consumer<ApiFailure> refused) {}

  LoginTokens(HomeserverApi api, MatrixSession session) {
    this.api = api;
    this.scheduler = api.settings().scheduler();
    this.session = session;
    this.since = scheduler.now();
  }

  /** The login with the tokens that count now. Any thread may call. */
  MatrixSession session() {
    return session;
  }

  /** Tells {@code listener} of what happens, and at once if there is nothing that counts. */
  void listen(Consumer<LoginStatus> listener) {
    listeners.add(listener);
    if (lost != null) {
      tell(status(lost), List.of(listener));
    }
  }

  /** Gives {@code ready} the token, once there is one to try; or tells why there is none. */
  void use(Consumer<AccessToken> ready, Consumer<ApiFailure> refused) {
    if (lost != null) {
      refused.accept(lost);
    } else if (refreshing || isRenewalDue()) {
      waiting.add(new Waiting(ready, refused));
      refresh();
    } else {
      ready.accept(session.token());
    }
  }

  private boolean isRenewalDue() {
    if (session.refreshToken().isEmpty()) {
      return false;
    }
    return rejected != null
        || session.expiresAt().filter(end -> !scheduler.now().isBefore(renewal(end))).isPresent();
  }

  private Instant renewal(Instant end) {
    Duration quarter = Duration.between(since, end).dividedBy(4);
    return end.minus(quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN);
  }

  /**
   * The homeserver did not accept {@code used}, the {@code times}th token for one request. The same
   * request may be tried again with another token, as it was not carried out.
   */
  void onRejected(
      AccessToken used,
      int times,
      ApiFailure.LoggedOut failure,
      Consumer<AccessToken> ready,
      Consumer<ApiFailure> refused) {
    if (used == session.token() && lost == null && rejected == null) {
      rejected = failure;
      if (session.refreshToken().isEmpty() || times > MAX_RENEWALS) {
        lose(failure);
      }
    }
    use(ready, refused);
  }

  private void refresh() {
    if (refreshing) {
      return;
    }
    refreshing = true;
    ObjectNode body =
        Json.newObject().put("refresh_token", session.refreshToken().orElseThrow().reveal());
    // Harmless to repeat: the refresh token stays valid until what it gave is used
    api.call(ApiRequest.post(body, "v3", "refresh").unauthenticated().asRepeatable())
        .whenComplete(
            (result, closed) -> {
              refreshing = false;
              if (result != null) {
                result.fold(this::onTokens, this::onRefreshFailed);
              }
            });
  }

  private boolean onTokens(ObjectNode answer) {
    Optional<MatrixSession> renewed =
        TokenAnswer.read(answer, scheduler.now())
            .map(
                tokens ->
                    session.withTokens(
                        tokens.access(),
                        tokens.refresh().or(session::refreshToken),
                        tokens.expiresAt()));
    return renewed.isPresent()
        ? accept(renewed.get())
        : onRefreshFailed(
            new ApiFailure.NotMatrix(
                api.homeserver().toString(), "refreshed tokens without a usable one"));
  }

  private boolean accept(MatrixSession renewed) {
    session = renewed;
    since = scheduler.now();
    rejected = null;
    lost = null;
    LOG.info("{}/{}: new access token", session.userId(), session.deviceId());
    tell(new LoginStatus.Renewed(renewed), listeners);
    List<Waiting> all = takeWaiting();
    all.forEach(one -> use(one.ready, one.refused));
    return true;
  }

  private boolean onRefreshFailed(ApiFailure failure) {
    LOG.warn("Renewing the access token failed: {}", failure.sentence());
    ApiFailure verdict = failure;
    if (!failure.isTransient()) {
      MatrixSession old = session;
      session = old.withTokens(old.token(), Optional.empty(), old.expiresAt());
      if (rejected != null) {
        // LOGIN-SOFT: whether the device still exists is what either answer says
        boolean soft =
            rejected.soft() || (failure instanceof ApiFailure.LoggedOut out && out.soft());
        verdict = lose(new ApiFailure.LoggedOut(soft));
      }
    }
    List<Waiting> all = takeWaiting();
    if (rejected != null) {
      ApiFailure why = verdict;
      all.forEach(one -> one.refused.accept(why));
    } else {
      since = scheduler.now(); // the old token still counts: it is used, and renewed a little later
      AccessToken old = session.token();
      all.forEach(one -> one.ready.accept(old));
    }
    return false;
  }

  private List<Waiting> takeWaiting() {
    List<Waiting> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  private ApiFailure.LoggedOut lose(ApiFailure.LoggedOut why) {
    lost = why;
    LOG.warn("{}/{}: {}", session.userId(), session.deviceId(), why.sentence());
    tell(status(why), listeners);
    return why;
  }

  private static LoginStatus status(ApiFailure.LoggedOut why) {
    return why.soft() ? new LoginStatus.SoftLoggedOut() : new LoginStatus.Ended();
  }

  /**
   * Goes on with another login of the same device.
   *
   * @return false if the device was deleted, so that there is nothing to go on with
   */
  boolean resume(MatrixSession other) {
    if (lost != null && !lost.soft()) {
      return false;
    }
    return accept(other);
  }

  private static void tell(LoginStatus status, List<Consumer<LoginStatus>> to) {
    for (Consumer<LoginStatus> listener : List.copyOf(to)) {
      try {
        listener.accept(status);
      } catch (RuntimeException e) {
        LOG.error("A listener to the login failed", e);
      }
    }
  }
}
