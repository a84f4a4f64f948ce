package io.matrixrtc.widget.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The homeserver's own words about a call that it refused, passed to the widget so that it can wait
 * or give up as a client would.
 *
 * @param httpStatus the HTTP status
 * @param httpHeaders response headers, names in lower case
 * @param url the address that was called, without secrets
 * @param response the body: {@code errcode}, {@code error} and more
 */
public record MatrixApiError(
    int httpStatus, Map<String, String> httpHeaders, String url, ObjectNode response) {
  public MatrixApiError {
    Map<String, String> lower = new TreeMap<>();
    httpHeaders.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    httpHeaders = Map.copyOf(lower);
  }

  /** All four members, always (WIDGET-ERROR). */
  ObjectNode toJson() {
    ObjectNode json = Json.newObject();
    json.put("http_status", httpStatus);
    ObjectNode headers = json.putObject("http_headers");
    new TreeMap<>(httpHeaders).forEach(headers::put);
    json.put("url", url);
    json.set("response", response);
    return json;
  }

  /** Reads what a host sent; the Rust SDK leaves out headers and URL. */
  static Optional<MatrixApiError> from(JsonNode json) {
    if (!json.path("http_status").isInt() || !(json.path("response") instanceof ObjectNode body)) {
      return Optional.empty();
    }
    Map<String, String> headers = new TreeMap<>();
    for (Map.Entry<String, JsonNode> header : json.path("http_headers").properties()) {
      if (header.getValue().isTextual()) {
        headers.put(header.getKey(), header.getValue().textValue());
      }
    }
    return Optional.of(
        new MatrixApiError(
            json.get("http_status").intValue(), headers, json.path("url").asText(""), body));
  }
}
