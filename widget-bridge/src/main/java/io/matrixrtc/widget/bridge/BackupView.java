package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How far room keys have come from the backup.
 *
 * @param phase what can be done about it
 * @param text a sentence for the user
 * @param total how many keys there are; 0 while that is not known
 * @param done how many were dealt with
 * @param failed how many of those cannot be used
 * @param remaining how long it takes from here, once that is known
 */
public record BackupView(
    Phase phase, String text, long total, long done, long failed, Optional<Duration> remaining) {

  /** What can be done about it. */
  public enum Phase {
    /** There is none, or its key is not here. */
    OFF,
    /** At work, or about to be: may be paused. */
    RUNNING,
    /** May be resumed. */
    PAUSED,
    /** Every key is here. */
    DONE,
    /** It cannot go on. */
    FAILED
  }

  /** Nothing but a sentence. */
  public static BackupView of(Phase phase, String text) {
    return new BackupView(phase, text, 0, 0, 0, Optional.empty());
  }

  /** A frame for the page. */
  ObjectNode frame() {
    ObjectNode frame = Json.newObject().put("t", "backup").put("text", text);
    frame.put("phase", phase.name().toLowerCase(Locale.ROOT));
    frame.put("total", total).put("done", done).put("failed", failed);
    remaining.ifPresent(time -> frame.put("seconds", time.toSeconds()));
    return frame;
  }
}
