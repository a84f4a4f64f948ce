package io.matrixrtc.homeserver.stream;

import io.matrixrtc.homeserver.http.MatrixException;

/**
 * A place between two events of a timeline: {@code t} and the position of the event before it. A
 * sync token may be used in its place.
 */
public final class TimelineToken {
  private TimelineToken() {}

  public static String of(long position) {
    return "t" + position;
  }

  /** The position; {@code M_INVALID_PARAM} if the text is no token. */
  public static long parse(String token) {
    if (!token.matches("[ts][0-9]{1,18}(_[0-9]{1,18})*")) {
      throw MatrixException.invalidParam("Not a token: " + token);
    }
    int end = token.indexOf('_');
    return Long.parseLong(token.substring(1, end < 0 ? token.length() : end));
  }
}
