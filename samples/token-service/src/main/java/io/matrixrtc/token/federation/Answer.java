package io.matrixrtc.token.federation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * An HTTP answer of another server.
 *
 * @param status the status code
 * @param location the {@code Location} header
 * @param retryAfter the {@code Retry-After} header
 * @param body at most {@link CheckedHttp#MAX_ANSWER_BYTES}
 */
public record Answer(
    int status, Optional<String> location, Optional<String> retryAfter, Buffer body) {

  /** The body as a JSON object, if it is one. */
  public Optional<ObjectNode> json() {
    try {
      return Optional.of(Json.parseObject(body.getBytes()));
    } catch (MalformedJsonException e) {
      return Optional.empty(); // a server that talks nonsense says nothing
    }
  }

  /** Shows no body. */
  @Override
  public String toString() {
    return "Answer[" + status + ", " + body.length() + " bytes]";
  }
}
