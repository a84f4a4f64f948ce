package io.matrixrtc.examples;

import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.UrlTemplate;
import io.matrixrtc.widget.api.WebOrigin;
import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.SignedLinks;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.drivers.WidgetAccount;
import io.matrixrtc.widget.drivers.WidgetConsent;
import io.matrixrtc.widget.drivers.WidgetScreen;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Element Call in someone's Vert.x app, for calls of an account of the app's. The page must not
 * share an origin with Element Call.
 *
 * @param client of the account; given an {@code AccountFeed} as its listener, and all state
 * @param account the same client, with that feed
 * @param pool runs the sessions
 * @param page where users reach the page
 * @param elementCall where Element Call's embedded {@code index.html} is served
 */
public record HostElementCall(
    EncryptedClient client,
    WidgetAccount account,
    ScheduledExecutorService pool,
    URI page,
    URI elementCall)
    implements WidgetSessions {

  /** Its {@code serverOptions()} are for the server: the page's socket carries long messages. */
  public BridgeSettings settings() {
    return BridgeSettings.of(page, origin());
  }

  private String origin() {
    return WebOrigin.of(elementCall.toString());
  }

  /** Adds the page to the app; users open it by {@code bridge.link(roomId)}. */
  public WidgetBridge mount(Vertx vertx, Router router) {
    byte[] key = new byte[32]; // links are good until a restart
    new SecureRandom().nextBytes(key);
    WidgetBridge bridge =
        new WidgetBridge(vertx, settings(), new SignedLinks(key), this, InstantSource.system());
    bridge.mount(router);
    return bridge;
  }

  @Override
  public CompletionStage<Optional<Opened>> open(String roomId, HostPage shown) {
    return account
        .prepare(roomId)
        .thenApply(
            result ->
                result.fold(known -> Optional.of(host(roomId, shown)), no -> Optional.empty()));
  }

  private Opened host(String roomId, HostPage shown) {
    String id = UUID.randomUUID().toString();
    DeviceAddress self = account.address();
    var granted = ElementCall.capabilities(self.userId(), self.deviceId(), roomId);
    WidgetHost host =
        account.host(
            HostedWidget.call(id, origin(), self, roomId),
            HostLimits.DEFAULT,
            WidgetScreen.of(shown.frame(), shown.listener(), WidgetConsent.trusted(granted))
                .offering(shown::offer),
            new PoolScheduler(pool, InstantSource.system()),
            new SecureRandom());
    String homeserver = client.matrix().api().homeserver().toString();
    UrlTemplate.Known known =
        new UrlTemplate.Known(
            self.userId(), self.deviceId(), roomId, self.userId(), "", id, "", "", "", homeserver);
    return new Opened(
        host, ElementCall.url(elementCall, id, page, known, Map.of("perParticipantE2EE", "true")));
  }
}
