package io.matrixrtc.widget.client;

import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.MessageReader;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A widget's own settings.
 *
 * @param widgetId the id from its URL
 * @param wanted what it asks for
 * @param versions what it implements
 * @param requestTimeout how long it waits for the host; 10 s is the custom
 * @param reader limits of what it reads
 */
public record WidgetSettings(
    String widgetId,
    List<Capability> wanted,
    Set<ApiVersion> versions,
    Duration requestTimeout,
    MessageReader reader) {
  public WidgetSettings {
    wanted = List.copyOf(wanted);
    versions = Set.copyOf(versions);
  }

  /** Everything else as is the custom. */
  public static WidgetSettings of(String widgetId, List<Capability> wanted) {
    return new WidgetSettings(
        widgetId,
        wanted,
        Set.of(ApiVersion.values()),
        Duration.ofSeconds(10),
        new MessageReader(16 << 20, 64));
  }
}
