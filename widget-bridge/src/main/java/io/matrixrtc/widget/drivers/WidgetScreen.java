package io.matrixrtc.widget.drivers;

import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.host.FramePort;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.UiDriver;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where a widget is shown, and the user before it.
 *
 * @param frame the way to the iframe
 * @param listener told of what happens in the session
 * @param consent what the widget may do
 * @param links offers the user a link that the widget wants followed, and says whether it could;
 *     any thread, must not block
 * @param ui what surrounds it; without one, the widget is alone on it
 */
public record WidgetScreen(
    FramePort frame,
    Consumer<HostEvent> listener,
    WidgetConsent consent,
    Predicate<MatrixLink> links,
    Optional<UiDriver> ui) {

  /** A screen with the widget alone, on which links are offered to nobody. */
  public static WidgetScreen of(
      FramePort frame, Consumer<HostEvent> listener, WidgetConsent consent) {
    return new WidgetScreen(frame, listener, consent, link -> false, Optional.empty());
  }

  /** The same with somebody to offer links to, for example {@code page::offer} of a host page. */
  public WidgetScreen offering(Predicate<MatrixLink> offers) {
    return new WidgetScreen(frame, listener, consent, offers, ui);
  }
}
