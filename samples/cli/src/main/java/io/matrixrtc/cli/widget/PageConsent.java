package io.matrixrtc.cli.widget;

import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.drivers.WidgetConsent;
import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.OpenIdDriver.Standing;
import io.matrixrtc.widget.host.RoomView;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Consent of the user before a page.
 *
 * @param roomId the room that the widget is shown in
 * @param rooms knows what rooms are called
 * @param unasked what the widget may have without a question
 * @param trusted whether it may prove who the user is without a question
 */
record PageConsent(
    HostPage page, String roomId, RoomView rooms, Set<Capability> unasked, boolean trusted)
    implements WidgetConsent {

  @Override
  public CapabilityPolicy capabilities() {
    return CapabilityPolicy.allowElseAsk(unasked, page.policy(roomId, rooms::name));
  }

  @Override
  public Standing openId(String widgetId) {
    return trusted ? Standing.ALLOWED : Standing.ASK;
  }

  @Override
  public CompletionStage<Boolean> askOpenId(String widgetId) {
    return page.askOpenId();
  }
}
