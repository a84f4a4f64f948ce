package io.matrixrtc.widget.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Optional;

/**
 * A refusal, as it stands in {@code response.error}.
 *
 * @param message for people
 * @param matrixApiError there if and only if the homeserver refused a call made for this request
 */
public record WidgetError(String message, Optional<MatrixApiError> matrixApiError) {

  /** A refusal by the host or the widget itself. */
  public static WidgetError of(String message) {
    return new WidgetError(message, Optional.empty());
  }

  /** What a host says about an action that it does not know. */
  public static WidgetError unknownFromWidget(String action) {
    return of("Unknown or unsupported from-widget action: " + action);
  }

  /** What a widget says about an action that it does not know. */
  public static WidgetError unknownToWidget(String action) {
    return of("Unknown or unsupported to-widget action: " + action);
  }

  /** The payload of the reply. */
  public ObjectNode toResponse() {
    ObjectNode response = Json.newObject();
    ObjectNode error = response.putObject("error").put("message", message);
    matrixApiError.ifPresent(cause -> error.set("matrix_api_error", cause.toJson()));
    return response;
  }

  /** The error in a reply; empty if it is none: an error has a message that is a string. */
  public static Optional<WidgetError> from(ObjectNode response) {
    return response.path("error") instanceof ObjectNode error && error.path("message").isTextual()
        ? Optional.of(
            new WidgetError(
                error.get("message").textValue(),
                MatrixApiError.from(error.path("matrix_api_error"))))
        : Optional.empty();
  }
}
