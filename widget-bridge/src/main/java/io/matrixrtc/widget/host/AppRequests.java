package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an app may ask of a widget by itself (ACTION-APP). The rest is the machine's own business.
 */
final class AppRequests {
  private static final Set<WidgetAction> ALLOWED =
      EnumSet.of(
          WidgetAction.THEME_CHANGE,
          WidgetAction.LANGUAGE_CHANGE,
          WidgetAction.VISIBILITY,
          WidgetAction.SCREENSHOT,
          WidgetAction.CALL_JOIN,
          WidgetAction.CALL_HANGUP,
          WidgetAction.CALL_DEVICE_MUTE,
          WidgetAction.CALL_TILE_LAYOUT,
          WidgetAction.CALL_SPOTLIGHT_LAYOUT,
          WidgetAction.CALL_PARTICIPANTS,
          WidgetAction.CALL_START_LIVE_STREAM);

  private AppRequests() {}

  static boolean isAllowed(WidgetAction action, CapabilitySet grants) {
    return ALLOWED.contains(action)
        && action.goes(Direction.TO_WIDGET)
        && (action != WidgetAction.SCREENSHOT || grants.has(Feature.SCREENSHOT));
  }
}
