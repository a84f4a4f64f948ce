package io.matrixrtc.client;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A login: what an app keeps to come back as the same device. Where there is a refresh token,
 * tokens change while the client runs; the app keeps each session that {@link LoginStatus.Renewed}
 * brings.
 *
 * @param homeserver base URL, for example {@code https://matrix.example.org}
 * @param userId full user id
 * @param deviceId the device that the token belongs to
 * @param token the secret
 * @param refreshToken renews the token, where the homeserver gave one
 * @param expiresAt when the token ends, as far as the homeserver said
 */
public record MatrixSession(
    URI homeserver,
    String userId,
    String deviceId,
    AccessToken token,
    Optional<RefreshToken> refreshToken,
    Optional<Instant> expiresAt) {

  public MatrixSession {
    if (MatrixIds.serverOf(userId).isEmpty()) {
      throw new IllegalArgumentException("login: want a full user id");
    }
    if (!MatrixIds.isDeviceId(deviceId)) {
      throw new IllegalArgumentException("login: want a device id, printable and of 1..255 bytes");
    }
  }

  /** A login whose token lasts until it is revoked. */
  public MatrixSession(URI homeserver, String userId, String deviceId, AccessToken token) {
    this(homeserver, userId, deviceId, token, Optional.empty(), Optional.empty());
  }

  /** Whether {@code other} speaks for the same device. */
  boolean isSameDevice(MatrixSession other) {
    return homeserver.equals(other.homeserver)
        && userId.equals(other.userId)
        && deviceId.equals(other.deviceId);
  }

  /** Returns the login with other tokens. */
  MatrixSession withTokens(
      AccessToken access, Optional<RefreshToken> refresh, Optional<Instant> expires) {
    return new MatrixSession(homeserver, userId, deviceId, access, refresh, expires);
  }
}
