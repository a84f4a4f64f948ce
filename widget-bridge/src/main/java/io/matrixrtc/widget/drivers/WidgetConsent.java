package io.matrixrtc.widget.drivers;

import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.OpenIdDriver.Standing;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the user, or the app for its user, allows a widget. */
public interface WidgetConsent {
  /** Who decides about capabilities. */
  CapabilityPolicy capabilities();

  /** Whether the widget may prove who the user is, if that is settled. */
  Standing openId(String widgetId);

  /** Asks the user whether the widget may prove who the user is. */
  CompletionStage<Boolean> askOpenId(String widgetId);

  /** For a widget of the app's own, such as its Element Call: this list, OpenID, and no more. */
  static WidgetConsent trusted(Set<Capability> list) {
    CapabilityPolicy policy = CapabilityPolicy.allow(list);
    return new WidgetConsent() {
      @Override
      public CapabilityPolicy capabilities() {
        return policy;
      }

      @Override
      public Standing openId(String widgetId) {
        return Standing.ALLOWED;
      }

      @Override
      public CompletionStage<Boolean> askOpenId(String widgetId) {
        return CompletableFuture.completedFuture(true);
      }
    };
  }
}
