package io.matrixrtc.homeserver.faults;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request with its answer, as a listener of the request log gets it. */
public final class Exchange {
  private final String method;
  private final String uri;
  private final List<Map.Entry<String, String>> headers;
  private final Optional<String> userId;
  private final byte[] requestBody;
  private final int status;
  private final byte[] answerBody;

  public Exchange(
      String method,
      String uri,
      List<Map.Entry<String, String>> headers,
      Optional<String> userId,
      byte[] requestBody,
      int status,
      byte[] answerBody) {
    this.method = method;
    this.uri = uri;
    this.headers = List.copyOf(headers);
    this.userId = userId;
    this.requestBody = requestBody;
    this.status = status;
    this.answerBody = answerBody;
  }

  public String method() {
    return method;
  }

  /** Path and query as they were sent. */
  public String uri() {
    return uri;
  }

  public String path() {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  /** The request's headers, the access token included. */
  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** Who asked, where the request carried a known access token. */
  public Optional<String> userId() {
    return userId;
  }

  /** A copy of the request's body. */
  public byte[] requestBody() {
    return requestBody.clone();
  }

  /** The status answered; 0 where the connection was dropped instead. */
  public int status() {
    return status;
  }

  /**
   * A copy of the body answered, or of the one that was dropped; empty where it was streamed, as a
   * whole backup is.
   */
  public byte[] answerBody() {
    return answerBody.clone();
  }

  /** Everything that the server saw in this request: line, headers and body. */
  public String requestText() {
    StringBuilder text = new StringBuilder(method).append(' ').append(uri).append('\n');
    headers.forEach(h -> text.append(h.getKey()).append(": ").append(h.getValue()).append('\n'));
    return text.append('\n').append(new String(requestBody, StandardCharsets.UTF_8)).toString();
  }

  @Override
  public String toString() {
    return method + " " + path() + " " + status;
  }
}
