package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.json.Json;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shows a restore: one line that changes on a terminal, lines of JSON otherwise, and what is said
 * beside those on the other stream.
 */
final class RestoreDisplay {
  /** How many damaged entries are listed one by one. */
  static final int MAX_LISTED = 1_000;

  /** How many are named on a terminal. */
  private static final int MAX_SHOWN = 5;

  private static final int BAR_CHARS = 30;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private int shown;

  /**
   * @param json whether that was asked for
   * @param terminal whether {@code out} is one
   */
  RestoreDisplay(PrintStream out, PrintStream err, boolean json, boolean terminal) {
    this.out = out;
    this.err = err;
    this.json = json || !terminal;
  }

  /**
   * Shows how far it is.
   *
   * @param perSecond keys in a second, in this run
   */
  void progress(DownloadProgress progress, long perSecond) {
    if (json) {
      var line =
          Json.newObject()
              .put("type", "progress")
              .put("state", progress.state().name().toLowerCase(Locale.ROOT))
              .put("total", progress.total())
              .put("seen", progress.seen())
              .put("imported", progress.imported())
              .put("known", progress.unchanged())
              .put("damaged", progress.failed())
              .put("keysPerSecond", perSecond);
      progress.remaining().ifPresent(rest -> line.put("etaSeconds", rest.toSeconds()));
      out.println(line);
    } else {
      String line = line(progress, perSecond);
      out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
      out.flush();
      shown = line.length();
    }
  }

  static String line(DownloadProgress progress, long perSecond) {
    long done = progress.imported() + progress.unchanged() + progress.failed();
    long total = Math.max(progress.total(), 1);
    int full = (int) (BAR_CHARS * Math.min(done, total) / total);
    return String.format(
        Locale.ROOT,
        "%s %3d%% [%s%s] %,d of %,d keys, %,d/s%s",
        progress.state().name().toLowerCase(Locale.ROOT),
        100 * Math.min(done, total) / total,
        "#".repeat(full),
        " ".repeat(BAR_CHARS - full),
        done,
        progress.total(),
        perSecond,
        progress.remaining().map(rest -> ", " + clock(rest) + " left").orElse(""));
  }

  private static String clock(Duration rest) {
    return rest.toHours() > 0
        ? String.format(Locale.ROOT, "%d h %02d min", rest.toHours(), rest.toMinutesPart())
        : String.format(Locale.ROOT, "%d:%02d", rest.toMinutes(), rest.toSecondsPart());
  }

  /** Says something beside. */
  void say(String line) {
    endLine();
    (json ? err : out).println(line);
  }

  /** Lists what cannot be used, and says how many more there are than are listed. */
  void damaged(List<DamagedEntry> entries) {
    if (json) {
      List<DamagedEntry> listed = entries.subList(0, Math.min(MAX_LISTED, entries.size()));
      for (DamagedEntry entry : listed) {
        out.println(
            Json.newObject()
                .put("type", "damaged")
                .put("room", entry.roomId())
                .put("session", entry.sessionId())
                .put("reason", entry.reason().name().toLowerCase(Locale.ROOT)));
      }
      if (listed.size() < entries.size()) {
        out.println(
            Json.newObject()
                .put("type", "damagedMore")
                .put("listed", listed.size())
                .put("count", entries.size()));
      }
    } else if (!entries.isEmpty()) {
      Map<String, Long> reasons = new TreeMap<>();
      entries.forEach(
          entry -> reasons.merge(entry.reason().name().toLowerCase(Locale.ROOT), 1L, Long::sum));
      say("Damaged entries, by what is wrong with them: " + reasons);
      entries.stream()
          .limit(MAX_SHOWN)
          .forEach(
              entry ->
                  say(
                      "  session "
                          + shown(entry.sessionId())
                          + " of "
                          + shown(entry.roomId())
                          + ": "
                          + entry.reason().name().toLowerCase(Locale.ROOT)));
      if (entries.size() > MAX_SHOWN) {
        say("  and " + (entries.size() - MAX_SHOWN) + " more; --json lists them.");
      }
    }
  }

  /** The server chose these names: nothing of them may steer a terminal. */
  private static String shown(String name) {
    return name.replaceAll("\\p{C}", "?");
  }

  void summary(RestoreSummary summary) {
    endLine();
    out.println(json ? summary.toJson().toString() : summary.toText());
  }

  private void endLine() {
    if (shown > 0) {
      out.println();
      shown = 0;
    }
  }
}
