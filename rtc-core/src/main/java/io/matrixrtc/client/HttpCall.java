package io.matrixrtc.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * One HTTP request with an optional JSON body.
 *
 * @param method for example {@code PUT}
 * @param uri the whole URL
 * @param token sent as {@code Authorization: Bearer}, if present
 * @param body JSON text, sent as UTF-8
 * @param timeout until the whole answer must be there
 */
public record HttpCall(
    String method, URI uri, Optional<AccessToken> token, Optional<String> body, Duration timeout) {

  /** Shows neither the body, nor the query, which may hold tokens. */
  @Override
  public String toString() {
    return "HttpCall[" + method + " " + uri.getPath() + "]";
  }
}
