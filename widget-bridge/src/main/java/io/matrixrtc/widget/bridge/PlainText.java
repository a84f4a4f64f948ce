package io.matrixrtc.widget.bridge;

import java.text.Bidi;

/**
 * Text of strangers, made fit to stand in a sentence of ours (PAGE-TEXT): one line, nothing
 * invisible, nothing that turns the direction of what is beside it, no tower of accents, and no
 * more than so many characters. What is cut off is marked by an ellipsis.
 */
final class PlainText {
  /** Longest name, in code points. */
  static final int MAX_NAME = 64;

  /** Longest id, type or key, in code points; what the Matrix specification allows. */
  static final int MAX_ID = 255;

  private static final int MAX_MARKS = 4;

  /** Letters and marks that show nothing, though their category says otherwise. */
  private static final String BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

  private static final char ISOLATE = '\u2068';
  private static final char END_ISOLATE = '\u2069';

  private PlainText() {}

  /**
   * The text, perhaps empty, of {@code limit} code points at most; one more marks its direction.
   */
  static String of(String text, int limit) {
    StringBuilder shown = new StringBuilder();
    int kept = 0;
    int marks = 0;
    boolean space = false;
    for (int at = 0; at < text.length(); ) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      if (isSpace(point)) {
        space = kept > 0;
        continue;
      }
      marks = isMark(point) ? marks + 1 : 0;
      if (isUnseen(point) || marks > MAX_MARKS) {
        continue;
      }
      int needed = space ? 2 : 1;
      if (kept + needed > limit) {
        return isolated(cut(shown, kept, limit));
      }
      if (space) {
        shown.append(' ');
      }
      shown.appendCodePoint(point);
      kept += needed;
      space = false;
    }
    return isolated(shown.toString());
  }

  private static String cut(StringBuilder shown, int kept, int limit) {
    int end = kept < limit ? shown.length() : shown.offsetByCodePoints(shown.length(), -1);
    return shown.substring(0, end).stripTrailing() + "…";
  }

  private static boolean isSpace(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point);
  }

  private static boolean isMark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean isUnseen(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> BLANKS.indexOf(point) >= 0;
    };
  }

  /** What runs from right to left must not reorder its neighbours. */
  private static String isolated(String text) {
    return Bidi.requiresBidi(text.toCharArray(), 0, text.length())
        ? ISOLATE + text + END_ISOLATE
        : text;
  }
}
