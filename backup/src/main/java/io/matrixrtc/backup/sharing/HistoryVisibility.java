package io.matrixrtc.backup.sharing;

import java.util.Optional;

/** Who may read a room's history, as far as it decides about sharing keys (MSC3061). */
public final class HistoryVisibility {
  private HistoryVisibility() {}

  /**
   * Whether keys of new sessions may later be shared, and bundles be sent (BUNDLE-VISIBILITY):
   * {@code shared} and {@code world_readable} say so; the others and unknown ones do not.
   *
   * @param stateLoaded whether the room's whole state is known; if not, nothing is shareable
   * @param visibility of {@code m.room.history_visibility}; absent means {@code shared}
   */
  public static boolean isShareable(boolean stateLoaded, Optional<String> visibility) {
    if (!stateLoaded) {
      return false;
    }
    return visibility.map(v -> v.equals("shared") || v.equals("world_readable")).orElse(true);
  }
}
