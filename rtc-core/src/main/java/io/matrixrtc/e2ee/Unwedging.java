package io.matrixrtc.e2ee;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces sessions that went wrong: when a known device's message cannot be decrypted, a new
 * session is started and an empty message sent over it, at most once an hour for each device
 * (SESS-UNWEDGE).
 */
final class Unwedging {
  /** The newest session with a device must be older than this. */
  static final Duration MIN_SESSION_AGE = Duration.ofHours(1);

  private final DeviceDirectory directory;
  private final OlmSessions sessions;
  private final SessionClaims claims;
  private final Set<UserDevice> wedged = new LinkedHashSet<>();

  Unwedging(DeviceDirectory directory, OlmSessions sessions, SessionClaims claims) {
    this.directory = directory;
    this.sessions = sessions;
    this.claims = claims;
  }

  /** A message from {@code from} could not be decrypted, and it is no replay. */
  void onUndecryptable(SenderKey from, Instant now) throws CryptoStoreException {
    Device device = directory.find(from.userId(), from.key()).orElse(null);
    if (device == null) {
      return;
    }
    Optional<Instant> newest = sessions.newestCreation(from.key());
    if (newest.isPresent()
        && isOld(newest.get(), now)
        && claims.failure(device.address(), now).isEmpty()) { // as any claim, after a failure later
      wedged.add(device.address());
      claims.want(device.address());
    }
  }

  /** Of the devices with a new session, those that wait for the empty message. */
  Set<UserDevice> replaced(Iterable<UserDevice> started) {
    Set<UserDevice> waiting = new LinkedHashSet<>();
    for (UserDevice device : started) {
      if (wedged.remove(device)) {
        waiting.add(device);
      }
    }
    return waiting;
  }

  private static boolean isOld(Instant createdAt, Instant now) {
    return createdAt.isAfter(now) || now.isAfter(createdAt.plus(MIN_SESSION_AGE));
  }
}
