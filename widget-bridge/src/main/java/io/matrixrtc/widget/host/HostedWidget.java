package io.matrixrtc.widget.host;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.WebOrigin;
import java.util.Set;

/**
 * The widget that a session hosts, and for whom.
 *
 * @param widgetId chosen by the host; random, 128 bits
 * @param origin of the widget's page, for example {@code https://call.example.org}; kept as a
 *     browser writes it
 * @param account user and device that the widget acts for
 * @param roomId the room that the widget is shown in
 * @param scope whether other rooms can ever be used
 * @param loadMode when negotiation starts
 * @param versions what the host implements
 * @param trust what the device that sent a call key must meet
 */
public record HostedWidget(
    String widgetId,
    String origin,
    DeviceAddress account,
    String roomId,
    RoomScope scope,
    LoadMode loadMode,
    Set<ApiVersion> versions,
    TrustRequirement trust) {

  /** Which rooms a widget can get at. */
  public enum RoomScope {
    /** One room for the whole session, whatever is granted: call widgets (ROOM-PIN). */
    PINNED,
    /** The room on screen, which may change, and those with a timeline grant. */
    VIEWED
  }

  /** {@code waitForIframeLoad} of a widget's definition. */
  public enum LoadMode {
    /** Start when the iframe has loaded. */
    ON_IFRAME_LOAD,
    /** Start when the widget says {@code content_loaded}: Element Call. */
    ON_CONTENT_LOADED
  }

  public HostedWidget {
    origin = WebOrigin.of(origin);
    versions = Set.copyOf(versions);
  }

  /** A call widget: pinned to its room, starts by itself, keys of cross-signed devices alone. */
  public static HostedWidget call(
      String widgetId, String origin, DeviceAddress account, String roomId) {
    return new HostedWidget(
        widgetId,
        origin,
        account,
        roomId,
        RoomScope.PINNED,
        LoadMode.ON_CONTENT_LOADED,
        Set.of(ApiVersion.values()),
        TrustRequirement.CROSS_SIGNED);
  }

  /** This widget with other versions. */
  public HostedWidget withVersions(Set<ApiVersion> other) {
    return new HostedWidget(widgetId, origin, account, roomId, scope, loadMode, other, trust);
  }

  /** This widget with another scope. */
  public HostedWidget withScope(RoomScope other) {
    return new HostedWidget(widgetId, origin, account, roomId, other, loadMode, versions, trust);
  }

  /** This widget with another start. */
  public HostedWidget withLoadMode(LoadMode other) {
    return new HostedWidget(widgetId, origin, account, roomId, scope, other, versions, trust);
  }

  /** This widget with another trust requirement. */
  public HostedWidget withTrust(TrustRequirement other) {
    return new HostedWidget(widgetId, origin, account, roomId, scope, loadMode, versions, other);
  }
}
