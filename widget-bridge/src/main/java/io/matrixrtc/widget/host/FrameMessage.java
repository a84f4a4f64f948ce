package io.matrixrtc.widget.host;

/**
 * What the host page saw posted.
 *
 * @param origin the event's origin, as the browser gave it
 * @param fromWidgetFrame whether the event's source was the widget's iframe
 * @param text the message as JSON text
 */
public record FrameMessage(String origin, boolean fromWidgetFrame, String text) {
  /** Without the text, which may hold keys. */
  @Override
  public String toString() {
    return "FrameMessage[" + origin + ", " + fromWidgetFrame + ", " + text.length() + " chars]";
  }
}
