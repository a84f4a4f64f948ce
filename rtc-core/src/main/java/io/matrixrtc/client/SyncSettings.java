package io.matrixrtc.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How a client syncs.
 *
 * @param longPoll how long the homeserver may hold a sync until there is something to tell
 * @param callLongPoll the same while a room is followed, and never longer: so a silence that is
 *     longer means that something is wrong, and media can be held (SYNC-SILENCE, KEY-VIEW)
 * @param filter what of rooms is asked for; empty for everything
 */
public record SyncSettings(Duration longPoll, Duration callLongPoll, Optional<SyncFilter> filter) {
  /** How long a sync may be held if nothing else is said. */
  public static final Duration DEFAULT_LONG_POLL = Duration.ofSeconds(30);

  /** How long while a room is followed: 2 s for the way are left of the 10 s of KEY-VIEW. */
  public static final Duration DEFAULT_CALL_LONG_POLL = Duration.ofSeconds(8);

  public SyncSettings {
    if (longPoll.isNegative() || callLongPoll.isNegative()) {
      throw new IllegalArgumentException("sync settings: want no negative durations");
    }
  }

  /** The usual settings, with the filter for calls. */
  public static SyncSettings defaults() {
    return new SyncSettings(
        DEFAULT_LONG_POLL, DEFAULT_CALL_LONG_POLL, Optional.of(SyncFilter.forCalls()));
  }

  /** How long a sync may be held now. */
  Duration longPoll(boolean followsRooms) {
    return followsRooms && callLongPoll.compareTo(longPoll) < 0 ? callLongPoll : longPoll;
  }

  /** Returns the settings with another long poll. */
  public SyncSettings withLongPoll(Duration wait) {
    return new SyncSettings(wait, callLongPoll, filter);
  }

  /** Returns the settings with another long poll while a room is followed. */
  public SyncSettings withCallLongPoll(Duration wait) {
    return new SyncSettings(longPoll, wait, filter);
  }

  /** Returns the settings with another filter. */
  public SyncSettings withFilter(SyncFilter other) {
    return new SyncSettings(longPoll, callLongPoll, Optional.of(other));
  }

  /** Returns the settings without a filter: every sync brings everything. */
  public SyncSettings withoutFilter() {
    return new SyncSettings(longPoll, callLongPoll, Optional.empty());
  }
}
