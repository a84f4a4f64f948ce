package io.matrixrtc.widget.host;

/** What a {@link WidgetHostMachine} wants done, in order. */
public sealed interface HostEffect {

  /** Post the message, as JSON text, to the iframe, with the widget's exact origin as target. */
  record Post(String text) implements HostEffect {
    /** Without the text, which may hold keys. */
    @Override
    public String toString() {
      return "Post[" + text.length() + " chars]";
    }
  }

  /** Make the call and hand its result to {@link WidgetHostMachine#onResult} with {@code id}. */
  record Call(long id, DriverCall<?> call) implements HostEffect {}

  /** Tell the app, which may tell the user. */
  record Report(HostEvent event) implements HostEffect {}
}
