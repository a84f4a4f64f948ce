package io.matrixrtc.widget.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fills the {@code $variables} of a widget's URL. One pass: what is filled in is not looked at
 * again; of names that match, the longest counts (URL-ONCE). Values are encoded as by {@code
 * encodeURIComponent} (URL-ENCODE).
 *
 * @param values by name without {@code $}
 */
public record UrlTemplate(Map<String, String> values) {
  public UrlTemplate {
    values = Map.copyOf(values);
  }

  /**
   * The variables that every host knows; they go before the keys of {@code data}.
   *
   * @param data the {@code data} of the widget's definition, its values as text
   */
  public static UrlTemplate of(Known known, Map<String, String> data) {
    Map<String, String> all = new HashMap<>(data);
    all.put("matrix_user_id", known.userId);
    all.put("matrix_room_id", known.roomId);
    all.put("matrix_display_name", known.displayName);
    all.put("matrix_avatar_url", known.avatarUrl);
    all.put("matrix_widget_id", known.widgetId);
    both(all, "org.matrix.msc2873.client_id", "matrix_client_id", known.clientId);
    both(all, "org.matrix.msc2873.client_theme", "matrix_client_theme", known.theme);
    both(all, "org.matrix.msc2873.client_language", "matrix_client_language", known.language);
    both(all, "org.matrix.msc3819.matrix_device_id", "matrix_device_id", known.deviceId);
    all.put("org.matrix.msc2873.matrix_device_id", known.deviceId); // as matrix-rust-sdk spells it
    both(all, "org.matrix.msc4039.matrix_base_url", "matrix_base_url", known.baseUrl);
    return new UrlTemplate(all);
  }

  private static void both(Map<String, String> all, String unstable, String stable, String value) {
    all.put(unstable, value);
    all.put(stable, value);
  }

  /** What a host knows about itself, its user and the room. Unknown values are empty. */
  public record Known(
      String userId,
      String deviceId,
      String roomId,
      String displayName,
      String avatarUrl,
      String widgetId,
      String clientId,
      String theme,
      String language,
      String baseUrl) {}

  /**
   * The URL with every known variable filled in. Unknown ones stay as they are.
   *
   * @throws IllegalArgumentException if the result is no http or https URL (URL-SCHEME)
   */
  public URI fill(String template) {
    List<String> names =
        values.keySet().stream().sorted(Comparator.comparing(String::length).reversed()).toList();
    StringBuilder url = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      String rest = template.substring(at);
      String name =
          rest.startsWith("$")
              ? names.stream().filter(key -> rest.startsWith(key, 1)).findFirst().orElse("")
              : "";
      if (name.isEmpty()) {
        url.append(template.charAt(at));
        at++;
      } else {
        url.append(encoded(values.getOrDefault(name, "")));
        at += 1 + name.length();
      }
    }
    return checked(url.toString());
  }

  private static URI checked(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the widget's URL is none", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException("a widget's URL is of http or https");
    }
    return uri;
  }

  /** As JavaScript's {@code encodeURIComponent}. */
  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%21", "!")
        .replace("%27", "'")
        .replace("%28", "(")
        .replace("%29", ")")
        .replace("%7E", "~");
  }
}
