package io.matrixrtc.widget.bridge;

import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The app behind a bridge: knows what a ticket stands for. */
@FunctionalInterface
public interface WidgetSessions {
  /**
   * Opens the host of a ticket's widget.
   *
   * @param page where the widget is shown; must be told the host's events
   * @return empty if the ticket stands for nothing (any more)
   */
  CompletionStage<Optional<Opened>> open(String ticket, HostPage page);

  /**
   * A session.
   *
   * @param host closed by the bridge when the session ends
   * @param widgetUrl what the iframe loads
   */
  record Opened(WidgetHost host, URI widgetUrl) {}
}
