package io.matrixrtc.widget.api;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Origins of web pages as a browser writes them in {@code event.origin} and {@code Origin}: scheme
 * and host in lower case, no usual port, nothing else (BRIDGE-ORIGIN). Two spellings of one origin
 * give the same text; what browsers might read otherwise than we do is refused.
 */
public final class WebOrigin {
  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>https?)://(?:[^@/?#\\\\]*@)?(?<host>[a-z0-9._-]+|\\[[0-9a-f:.]+\\])"
              + "(?::(?<port>[0-9]{0,5}))?(?:[/?#].*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Browsers take such a host for an IPv4 address, in whatever notation. */
  private static final Pattern ENDS_IN_A_NUMBER =
      Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)\\.?");

  private static final String BYTE = "(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
  private static final int MAX_PORT = 65_535;
  private static final int GROUPS = 8;

  private WebOrigin() {}

  /**
   * The origin of an absolute URL, which may hold variables behind its host.
   *
   * @throws IllegalArgumentException if it is no http or https URL, or its host is written in a way
   *     that leaves doubts: not in ASCII, or an address in an unusual notation
   */
  public static String of(String url) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException("want an http or https URL");
    }
    String scheme = parts.group("scheme").toLowerCase(Locale.ROOT);
    return scheme + "://" + host(parts.group("host")) + port(scheme, parts.group("port"));
  }

  private static String port(String scheme, @Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return "";
    }
    int port = Integer.parseInt(digits);
    if (port > MAX_PORT) {
      throw new IllegalArgumentException("want a port up to " + MAX_PORT);
    }
    return port == (scheme.equals("https") ? 443 : 80) ? "" : ":" + port;
  }

  private static String host(String text) {
    String host = text.toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      return "[" + ipv6(host) + "]";
    }
    if (ENDS_IN_A_NUMBER.matcher(host).matches() && !IPV4.matcher(host).matches()) {
      throw new IllegalArgumentException("want an IPv4 address as four plain numbers");
    }
    return host;
  }

  /** In its shortest form: the first of the longest runs of zeros left out, nothing dotted. */
  private static String ipv6(String literal) {
    int[] groups = groups(literal);
    int from = -1;
    int length = 1; // a single zero is not left out
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        from = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == from) {
        text.append("::");
        i += length - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  private static int[] groups(String literal) {
    InetAddress address;
    try {
      address = InetAddress.getByName(literal); // an address in brackets is never looked up
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("want an IPv6 address in the brackets", e);
    }
    byte[] bytes = new byte[2 * GROUPS];
    byte[] known = address.getAddress();
    System.arraycopy(known, 0, bytes, bytes.length - known.length, known.length);
    if (address instanceof Inet4Address) { // ::ffff:192.0.2.1
      bytes[10] = (byte) 0xFF;
      bytes[11] = (byte) 0xFF;
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF);
    }
    return groups;
  }
}
