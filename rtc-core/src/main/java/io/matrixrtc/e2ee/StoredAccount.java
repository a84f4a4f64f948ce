package io.matrixrtc.e2ee;

import java.time.Instant;
import java.util.Optional;

/**
 * Our own device as it is stored.
 *
 * @param device its name
 * @param account its private keys
 * @param deviceKeysUploaded whether the homeserver has its device keys
 * @param fallbackKeyCreatedAt when the newest fallback key was made
 * @param fallbackKeyPublishedAt when the homeserver took the newest fallback key
 */
public record StoredAccount(
    UserDevice device,
    Sealed account,
    boolean deviceKeysUploaded,
    Optional<Instant> fallbackKeyCreatedAt,
    Optional<Instant> fallbackKeyPublishedAt) {}
