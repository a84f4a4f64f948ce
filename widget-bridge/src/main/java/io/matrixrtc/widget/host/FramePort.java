package io.matrixrtc.widget.host;

/** The way to the iframe. */
@FunctionalInterface
public interface FramePort {
  /** Posts a message as JSON text, to the widget's exact origin. In order; must not block. */
  void post(String text);
}
