package io.matrixrtc.widget.drivers;

import io.matrixrtc.widget.host.FramePort;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.UiDriver;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a widget is shown, and the user before it.
 *
 * @param frame the way to the iframe
 * @param listener told of what happens in the session
 * @param consent what the widget may do
 * @param ui what surrounds it; without one, nothing does
 */
public record WidgetScreen(
    FramePort frame, Consumer<HostEvent> listener, WidgetConsent consent, Optional<UiDriver> ui) {

  /** A screen with the widget alone. */
  public static WidgetScreen of(
      FramePort frame, Consumer<HostEvent> listener, WidgetConsent consent) {
    return new WidgetScreen(frame, listener, consent, Optional.empty());
  }
}
