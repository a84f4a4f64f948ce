package io.matrixrtc.e2ee;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How our device stands with the keys that others start Olm sessions with. Holds no key.
 *
 * @param published whether the homeserver has our device keys
 * @param onServer one-time keys that the homeserver said it has; empty before the first sync of
 *     this run
 * @param unpublished one-time keys that it has not confirmed yet
 * @param kept one-time keys whose private part is here, as a message to them may still come
 * @param fallbackCreatedAt when the present fallback key was made; empty if there is none, or the
 *     homeserver knows no such keys
 * @param fallbackPublishedAt when the homeserver took it
 * @param lost whether the homeserver was found to hold one-time keys that this device does not
 *     know: its store was lost or is an older copy, and only a new login mends that
 */
public record OneTimeKeyState(
    boolean published,
    OptionalInt onServer,
    int unpublished,
    int kept,
    Optional<Instant> fallbackCreatedAt,
    Optional<Instant> fallbackPublishedAt,
    boolean lost) {}
