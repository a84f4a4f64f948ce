package io.matrixrtc.client;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a homeserver, as it stands in user and room ids (ID-SERVER). Matrix specification,
 * appendix "Server name".
 *
 * @param host a DNS name, an IPv4 address, or an IPv6 address in brackets
 * @param port as given; the default port is not filled in
 */
public record ServerName(String host, OptionalInt port) {
  /** Longest server name, in bytes: a user id holds two characters more, and 255 bytes at most. */
  public static final int MAX_BYTES = 253;

  private static final Pattern GRAMMAR =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}\\]|[0-9A-Za-z.-]{1,255})(?::([0-9]{1,5}))?");

  /** Returns the name of {@code text}, or nothing if it is none. */
  public static Optional<ServerName> parse(String text) {
    Matcher matcher = GRAMMAR.matcher(text);
    if (text.length() > MAX_BYTES || !matcher.matches()) {
      return Optional.empty();
    }
    String port = matcher.group(2);
    if (port == null) {
      return Optional.of(new ServerName(matcher.group(1), OptionalInt.empty()));
    }
    int number = Integer.parseInt(port);
    return number > 65_535
        ? Optional.empty()
        : Optional.of(new ServerName(matcher.group(1), OptionalInt.of(number)));
  }

  /** The name as it stands in ids. */
  @Override
  public String toString() {
    return host + (port.isPresent() ? ":" + port.getAsInt() : "");
  }
}
