package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The access and refresh tokens of devices, kept as hashes. A device has one access token that
 * works; one that has expired is remembered, so that its user hears of a soft logout and not of an
 * unknown token.
 */
final class DeviceTokens {
  /** What a login or a refresh hands out; without a lifetime there is no refresh token. */
  record Issued(String accessToken, Optional<String> refreshToken, Optional<Duration> lifetime) {}

  /** {@code confirms}: the refresh token that is used up once this access token is used. */
  private record AccessRow(
      String userId, String deviceId, @Nullable Long expiresAt, @Nullable String confirms) {}

  private record RefreshRow(String userId, String deviceId) {}

  private static final TableSpec<AccessRow> ACCESS =
      TableSpec.of("access_tokens", AccessRow.class, "token_hash");
  private static final TableSpec<RefreshRow> REFRESH =
      TableSpec.of("refresh_tokens", RefreshRow.class, "token_hash");

  /** Expired access tokens of a device that are remembered. */
  static final int MAX_EXPIRED = 8;

  private static final String ACCESS_KIND = "access";
  private static final String REFRESH_KIND = "refresh";

  private record Held() {}

  private static final TableSpec<Held> HELD =
      TableSpec.of("device_tokens", Held.class, "user_id", "device_id", "kind", "token_hash");

  private final Table<AccessRow> access;
  private final Table<RefreshRow> refresh;
  private final Table<Held> held;
  private final InstantSource clock;
  private final RandomIds ids;

  DeviceTokens(Foundation foundation) {
    this.access = Table.open(foundation.storage(), ACCESS);
    this.refresh = Table.open(foundation.storage(), REFRESH);
    this.held = Table.open(foundation.storage(), HELD);
    this.clock = foundation.time();
    this.ids = foundation.ids();
  }

  /** The device of an access token that works. */
  Optional<Session> session(String token) {
    return access.get(Passwords.hashToken(token)).filter(this::works).map(DeviceTokens::session);
  }

  /** Whether it was an access token of a device that is still there. */
  boolean isExpired(String token) {
    return access.get(Passwords.hashToken(token)).filter(row -> !works(row)).isPresent();
  }

  /** Tokens for a device that logs in; its earlier ones are void. */
  Issued issue(Session device, Optional<Duration> lifetime) {
    deleteAll(device);
    return add(device, lifetime, null);
  }

  /**
   * HS-REFRESH: exchanges a refresh token. The access token of before expires at once; the refresh
   * token stays good until what it was exchanged for is used, since the answer may get lost.
   */
  Optional<Issued> exchange(String refreshToken, Duration lifetime) {
    String hash = Passwords.hashToken(refreshToken);
    RefreshRow row = refresh.get(hash).orElse(null);
    if (row == null) {
      return Optional.empty();
    }
    Session device = new Session(row.userId(), row.deviceId());
    for (String other : held(device, REFRESH_KIND)) {
      if (!other.equals(hash)) {
        delete(device, REFRESH_KIND, other);
      }
    }
    expire(device);
    return Optional.of(add(device, Optional.of(lifetime), hash));
  }

  /** Whose refresh token it is. */
  Optional<Session> refreshes(String refreshToken) {
    return refresh
        .get(Passwords.hashToken(refreshToken))
        .map(row -> new Session(row.userId(), row.deviceId()));
  }

  /** The access token expires now. Of those that expired earlier only the latest are kept. */
  void expire(Session device) {
    List<String> hashes = held(device, ACCESS_KIND);
    for (String hash : hashes) {
      AccessRow row = access.get(hash).orElseThrow();
      if (works(row)) {
        access.put(
            new AccessRow(row.userId(), row.deviceId(), clock.millis(), row.confirms()), hash);
      }
    }
    hashes.stream()
        .sorted(Comparator.comparing(this::end).reversed())
        .skip(MAX_EXPIRED)
        .forEach(hash -> delete(device, ACCESS_KIND, hash));
  }

  private long end(String hash) {
    return access.get(hash).map(AccessRow::expiresAt).orElse(Long.MAX_VALUE);
  }

  /** A request came with this access token, so the client has it. */
  void used(String token) {
    String hash = Passwords.hashToken(token);
    AccessRow row = access.get(hash).orElseThrow();
    if (row.confirms() != null) {
      delete(session(row), REFRESH_KIND, row.confirms());
      access.put(new AccessRow(row.userId(), row.deviceId(), row.expiresAt(), null), hash);
    }
  }

  void deleteAll(Session device) {
    held(device, ACCESS_KIND).forEach(access::remove);
    held(device, REFRESH_KIND).forEach(refresh::remove);
    held.removeAll(Range.of(device.userId(), device.deviceId()));
  }

  private Issued add(Session device, Optional<Duration> lifetime, @Nullable String confirms) {
    String token = ids.token();
    Long expiresAt = lifetime.map(time -> clock.instant().plus(time).toEpochMilli()).orElse(null);
    hold(device, ACCESS_KIND, Passwords.hashToken(token));
    access.put(
        new AccessRow(device.userId(), device.deviceId(), expiresAt, confirms),
        Passwords.hashToken(token));
    Optional<String> refreshToken = lifetime.map(time -> ids.token());
    refreshToken.ifPresent(
        secret -> {
          hold(device, REFRESH_KIND, Passwords.hashToken(secret));
          refresh.put(
              new RefreshRow(device.userId(), device.deviceId()), Passwords.hashToken(secret));
        });
    return new Issued(token, refreshToken, lifetime);
  }

  private void hold(Session device, String kind, String hash) {
    held.put(new Held(), device.userId(), device.deviceId(), kind, hash);
  }

  private void delete(Session device, String kind, String hash) {
    (kind.equals(ACCESS_KIND) ? access : refresh).remove(hash);
    held.remove(device.userId(), device.deviceId(), kind, hash);
  }

  private List<String> held(Session device, String kind) {
    return held.scan(Range.of(device.userId(), device.deviceId(), kind)).stream()
        .map(row -> row.key().text(3))
        .toList();
  }

  private boolean works(AccessRow row) {
    return row.expiresAt() == null || row.expiresAt() > clock.millis();
  }

  private static Session session(AccessRow row) {
    return new Session(row.userId(), row.deviceId());
  }
}
