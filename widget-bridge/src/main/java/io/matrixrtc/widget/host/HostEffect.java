package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.WidgetMessage;

/** What a {@link WidgetHostMachine} wants done, in order. */
public sealed interface HostEffect {

  /** Post the message to the iframe, with the widget's exact origin as target. */
  record Post(WidgetMessage message) implements HostEffect {}

  /** Make the call and hand its result to {@link WidgetHostMachine#onResult} with {@code id}. */
  record Call(long id, DriverCall<?> call) implements HostEffect {}

  /** Tell the app, which may tell the user. */
  record Report(HostEvent event) implements HostEffect {}
}
