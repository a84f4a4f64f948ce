package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.report.ReportSummary.Figure;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures that a trace itself gives. */
final class ReportFigures {
  private ReportFigures() {}

  static List<Figure> of(CallStory story) {
    List<Figure> figures = new ArrayList<>();
    long devices = story.members().size();
    figures.add(new Figure(Long.toString(devices), "devices", "of " + story.users() + " users"));
    figures.add(
        new Figure(Html.seconds(story.lengthMs()).replaceAll("\\.\\d+", ""), "of call", ""));
    long rotations = story.keys().stream().filter(key -> key.key().generation() == 0).count();
    figures.add(
        new Figure(Integer.toString(story.keys().size()), "keys", ratchets(story, rotations)));
    deliveries(story, figures);
    frames(story, figures);
    return figures;
  }

  private static String ratchets(CallStory story, long rotations) {
    long steps = story.keys().size() - rotations;
    long used = story.keys().stream().filter(key -> key.usedFromMs() != null).count();
    return used + " used" + (steps == 0 ? "" : ", " + steps + " by ratchet");
  }

  private static void deliveries(CallStory story, List<Figure> figures) {
    List<Long> took = new ArrayList<>();
    long served = 0;
    long offered = 0;
    for (KeyStory key : story.keys()) {
      served += key.served();
      offered += key.deliveries().size();
      for (KeyStory.Delivery way : key.deliveries()) {
        Long from = way.offeredMs();
        Long to = way.servedMs();
        if (from != null && to != null) {
          took.add(to - from);
        }
      }
    }
    String median = took.isEmpty() ? "" : "half within " + median(took) + " ms";
    figures.add(
        new Figure(
            Html.number(served), "key deliveries confirmed", "of " + offered + separate(median)));
  }

  private static String separate(String text) {
    return text.isEmpty() ? "" : ", " + text;
  }

  private static long median(List<Long> values) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static void frames(CallStory story, List<Figure> figures) {
    long sent = 0;
    long held = 0;
    for (TraceEvent.FramesSent counts : story.sent().values()) {
      sent += counts.audio() + counts.video();
      held += counts.held();
    }
    if (!story.sent().isEmpty()) {
      String detail = held == 0 ? "" : Html.number(held) + " held for a key";
      figures.add(new Figure(Html.number(sent), "frames sent", detail));
    }
    long ok = 0;
    long lost = 0;
    for (TraceEvent.FramesHeard counts : story.allHeard()) {
      ok += counts.ok();
      lost += counts.failed() + counts.missingKey();
    }
    if (ok + lost > 0) {
      String share = String.format(Locale.ROOT, "%.2f %%", 100.0 * ok / (ok + lost));
      figures.add(
          new Figure(Html.number(ok), "frames decrypted", share + " of those that arrived"));
    }
  }
}
