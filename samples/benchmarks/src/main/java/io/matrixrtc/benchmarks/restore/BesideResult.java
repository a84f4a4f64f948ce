package io.matrixrtc.benchmarks.restore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Locale;

/**
 * How long something takes while a whole backup is restored, and how long without.
 *
 * @param what was done
 * @param keys how many the bulk run has
 * @param without of the control run, with the restore paused
 * @param during the restore
 */
record BesideResult(What what, int keys, Latencies without, Latencies during) {
  /** What is wanted of a single key, of 95 in 100 of them, in milliseconds. */
  static final int GOAL_SINGLE_MILLIS = 200;

  /** By how much more a rotation may take, 99 in 100 of them, in milliseconds. */
  static final int GOAL_MORE_MILLIS = 150;

  /** What was done. */
  enum What {
    /** The key of a message that cannot be read: from there until it is in the store. */
    SINGLE("restore.single", 0.95),
    /** A media key to all devices of a call: until the homeserver has all messages. */
    ROTATION("restore.rotations", 0.99);

    private final String name;
    private final double share;

    What(String name, double share) {
      this.name = name;
      this.share = share;
    }
  }

  /** By how much more it takes during the restore, at the share that the goal is about. */
  double moreMillis() {
    return during.millis(what.share) - without.millis(what.share);
  }

  boolean isMet() {
    return what == What.SINGLE
        ? during.millis(what.share) < GOAL_SINGLE_MILLIS
        : moreMillis() <= GOAL_MORE_MILLIS;
  }

  String toJson() {
    String share = "P" + Math.round(100 * what.share) + "Millis";
    String plain = share.toLowerCase(Locale.ROOT).replace("millis", "Millis");
    ObjectNode json = Json.newObject().put("type", "bench").put("name", what.name);
    json.put("keys", keys).put("samples", during.count());
    if (what == What.ROTATION) {
      json.put("devices", BesideWorld.DEVICES);
    }
    json.put("medianMillis", rounded(during.medianMillis()))
        .put(plain, rounded(during.millis(what.share)))
        .put("maxMillis", rounded(during.longestMillis()))
        .put("withoutMedianMillis", rounded(without.medianMillis()))
        .put("without" + share, rounded(without.millis(what.share)));
    if (what == What.ROTATION) {
      json.put("moreMillis", rounded(moreMillis())).put("goalMoreMillis", GOAL_MORE_MILLIS);
    } else {
      json.put("goal" + share, GOAL_SINGLE_MILLIS);
    }
    return json.put("goalMet", isMet()).toString();
  }

  String toText() {
    long percent = Math.round(100 * what.share);
    return String.format(
        Locale.ROOT,
        "%s: %,d while %,d keys are restored: median %.1f ms, p%d %.1f ms, at most %.1f ms;%n"
            + "  without: median %.1f ms, p%d %.1f ms (goal: %s): %s",
        what.name,
        during.count(),
        keys,
        during.medianMillis(),
        percent,
        during.millis(what.share),
        during.longestMillis(),
        without.medianMillis(),
        percent,
        without.millis(what.share),
        what == What.SINGLE
            ? "under " + GOAL_SINGLE_MILLIS + " ms"
            : "at most " + GOAL_MORE_MILLIS + " ms more",
        isMet() ? "met" : "missed");
  }

  private static double rounded(double millis) {
    return Math.round(millis * 1e3) / 1e3;
  }
}
