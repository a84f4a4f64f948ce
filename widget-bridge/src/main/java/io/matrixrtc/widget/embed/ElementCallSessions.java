package io.matrixrtc.widget.embed;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.UrlTemplate;
import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.drivers.WidgetAccount;
import io.matrixrtc.widget.drivers.WidgetConsent;
import io.matrixrtc.widget.drivers.WidgetScreen;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Element Call for the calls of one account; a ticket is the id of a room. It is granted what it
 * asks for (EC-CAPS) and shown links are offered on the page.
 *
 * <pre>{@code
 * BridgeSettings settings = BridgeSettings.of(page, elementCall.toString());
 * WidgetSessions calls = ElementCallSessions.of(account, settings, elementCall);
 * WidgetBridge bridge = new WidgetBridge(vertx, settings, calls);
 * bridge.mount(router);
 * String link = bridge.link(roomId);
 * }</pre>
 *
 * @param account whose calls they are; does not block
 * @param settings those of the bridge
 * @param elementCall where {@code index.html} of the embedded build is served
 * @param trust what a device that sends a call key must meet, besides the account's own policy
 * @param more parameters of its URL: {@code intent}, {@code lang} ...
 */
public record ElementCallSessions(
    WidgetAccount account,
    BridgeSettings settings,
    URI elementCall,
    TrustRequirement trust,
    Map<String, String> more)
    implements WidgetSessions {
  private static final int WIDGET_ID_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  public ElementCallSessions {
    more = Map.copyOf(more);
  }

  /** With keys of cross-signed devices alone, and a lobby. */
  public static ElementCallSessions of(
      WidgetAccount account, BridgeSettings settings, URI elementCall) {
    Map<String, String> usual =
        Map.of("intent", ElementCall.Intent.START_CALL.wireName(), "perParticipantE2EE", "true");
    return new ElementCallSessions(
        account, settings, elementCall, TrustRequirement.CROSS_SIGNED, usual);
  }

  @Override
  public CompletionStage<Optional<Opened>> open(String roomId, HostPage page) {
    return account
        .prepare(roomId)
        .thenApply(
            result ->
                result.fold(known -> Optional.of(host(roomId, page)), failure -> Optional.empty()));
  }

  private Opened host(String roomId, HostPage page) {
    page.callRooms(account.rooms()::name);
    String id = newId();
    DeviceAddress self = account.address();
    var granted = ElementCall.capabilities(self.userId(), self.deviceId(), roomId);
    WidgetHost host =
        account.host(
            HostedWidget.call(id, elementCall.toString(), self, roomId).withTrust(trust),
            HostLimits.DEFAULT,
            WidgetScreen.of(page.frame(), page.listener(), WidgetConsent.trusted(granted))
                .offering(page::offer),
            page.scheduler(),
            RANDOM);
    return new Opened(host, url(id, self, roomId, page.prefersDark()));
  }

  private URI url(String widgetId, DeviceAddress self, String roomId, boolean dark) {
    Map<String, String> parameters = new HashMap<>(more);
    parameters.putIfAbsent("theme", dark ? "dark" : "light");
    UrlTemplate.Known known =
        new UrlTemplate.Known(
            self.userId(),
            self.deviceId(),
            roomId,
            self.userId(),
            "",
            widgetId,
            "",
            "",
            "",
            account.homeserver().toString());
    return ElementCall.url(elementCall, widgetId, settings.publicUrl(), known, parameters);
  }

  private static String newId() {
    byte[] bytes = new byte[WIDGET_ID_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
