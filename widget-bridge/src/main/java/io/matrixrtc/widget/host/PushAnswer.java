package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.WidgetError;

/** What the widget said to a request of the host. */
sealed interface PushAnswer {
  /** It took it. */
  record Taken(ObjectNode response) implements PushAnswer {}

  /** It refused. */
  record Refused(WidgetError error) implements PushAnswer {}

  /** It did not answer in time, or too much was waiting for it. */
  record Lost() implements PushAnswer {}
}
