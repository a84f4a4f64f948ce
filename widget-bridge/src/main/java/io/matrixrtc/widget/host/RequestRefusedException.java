package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.WidgetError;

/** A request of the widget that is not carried out; the widget is told why. */
final class RequestRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient WidgetError error;

  RequestRefusedException(WidgetError error) {
    super(error.message());
    this.error = error;
  }

  RequestRefusedException(String message) {
    this(WidgetError.of(message));
  }

  /** For a request that is not as it must be. */
  static RequestRefusedException invalid(String what) {
    return new RequestRefusedException("Invalid request - " + what);
  }

  /** For lack of a grant that has no text of its own. */
  static RequestRefusedException missingCapability() {
    return new RequestRefusedException("Missing capability");
  }

  WidgetError error() {
    return error;
  }
}
