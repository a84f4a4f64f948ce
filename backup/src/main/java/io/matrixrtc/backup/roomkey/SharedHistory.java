package io.matrixrtc.backup.roomkey;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The flag that messages may be shown to those who join later (MSC3061), which has three names.
 * Releases of crypto-wasm read either the last two or the last alone, and refuse an object with
 * both of those; nobody else minds. So we write the first and the last, and read all.
 */
public final class SharedHistory {
  private static final String STABLE = "shared_history";
  private static final String PREFIXED = "m.shared_history";
  private static final String UNSTABLE = "org.matrix.msc3061.shared_history";
  private static final List<String> NAMES = List.of(STABLE, PREFIXED, UNSTABLE);

  private SharedHistory() {}

  /** Whether any name stands for the JSON value {@code true} (KEY-SHARED). */
  public static boolean read(ObjectNode json) {
    return NAMES.stream()
        .anyMatch(name -> json.path(name).isBoolean() && json.path(name).booleanValue());
  }

  /** Writes the flag under the two names that every reader gets right (KEY-SHARED-WRITE). */
  public static void write(ObjectNode json, boolean shared) {
    json.put(STABLE, shared).put(UNSTABLE, shared);
  }
}
