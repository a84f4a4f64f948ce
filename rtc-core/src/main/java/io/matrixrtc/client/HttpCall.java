package io.matrixrtc.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * One HTTP request with an optional body: JSON, or the bytes of a file.
 *
 * @param method for example {@code PUT}
 * @param uri the whole URL
 * @param token sent as {@code Authorization: Bearer}, if present
 * @param body JSON text, sent as UTF-8
 * @param file sent instead of {@code body}, if present
 * @param timeout until the whole answer must be there
 */
public record HttpCall(
    String method,
    URI uri,
    Optional<AccessToken> token,
    Optional<String> body,
    Optional<UploadBody> file,
    Duration timeout) {

  /** A request without a file. */
  public HttpCall(
      String method,
      URI uri,
      Optional<AccessToken> token,
      Optional<String> body,
      Duration timeout) {
    this(method, uri, token, body, Optional.empty(), timeout);
  }

  /** Shows neither the body, nor the query, which may hold tokens. */
  @Override
  public String toString() {
    return "HttpCall[" + method + " " + uri.getPath() + "]";
  }
}
