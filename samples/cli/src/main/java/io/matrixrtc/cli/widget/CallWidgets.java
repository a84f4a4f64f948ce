package io.matrixrtc.cli.widget;

import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.UrlTemplate;
import io.matrixrtc.widget.api.WebOrigin;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.drivers.WidgetScreen;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.HostedWidget.LoadMode;
import io.matrixrtc.widget.host.HostedWidget.RoomScope;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Opens a widget for the account that a ticket names, by its user id: Element Call, or another one.
 */
final class CallWidgets implements WidgetSessions {
  private final Map<String, HostAccount> accounts;
  private final Hosted hosted;
  private final SecureRandom random = new SecureRandom();

  /**
   * What is hosted.
   *
   * @param roomId the room that it is shown in
   * @param page where the host page is
   * @param widgetPage where the widget is, with variables if it is another one than Element Call
   * @param isElementCall whether it is
   * @param asks whether Element Call asks for everything, too
   * @param trust what a device that sends a call key must meet
   */
  record Hosted(
      String roomId,
      URI page,
      String widgetPage,
      boolean isElementCall,
      boolean asks,
      TrustRequirement trust) {
    String origin() {
      return WebOrigin.of(widgetPage);
    }
  }

  CallWidgets(Map<String, HostAccount> accounts, Hosted hosted) {
    this.accounts = accounts;
    this.hosted = hosted;
  }

  @Override
  public CompletionStage<Optional<Opened>> open(String ticket, HostPage page) {
    HostAccount account = accounts.get(ticket);
    return account == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : account
            .widgets()
            .prepare(hosted.roomId)
            .thenApply(
                result ->
                    result.fold(
                        ready -> Optional.of(open(account, page)), failure -> Optional.empty()));
  }

  private Opened open(HostAccount account, HostPage page) {
    page.callRooms(account.widgets().rooms()::name);
    byte[] id = new byte[16];
    random.nextBytes(id);
    String widgetId = HexFormat.of().formatHex(id);
    HostedWidget widget =
        HostedWidget.call(widgetId, hosted.origin(), account.widgets().address(), hosted.roomId)
            .withTrust(hosted.trust);
    if (!hosted.isElementCall) {
      widget = widget.withScope(RoomScope.VIEWED).withLoadMode(LoadMode.ON_IFRAME_LOAD);
    }
    WidgetHost host =
        account
            .widgets()
            .host(
                widget,
                HostLimits.DEFAULT,
                WidgetScreen.of(page.frame(), listener(account, page), consent(account, page))
                    .offering(page::offer),
                page.scheduler(), // no driver of an account blocks
                random);
    account.show(page);
    return new Opened(host, url(account, widgetId, page.prefersDark()));
  }

  private static Consumer<HostEvent> listener(HostAccount account, HostPage page) {
    return event -> {
      page.listener().accept(event);
      if (event instanceof HostEvent.Ended) {
        account.forget(page);
      }
    };
  }

  private PageConsent consent(HostAccount account, HostPage page) {
    boolean trusted = hosted.isElementCall && !hosted.asks;
    Set<Capability> unasked =
        trusted
            ? ElementCall.capabilities(
                account.userId(), account.client().device().deviceId(), hosted.roomId)
            : Set.of();
    return new PageConsent(page, hosted.roomId, account.widgets().rooms(), unasked, trusted);
  }

  private URI url(HostAccount account, String widgetId, boolean dark) {
    UrlTemplate.Known known =
        new UrlTemplate.Known(
            account.userId(),
            account.client().device().deviceId(),
            hosted.roomId,
            account.userId(),
            "",
            widgetId,
            "io.matrixrtc.widget-host",
            dark ? "dark" : "light",
            "en",
            account.client().matrix().api().homeserver().toString());
    if (hosted.isElementCall) {
      return ElementCall.url(
          URI.create(hosted.widgetPage),
          widgetId,
          hosted.page,
          known,
          Map.of("intent", ElementCall.Intent.START_CALL.wireName(), "perParticipantE2EE", "true"));
    }
    String joint = hosted.widgetPage.contains("?") ? "&" : "?";
    String query = joint + "widgetId=$matrix_widget_id&parentUrl=$parent_url";
    int fragment = hosted.widgetPage.indexOf('#');
    String template =
        fragment < 0
            ? hosted.widgetPage + query
            : hosted.widgetPage.substring(0, fragment)
                + query
                + hosted.widgetPage.substring(fragment);
    return UrlTemplate.of(known, Map.of("parent_url", hosted.page.toString())).fill(template);
  }
}
