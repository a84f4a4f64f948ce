package io.matrixrtc.backup.preference;

import java.util.Optional;

/**
 * What the app says about the preference.
 *
 * @param ignore whether it is neither read nor written (PREF-IGNORE)
 * @param decideForUndetermined what to decide, and write, if nothing is said yet; empty means no
 *     backup until the user decides
 * @param createIfNone whether a backup is made at sign-in if the account wants one and has none
 */
public record PreferenceSettings(
    boolean ignore, Optional<Boolean> decideForUndetermined, boolean createIfNone) {
  /** The preference is followed, and nothing is decided for the user. */
  public static final PreferenceSettings DEFAULT =
      new PreferenceSettings(false, Optional.empty(), false);

  /** The preference is left alone. */
  public static final PreferenceSettings IGNORE =
      new PreferenceSettings(true, Optional.empty(), false);
}
