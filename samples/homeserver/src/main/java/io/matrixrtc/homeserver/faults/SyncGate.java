package io.matrixrtc.homeserver.faults;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Withholds the sync of single users. Safe for many threads. */
public final class SyncGate {
  /** How a sync is withheld. */
  public enum Mode {
    /** The request stays open and is not answered, whatever its timeout, until it is released. */
    SILENT,
    /** Requests with a token are answered by their timeout, but hold nothing new. */
    EMPTY
  }

  private final Map<String, Mode> withheld = new HashMap<>();
  private Consumer<String> released = userId -> {};

  /** From now on, requests that are already held open included. */
  public synchronized void withhold(String userId, Mode mode) {
    withheld.put(userId, mode);
  }

  /** Ends it; what was held goes on at once. */
  public synchronized void release(String userId) {
    if (withheld.remove(userId) != null) {
      released.accept(userId);
    }
  }

  public synchronized Optional<Mode> mode(String userId) {
    return Optional.ofNullable(withheld.get(userId));
  }

  /** Sets the one who is told of releases; it must not block. */
  public synchronized void onRelease(Consumer<String> listener) {
    released = listener;
  }
}
