package io.matrixrtc.widget.api;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A link to a user, a room, an alias or an event: {@code https://matrix.to/#/...} or a {@code
 * matrix:} URI, both as the Matrix specification's appendix on identifiers writes them (UI-LINK).
 * Holds nothing that leads anywhere else, and nothing that a reader cannot see: printable ASCII,
 * the rest percent-encoded. Immutable.
 *
 * @param uri the link as it was given, at most {@link #MAX_CHARS} characters
 */
public record MatrixLink(String uri) {
  /** Longest link, in characters. */
  public static final int MAX_CHARS = 1_024;

  private static final String PART = "[A-Za-z0-9._~:@!$&'()*+,;=%\\[\\]-]++";
  private static final String QUERY = "(?:\\?[A-Za-z0-9._~:@!$&'()*+,;=%\\[\\]/?-]*+)?";

  /** Users, rooms, aliases and groups, by their sigil or its percent-encoded form. */
  private static final Pattern MATRIX_TO =
      Pattern.compile(
          "https://matrix\\.to/#/(?:[@!#+]|%40|%21|%23|%2[Bb])"
              + PART
              + "(?:/(?:\\$|%24)[A-Za-z0-9._~:+=%/-]++)?"
              + QUERY);

  private static final Pattern MATRIX =
      Pattern.compile("matrix:(?:u|r|roomid)/" + PART + "(?:/e/" + PART + ")?" + QUERY);

  private static final Pattern BROKEN_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /**
   * A link that was checked before.
   *
   * @throws IllegalArgumentException if it is none
   */
  public MatrixLink {
    if (!isLink(uri)) {
      throw new IllegalArgumentException("not a link to a user, a room or an event");
    }
  }

  /** The link that a text is; empty if it is none. */
  public static Optional<MatrixLink> read(String text) {
    return isLink(text) ? Optional.of(new MatrixLink(text)) : Optional.empty();
  }

  private static boolean isLink(String text) {
    return text.length() <= MAX_CHARS
        && (MATRIX_TO.matcher(text).matches() || MATRIX.matcher(text).matches())
        && !BROKEN_PERCENT.matcher(text).find();
  }
}
