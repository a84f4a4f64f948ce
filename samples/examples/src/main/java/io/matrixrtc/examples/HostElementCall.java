package io.matrixrtc.examples;

import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.drivers.WidgetAccount;
import io.matrixrtc.widget.embed.ElementCallSessions;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;

/** Element Call in someone's Vert.x app, for calls of an account of the app's. */
public final class HostElementCall {
  private HostElementCall() {}

  /**
   * Adds the page to the app; users open it by {@code bridge.link(roomId)}. The app's server is
   * made with {@code BridgeSettings.usualServerOptions()}: the page's socket carries long messages.
   *
   * @param account whose client was given an {@code AccountFeed} as its listener, and all state
   * @param page where users reach the page
   * @param elementCall where Element Call's embedded {@code index.html} is served; another origin
   */
  public static WidgetBridge mount(
      Vertx vertx, Router router, WidgetAccount account, URI page, URI elementCall) {
    BridgeSettings settings = BridgeSettings.of(page, elementCall.toString());
    WidgetBridge bridge =
        new WidgetBridge(vertx, settings, ElementCallSessions.of(account, settings, elementCall));
    bridge.mount(router);
    return bridge;
  }
}
