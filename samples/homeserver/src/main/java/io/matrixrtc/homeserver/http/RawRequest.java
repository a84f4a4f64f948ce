package io.matrixrtc.homeserver.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request as it came off the wire. The body is not copied: nobody may change it. */
public final class RawRequest {
  private static final String BEARER = "Bearer ";

  private final String method;
  private final String uri;
  private final List<Map.Entry<String, String>> headers;
  private final byte[] body;
  private final String address;
  private final String path;
  private final Map<String, List<String>> query;

  RawRequest(
      String method,
      String uri,
      List<Map.Entry<String, String>> headers,
      byte[] body,
      String address) {
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    this.body = body;
    this.address = address;
    int mark = uri.indexOf('?');
    this.path = mark < 0 ? uri : uri.substring(0, mark);
    this.query = mark < 0 ? Map.of() : parseQuery(uri.substring(mark + 1));
  }

  public String method() {
    return method;
  }

  /** Path and query. */
  public String uri() {
    return uri;
  }

  /** The path as it was sent, still encoded. */
  public String path() {
    return path;
  }

  /** The query, decoded. */
  public Map<String, List<String>> query() {
    return query;
  }

  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  public byte[] body() {
    return body;
  }

  /** Where it came from. */
  public String address() {
    return address;
  }

  /** The token of the header, or of the query as older clients send it. */
  public Optional<String> token() {
    for (Map.Entry<String, String> header : headers) {
      if (header.getKey().equalsIgnoreCase("Authorization")
          && header.getValue().startsWith(BEARER)) {
        return Optional.of(header.getValue().substring(BEARER.length()).strip());
      }
    }
    return query.getOrDefault("access_token", List.of()).stream().findFirst();
  }

  private static Map<String, List<String>> parseQuery(String text) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.computeIfAbsent(decodeForm(name), n -> new ArrayList<>()).add(decodeForm(value));
      }
    }
    return query;
  }

  private static String decodeForm(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw MatrixException.invalidParam("The query is not well encoded.");
    }
  }

  /** Decodes one path segment: as a query value, but a plus stays a plus. */
  static String decodeSegment(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw MatrixException.invalidParam("The path is not well encoded.");
    }
  }
}
