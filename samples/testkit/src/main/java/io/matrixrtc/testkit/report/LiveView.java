package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lays a {@link LiveState} out in lines that fit a width: listeners down, senders across. A cell is
 * the key index, the frames decrypted, and those that failed behind an {@code x}; where there is
 * less room, a cell tells less, and where there is none, each listener gets one line.
 */
final class LiveView {
  /** More members than this are summed up. */
  static final int MAX_ROWS = 24;

  private static final int MAX_LABEL = 16;
  private static final String RED = "\u001B[31m";
  private static final String DIM = "\u001B[2m";
  private static final String BOLD = "\u001B[1m";
  private static final String RESET = "\u001B[0m";

  private final int columns;
  private final boolean color;

  LiveView(int columns, boolean color) {
    this.columns = columns;
    this.color = color;
  }

  List<String> lines(LiveState state) {
    List<String> lines = new ArrayList<>();
    lines.add(style(BOLD, fit(state.summary(), columns).stripTrailing()));
    List<LiveState.Member> members = state.members();
    List<LiveState.Member> shown = members.subList(0, Math.min(MAX_ROWS, members.size()));
    int label = shown.stream().mapToInt(member -> width(member.label)).max().orElse(0);
    label = Math.min(Math.min(MAX_LABEL, columns / 4), label) + 1;
    int cell = shown.isEmpty() ? 0 : Math.min(16, (columns - label - 1) / shown.size());
    if (cell >= 4 && shown.size() == members.size()) {
      matrix(lines, shown, label, cell);
    } else {
      list(lines, shown, members);
    }
    if (members.size() > shown.size()) {
      lines.add(style(DIM, "and " + (members.size() - shown.size()) + " more"));
    }
    for (String news : state.news()) {
      lines.add(style(DIM, fit(news, columns).stripTrailing()));
    }
    return lines;
  }

  private void matrix(List<String> lines, List<LiveState.Member> members, int label, int cell) {
    StringBuilder head = new StringBuilder(fit("hears", label)).append(' ');
    for (LiveState.Member sender : members) {
      head.append(fit(sender.label, cell - 1)).append(' ');
    }
    lines.add(style(DIM, head.toString().stripTrailing()));
    for (LiveState.Member listener : members) {
      StringBuilder row = new StringBuilder(name(listener, label)).append(' ');
      for (LiveState.Member sender : members) {
        row.append(cell(listener, sender, cell - 1)).append(' ');
      }
      lines.add(row.toString().stripTrailing());
    }
  }

  private String name(LiveState.Member member, int width) {
    String mark = !member.present ? "-" : member.muted ? "m" : " ";
    String name = mark + fit(member.label, width - 1);
    return member.present ? name : style(DIM, name);
  }

  private String cell(LiveState.Member listener, LiveState.Member sender, int width) {
    TraceEvent.FramesHeard counts = listener.hears.get(sender.who);
    if (listener.who.equals(sender.who) || counts == null || counts.index() < 0) {
      return style(DIM, fit(listener.who.equals(sender.who) ? "" : ".", width));
    }
    long lost = counts.failed() + counts.missingKey();
    String index = String.format(Locale.ROOT, "%3d", counts.index());
    String mark = lost == 0 ? "" : "x";
    String text = index + mark;
    for (String candidate :
        List.of(
            index + " " + counts.ok() + (lost == 0 ? "" : " x" + lost),
            index + " " + counts.ok() + mark,
            index + " " + brief(counts.ok()) + mark)) {
      if (candidate.length() <= width) {
        text = candidate;
        break;
      }
    }
    return style(counts.failed() > 0 ? RED : null, fit(text, width));
  }

  private static String brief(long count) {
    return count < 1000
        ? Long.toString(count)
        : count < 1_000_000 ? count / 1000 + "k" : count / 1_000_000 + "M";
  }

  private void list(
      List<String> lines, List<LiveState.Member> shown, List<LiveState.Member> members) {
    for (LiveState.Member listener : shown) {
      long ok = 0;
      long lost = 0;
      int heard = 0;
      for (TraceEvent.FramesHeard counts : listener.hears.values()) {
        ok += counts.ok();
        lost += counts.failed() + counts.missingKey();
        heard += counts.index() >= 0 ? 1 : 0;
      }
      int label = Math.min(MAX_LABEL, columns / 3);
      String text =
          " hears "
              + heard
              + "/"
              + (members.size() - 1)
              + " "
              + brief(ok)
              + " ok"
              + (lost == 0 ? "" : " x" + lost);
      lines.add(name(listener, label) + fit(text, columns - label).stripTrailing());
    }
  }

  private String style(@Nullable String style, String text) {
    return color && style != null && !text.isBlank() ? style + text + RESET : text;
  }

  /** Cuts or fills a text to a width in columns; wide characters count as two. */
  static String fit(String text, int width) {
    StringBuilder fitted = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      if (used + width(c) > width) {
        break;
      }
      fitted.appendCodePoint(c);
      used += width(c);
    }
    return fitted.append(" ".repeat(Math.max(0, width - used))).toString();
  }

  static int width(String text) {
    return text.codePoints().map(LiveView::width).sum();
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115F)
            || (c >= 0x2E80 && c <= 0xA4CF)
            || (c >= 0xAC00 && c <= 0xD7A3)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0xFE30 && c <= 0xFE6F)
            || (c >= 0xFF00 && c <= 0xFF60)
            || (c >= 0x1F300 && c <= 0x1FAFF)
            || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
  }
}
