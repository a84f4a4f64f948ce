package io.matrixrtc.backup.preference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/** What {@link PreferenceMachine} wants done, in this order. */
public sealed interface PreferenceEffect {
  /** Read both contents from the server, not from a cache, after {@code delay}. */
  record Fetch(Duration delay) implements PreferenceEffect {}

  /** Write this content after {@code delay}; tell the machine how it went. */
  record Write(String type, ObjectNode content, Duration delay) implements PreferenceEffect {}

  /** Remember across restarts what was decided and is not written yet; empty: all is. */
  record Persist(Optional<Decision> decision) implements PreferenceEffect {}

  /**
   * Back up, if that can be done: a trusted backup, or a new one.
   *
   * @param create whether a new one may be made
   */
  record UseBackup(boolean create) implements PreferenceEffect {}

  /** Upload nothing from now on. */
  record StopBackup() implements PreferenceEffect {}

  /** Delete the backup from the server; only ever after the user turned it off. */
  record DeleteBackup() implements PreferenceEffect {}

  /** Show this to the user. */
  record Tell(Notice notice) implements PreferenceEffect {}

  /** What there is to show. */
  enum Notice {
    /** Keys are backed up, because the user's account says so. */
    ON_BY_ACCOUNT,
    /** Keys are not backed up, because the user's account says so. */
    OFF_BY_ACCOUNT,
    /** Keys are not backed up until the user decides. */
    UNDETERMINED,
    /** The app decided, and wrote it down. */
    DECIDED_BY_APP,
    /** The account's preference is not known yet; it is asked for again. */
    UNKNOWN,
    /** A decision is not on the server yet; it is written again. */
    NOT_WRITTEN,
    /** A decision is on the server. */
    WRITTEN,
    /** Another client turned backups on; this one does not follow by itself. */
    TURNED_ON_ELSEWHERE,
    /** Another client turned backups off; this one does not follow by itself. */
    TURNED_OFF_ELSEWHERE
  }
}
