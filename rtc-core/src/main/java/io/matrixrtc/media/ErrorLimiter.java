package io.matrixrtc.media;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps media errors from flooding an application: for each key (participant and reason, say) at
 * most one in {@code throttle}, and one plus {@code maxPerWindow} in a run that has no pause longer
 * than {@code window}. Not thread-safe.
 *
 * @param <K> what is limited separately; the {@value #MAX_KEYS} most recently seen are remembered
 */
public final class ErrorLimiter<K> {
  /** How many keys are remembered. */
  public static final int MAX_KEYS = 1024;

  /** What to do with one error. */
  public enum Decision {
    /** Report it. */
    EMIT,
    /** Keep it to yourself. */
    SUPPRESS,
    /** Keep it to yourself, and say once that errors are suppressed from now on. */
    SUPPRESS_WITH_NOTICE
  }

  private final Duration throttle;
  private final Duration window;
  private final int maxPerWindow;
  private final Map<K, State> states =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, State> eldest) {
          return size() > MAX_KEYS;
        }
      };

  public ErrorLimiter(Duration throttle, Duration window, int maxPerWindow) {
    this.throttle = throttle;
    this.window = window;
    this.maxPerWindow = maxPerWindow;
  }

  /** livekit-client's limits: one a second, six in a run, a run ends after a pause of 60 s. */
  public static <K> ErrorLimiter<K> likeLiveKitClient() {
    return new ErrorLimiter<>(Duration.ofSeconds(1), Duration.ofSeconds(60), 5);
  }

  /** Decides about an error at {@code now}. */
  public Decision onError(K key, Instant now) {
    State state = states.get(key);
    if (state == null || Duration.between(state.lastEmitted, now).compareTo(window) > 0) {
      states.put(key, new State(now));
      return Decision.EMIT;
    }
    if (Duration.between(state.lastEmitted, now).compareTo(throttle) < 0) {
      return Decision.SUPPRESS;
    }
    if (state.afterFirst >= maxPerWindow) {
      boolean notice = !state.noticed;
      state.noticed = true;
      return notice ? Decision.SUPPRESS_WITH_NOTICE : Decision.SUPPRESS;
    }
    state.afterFirst++;
    state.lastEmitted = now;
    return Decision.EMIT;
  }

  private static final class State {
    private Instant lastEmitted;
    private int afterFirst;
    private boolean noticed;

    State(Instant lastEmitted) {
      this.lastEmitted = lastEmitted;
    }
  }
}
