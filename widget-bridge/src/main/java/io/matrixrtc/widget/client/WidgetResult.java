package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.WidgetError;

/** What became of a request to the host. */
public sealed interface WidgetResult {
  /** The host did it. */
  record Answered(ObjectNode response) implements WidgetResult {}

  /**
   * The host refused; with {@link WidgetError#matrixApiError} it was the homeserver.
   *
   * @param response the whole payload: {@code send_to_device} names failures beside the error
   */
  record Refused(WidgetError error, ObjectNode response) implements WidgetResult {}

  /** The host did not answer in time. Whether it did it is not known. */
  record TimedOut() implements WidgetResult {}

  /** The host does not have this; nothing was sent. */
  record Unsupported(ApiVersion missing) implements WidgetResult {}

  /** The widget was closed before there was an answer. */
  record Closed() implements WidgetResult {}
}
