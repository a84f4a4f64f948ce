package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request of the client-server API.
 *
 * @param method the HTTP method
 * @param path the segments after {@code /_matrix/client}, not encoded
 * @param query not encoded
 * @param body the JSON body
 * @param authenticated whether the access token goes with it
 * @param repeatable whether it does no harm if carried out twice; only then it is repeated after a
 *     lost answer
 * @param timeout until the answer must be there, if not as long as the settings say
 * @param file sent instead of {@code body}: an upload, whose path is below {@code /_matrix/media},
 *     the one area that never moved
 */
public record ApiRequest(
    String method,
    List<String> path,
    Map<String, String> query,
    Optional<ObjectNode> body,
    boolean authenticated,
    boolean repeatable,
    Optional<Duration> timeout,
    Optional<UploadBody> file) {
  public ApiRequest {
    path = List.copyOf(path);
    query = Map.copyOf(query);
  }

  /** A request without a file. */
  public ApiRequest(
      String method,
      List<String> path,
      Map<String, String> query,
      Optional<ObjectNode> body,
      boolean authenticated,
      boolean repeatable,
      Optional<Duration> timeout) {
    this(method, path, query, body, authenticated, repeatable, timeout, Optional.empty());
  }

  /**
   * {@code POST} of a file below {@code /_matrix/media}; repeatable, as another copy does no harm.
   */
  static ApiRequest upload(UploadBody file, String... path) {
    return new ApiRequest(
        "POST",
        List.of(path),
        Map.of(),
        Optional.empty(),
        true,
        true,
        Optional.empty(),
        Optional.of(file));
  }

  /** {@code GET}; repeatable. */
  public static ApiRequest get(String... path) {
    return new ApiRequest(
        "GET", List.of(path), Map.of(), Optional.empty(), true, true, Optional.empty());
  }

  /** {@code PUT}; repeatable, as its path names what it sets. */
  public static ApiRequest put(ObjectNode body, String... path) {
    return new ApiRequest(
        "PUT", List.of(path), Map.of(), Optional.of(body), true, true, Optional.empty());
  }

  /** {@code POST}; not repeatable unless {@link #asRepeatable} says so. */
  public static ApiRequest post(ObjectNode body, String... path) {
    return new ApiRequest(
        "POST", List.of(path), Map.of(), Optional.of(body), true, false, Optional.empty());
  }

  /** Returns the request with a query parameter more. */
  public ApiRequest with(String name, String value) {
    Map<String, String> more = new TreeMap<>(query);
    more.put(name, value);
    return new ApiRequest(method, path, more, body, authenticated, repeatable, timeout, file);
  }

  /** Returns the request without the access token. */
  public ApiRequest unauthenticated() {
    return new ApiRequest(method, path, query, body, false, repeatable, timeout, file);
  }

  /** Returns the request marked as harmless to repeat. */
  public ApiRequest asRepeatable() {
    return new ApiRequest(method, path, query, body, authenticated, true, timeout, file);
  }

  /** Returns the request with another time limit. */
  public ApiRequest within(Duration limit) {
    return new ApiRequest(
        method, path, query, body, authenticated, repeatable, Optional.of(limit), file);
  }

  /** Returns what goes to {@code homeserver}, to be answered within {@code limit}. */
  HttpCall call(URI homeserver, @Nullable AccessToken token, Duration limit) {
    return new HttpCall(
        method,
        uri(homeserver),
        Optional.ofNullable(token),
        body.map(ObjectNode::toString),
        file,
        limit);
  }

  /** Returns the URL at {@code homeserver}, every segment percent-encoded. */
  URI uri(URI homeserver) {
    StringBuilder url = new StringBuilder(homeserver.toString());
    while (url.length() > 0 && url.charAt(url.length() - 1) == '/') {
      url.setLength(url.length() - 1);
    }
    url.append(file.isPresent() ? "/_matrix/media" : "/_matrix/client");
    path.forEach(segment -> url.append('/').append(encode(segment)));
    if (!query.isEmpty()) {
      url.append('?')
          .append(
              new TreeMap<>(query)
                  .entrySet().stream()
                      .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                      .collect(Collectors.joining("&")));
    }
    return URI.create(url.toString());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  /** Shows where it goes, not what it holds. */
  @Override
  public String toString() {
    return method + " /" + String.join("/", path);
  }
}
