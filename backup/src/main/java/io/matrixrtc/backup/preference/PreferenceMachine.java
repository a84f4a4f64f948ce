package io.matrixrtc.backup.preference;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.preference.PreferenceEffect.Notice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows and writes the user's backup preference. Events in, effects out; no clock, no I/O. Not
 * thread-safe.
 *
 * <p>Nothing but the user, and the app where it is allowed to decide, changes the preference
 * (PREF-NOTHING-ELSE): this machine has no event for upload errors or for a backup that was
 * deleted, and does not act on later changes by itself (PREF-LATER).
 */
public final class PreferenceMachine {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration LAST_RETRY = Duration.ofMinutes(10);

  private final PreferenceSettings settings;
  private Optional<BackupPreference> value = Optional.empty();
  private @Nullable Decision decision;
  private final Set<String> unwritten = new LinkedHashSet<>();
  private boolean signedIn;
  private Duration retry = FIRST_RETRY;

  /** Continues with the decision that was persisted, if one was. */
  public PreferenceMachine(PreferenceSettings settings, Optional<Decision> persisted) {
    this.settings = settings;
    this.decision = settings.ignore() ? null : persisted.orElse(null);
  }

  /** The account's preference, once it is known. */
  public Optional<BackupPreference> value() {
    return value;
  }

  /** Whether a decision is not on the server yet. */
  public boolean isWriting() {
    return decision != null;
  }

  /** The device signed in, or the program started. */
  public List<PreferenceEffect> start() {
    if (settings.ignore()) {
      return List.of();
    }
    if (decision != null) { // PREF-RETRY: what the user decided before counts, not the old value
      value = Optional.of(decision.on() ? BackupPreference.ON : BackupPreference.OFF);
      return writes(Duration.ZERO);
    }
    return List.of(new PreferenceEffect.Fetch(Duration.ZERO));
  }

  /** Both contents arrived; a missing node stands for one that is not there. */
  public List<PreferenceEffect> fetched(JsonNode stable, JsonNode unstable) {
    if (settings.ignore() || decision != null) {
      return List.of();
    }
    BackupPreference read = BackupPreference.read(stable, unstable);
    if (signedIn) {
      return changedLater(read);
    }
    signedIn = true;
    retry = FIRST_RETRY;
    value = Optional.of(read);
    return switch (read) {
      case ON ->
          List.of(
              new PreferenceEffect.Tell(Notice.ON_BY_ACCOUNT),
              new PreferenceEffect.UseBackup(settings.createIfNone()));
      case OFF ->
          List.of(
              new PreferenceEffect.StopBackup(), new PreferenceEffect.Tell(Notice.OFF_BY_ACCOUNT));
      case UNDETERMINED -> undetermined();
    };
  }

  /** Decide and write, or do not back up; there is no third way (PREF-UNDETERMINED). */
  private List<PreferenceEffect> undetermined() {
    if (settings.decideForUndetermined().isEmpty()) {
      return List.of(
          new PreferenceEffect.StopBackup(), new PreferenceEffect.Tell(Notice.UNDETERMINED));
    }
    List<PreferenceEffect> effects = new ArrayList<>();
    effects.add(new PreferenceEffect.Tell(Notice.DECIDED_BY_APP));
    effects.addAll(decide(new Decision(settings.decideForUndetermined().get(), false)));
    return effects;
  }

  /** Asking failed: that is unknown, not undetermined, and nothing is done about it. */
  public List<PreferenceEffect> fetchFailed() {
    if (settings.ignore() || signedIn || decision != null) {
      return List.of();
    }
    return List.of(
        new PreferenceEffect.Tell(Notice.UNKNOWN), new PreferenceEffect.Fetch(nextRetry()));
  }

  private List<PreferenceEffect> changedLater(BackupPreference read) {
    if (value.equals(Optional.of(read))) {
      return List.of();
    }
    value = Optional.of(read);
    return switch (read) {
      case ON -> List.of(new PreferenceEffect.Tell(Notice.TURNED_ON_ELSEWHERE));
      case OFF -> List.of(new PreferenceEffect.Tell(Notice.TURNED_OFF_ELSEWHERE));
      case UNDETERMINED -> List.of();
    };
  }

  /**
   * The user agrees to what another client decided since the sign-in (PREF-LATER): done here, and
   * not written, since it is there.
   */
  public List<PreferenceEffect> follow() {
    if (settings.ignore() || decision != null || value.isEmpty()) {
      return List.of();
    }
    return switch (value.get()) {
      case ON -> List.of(new PreferenceEffect.UseBackup(settings.createIfNone()));
      case OFF, UNDETERMINED -> List.of(new PreferenceEffect.StopBackup());
    };
  }

  /**
   * The user turned backups on: written down before a backup is made (PREF-ON), so that a crash in
   * between leaves the intention.
   */
  public List<PreferenceEffect> userTurnsOn() {
    return settings.ignore()
        ? List.of(new PreferenceEffect.UseBackup(true))
        : decide(new Decision(true, true));
  }

  /**
   * The user turned backups off: nothing is uploaded from now on; written down before the backup is
   * deleted (PREF-OFF).
   */
  public List<PreferenceEffect> userTurnsOff() {
    if (settings.ignore()) {
      return List.of(new PreferenceEffect.StopBackup(), new PreferenceEffect.DeleteBackup());
    }
    return decide(new Decision(false, true));
  }

  private List<PreferenceEffect> decide(Decision made) {
    signedIn = true;
    decision = made;
    retry = FIRST_RETRY;
    value = Optional.of(made.on() ? BackupPreference.ON : BackupPreference.OFF);
    List<PreferenceEffect> effects = new ArrayList<>();
    effects.add(new PreferenceEffect.Persist(Optional.of(made)));
    if (!made.on()) {
      effects.add(new PreferenceEffect.StopBackup());
    }
    effects.addAll(writes(Duration.ZERO));
    return effects;
  }

  private List<PreferenceEffect> writes(Duration delay) {
    unwritten.clear();
    unwritten.add(BackupPreference.TYPE);
    unwritten.add(BackupPreference.UNSTABLE_TYPE);
    List<PreferenceEffect> effects = new ArrayList<>();
    for (String type : unwritten) {
      effects.add(write(type, delay));
    }
    return effects;
  }

  private PreferenceEffect write(String type, Duration delay) {
    boolean on = decision != null && decision.on();
    return new PreferenceEffect.Write(
        type,
        type.equals(BackupPreference.TYPE)
            ? BackupPreference.stableContent(on)
            : BackupPreference.unstableContent(on),
        delay);
  }

  /**
   * A write went through; {@code on} is what it said, so that one of an older decision is known.
   */
  public List<PreferenceEffect> written(String type, boolean on) {
    Decision made = decision;
    if (made == null || made.on() != on || !unwritten.remove(type) || !unwritten.isEmpty()) {
      return List.of();
    }
    decision = null;
    retry = FIRST_RETRY;
    List<PreferenceEffect> effects = new ArrayList<>();
    effects.add(new PreferenceEffect.Tell(Notice.WRITTEN));
    if (on) {
      effects.add(new PreferenceEffect.UseBackup(true));
    } else if (made.byUser()) {
      effects.add(new PreferenceEffect.DeleteBackup());
    }
    effects.add(new PreferenceEffect.Persist(Optional.empty())); // last: a crash repeats the rest
    return effects;
  }

  /** A write did not go through: it is tried again until it does (PREF-RETRY). */
  public List<PreferenceEffect> writeFailed(String type, boolean on) {
    if (decision == null || decision.on() != on || !unwritten.contains(type)) {
      return List.of();
    }
    return List.of(new PreferenceEffect.Tell(Notice.NOT_WRITTEN), write(type, nextRetry()));
  }

  private Duration nextRetry() {
    Duration now = retry;
    Duration doubled = retry.multipliedBy(2);
    retry = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
    return now;
  }
}
