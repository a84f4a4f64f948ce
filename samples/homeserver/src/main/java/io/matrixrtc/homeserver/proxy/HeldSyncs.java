package io.matrixrtc.homeserver.proxy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** Holds the syncs of single users: their requests, and answers that are on the way. */
final class HeldSyncs {
  /** Sliding sync (MSC4186) ends in the same word. */
  private static final Pattern SYNC = Pattern.compile("^/_matrix/client/.*/sync$");

  private final Map<String, CompletableFuture<Void>> held = new HashMap<>();

  synchronized void withhold(String userId) {
    held.computeIfAbsent(userId, id -> new CompletableFuture<>());
  }

  void release(String userId) {
    CompletableFuture<Void> gate;
    synchronized (this) {
      gate = held.remove(userId);
    }
    if (gate != null) {
      gate.complete(null);
    }
  }

  /** Completes when a request of this user, or its answer, may go on. */
  synchronized CompletableFuture<Void> passed(String path, Optional<String> userId) {
    CompletableFuture<Void> open = CompletableFuture.completedFuture(null);
    return SYNC.matcher(path).find() ? held.getOrDefault(userId.orElse(""), open) : open;
  }
}
