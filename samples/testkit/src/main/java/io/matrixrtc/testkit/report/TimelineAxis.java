package io.matrixrtc.testkit.report;

import java.util.List;

/** The top of the timeline: seconds, and the faults that were switched on. */
final class TimelineAxis {
  private static final int MAX_FAULTS = 8;
  private static final int SECONDS_HEIGHT = 26;
  private static final int FAULT_HEIGHT = 25;
  private static final int MAX_TICKS = 10;
  private static final int[] STEPS_S = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};

  private final CallStory story;
  private final TimelinePen pen;
  private final List<CallStory.Fault> faults;

  TimelineAxis(CallStory story, TimelinePen pen) {
    this.story = story;
    this.pen = pen;
    this.faults = story.faults().stream().limit(MAX_FAULTS).toList();
  }

  int height() {
    return SECONDS_HEIGHT + faults.size() * FAULT_HEIGHT;
  }

  /** Draws itself, and the grid down to {@code bottom}. */
  void draw(int bottom) {
    long step = step();
    for (long at = 0; at * 1000 <= story.lengthMs(); at += step) {
      pen.line("grid", at * 1000, 16, at * 1000, bottom);
      boolean last = (at + step) * 1000 > story.lengthMs();
      String kind = at / step % 2 == 1 ? "tick odd" : "tick";
      pen.text(kind, at + (at == 0 || last ? " s" : ""), at * 1000, 10);
    }
    int y = SECONDS_HEIGHT - 2;
    for (CallStory.Fault fault : faults) {
      draw(fault, y);
      y += FAULT_HEIGHT;
    }
  }

  private long step() {
    long seconds = story.lengthMs() / 1000;
    for (int step : STEPS_S) {
      if (seconds / step <= MAX_TICKS) {
        return step;
      }
    }
    return seconds / MAX_TICKS;
  }

  private void draw(CallStory.Fault fault, int y) {
    String text = "fault: " + fault.name() + ", " + story.label(fault.target());
    pen.html().open("g", "class", "fault");
    pen.bar("", fault.fromMs(), fault.toMs(), y, 4);
    // In the right half a text ends below its bar's beginning, so that it stays in the drawing.
    boolean right = fault.fromMs() * 2 > story.lengthMs();
    pen.text("", text, fault.fromMs(), y + 17, "text-anchor", right ? "end" : "start");
    String time = Html.seconds(fault.fromMs()) + " to " + Html.seconds(fault.toMs());
    pen.html().element("title", text + ", " + time + " " + fault.detail()).close();
  }
}
