package io.matrixrtc.backup.preference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;

/**
 * What account data says about whether the user wants a backup.
 *
 * <p>Source: MSC4287.
 */
public enum BackupPreference {
  /** The user wants one. */
  ON,
  /** The user does not. */
  OFF,
  /** Nothing valid is said. */
  UNDETERMINED;

  /** The type of the event. */
  public static final String TYPE = "m.key_backup";

  /** The type before MSC4287 was merged, whose sense is reversed. */
  public static final String UNSTABLE_TYPE = "m.org.matrix.custom.backup_disabled";

  private static final String ENABLED = "enabled";
  private static final String DISABLED = "disabled";

  /**
   * Reads both contents (PREF-TABLE). The stable one wins; where it is absent or not valid, the
   * unstable one is looked at; only JSON booleans count.
   *
   * @param stable content of {@link #TYPE}, a missing node if there is none
   * @param unstable content of {@link #UNSTABLE_TYPE}, likewise
   */
  public static BackupPreference read(JsonNode stable, JsonNode unstable) {
    JsonNode enabled = stable.path(ENABLED);
    if (enabled.isBoolean()) {
      return enabled.booleanValue() ? ON : OFF;
    }
    JsonNode disabled = unstable.path(DISABLED);
    if (disabled.isBoolean()) {
      return disabled.booleanValue() ? OFF : ON;
    }
    return UNDETERMINED;
  }

  /** Returns the content of {@link #TYPE} for a decision (PREF-WRITE): this member alone. */
  public static ObjectNode stableContent(boolean on) {
    return Json.newObject().put(ENABLED, on);
  }

  /** Returns the content of {@link #UNSTABLE_TYPE} for a decision. */
  public static ObjectNode unstableContent(boolean on) {
    return Json.newObject().put(DISABLED, !on);
  }
}
