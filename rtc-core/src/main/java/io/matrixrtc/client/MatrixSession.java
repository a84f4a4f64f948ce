package io.matrixrtc.client;

import java.net.URI;

/**
 * A login: what an app keeps to come back as the same device.
 *
 * @param homeserver base URL, for example {@code https://matrix.example.org}
 * @param userId full user id
 * @param deviceId the device that the token belongs to
 * @param token the secret
 */
public record MatrixSession(URI homeserver, String userId, String deviceId, AccessToken token) {}
