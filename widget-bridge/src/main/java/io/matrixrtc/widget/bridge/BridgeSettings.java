package io.matrixrtc.widget.bridge;

import io.matrixrtc.widget.api.WebOrigin;
import io.vertx.core.http.HttpServerOptions;
import java.net.URI;
import java.time.Duration;

/**
 * How a bridge serves.
 *
 * @param publicUrl where users reach it, for example {@code https://calls.example.org/widgets}
 * @param widgetOrigin the origin of the widget's files, kept as a browser writes it; another one
 *     than that of {@code publicUrl}
 * @param maxSessions most sessions at a time
 * @param maxMessageChars longest message of the relay
 * @param maxUnacknowledged most messages kept for a page that is away
 * @param maxUnacknowledgedChars their length in all
 * @param maxAbsence how long a page may be away before its session ends
 * @param linkLifetime how long a new link opens a session, if nothing else is said; a session that
 *     it has opened lives on without it (LINK-SHORT)
 * @param linkAdvice what a user whose link opens nothing (any more) is to do, in a sentence
 */
public record BridgeSettings(
    URI publicUrl,
    String widgetOrigin,
    int maxSessions,
    int maxMessageChars,
    int maxUnacknowledged,
    long maxUnacknowledgedChars,
    Duration maxAbsence,
    Duration linkLifetime,
    String linkAdvice) {
  /** Long enough to hand a link over and open it, too short for one that is found later. */
  public static final Duration USUAL_LINK_LIFETIME = Duration.ofMinutes(10);

  private static final int USUAL_MESSAGE_CHARS = 18 << 20;

  public BridgeSettings {
    if (linkLifetime.isNegative() || linkLifetime.isZero()) {
      throw new IllegalArgumentException("link lifetime: want more than none");
    }
    widgetOrigin = WebOrigin.of(widgetOrigin);
    if (origin(publicUrl).equals(widgetOrigin)) { // BRIDGE-ORIGIN
      throw new IllegalArgumentException("the widget must not share the host page's origin");
    }
  }

  /**
   * Everything else as is the custom.
   *
   * @param widgetOrigin may be any URL of that origin
   */
  public static BridgeSettings of(URI publicUrl, String widgetOrigin) {
    return new BridgeSettings(
        publicUrl,
        widgetOrigin,
        2_000,
        USUAL_MESSAGE_CHARS,
        4_096,
        64L << 20,
        Duration.ofSeconds(30),
        USUAL_LINK_LIFETIME,
        "Ask for a new link.");
  }

  /** With other links. */
  public BridgeSettings withLinks(Duration lifetime, String advice) {
    return new BridgeSettings(
        publicUrl,
        widgetOrigin,
        maxSessions,
        maxMessageChars,
        maxUnacknowledged,
        maxUnacknowledgedChars,
        maxAbsence,
        lifetime,
        advice);
  }

  /** Options for the server that carries the bridge: its relay needs longer messages than usual. */
  public HttpServerOptions serverOptions() {
    return serverOptions(maxMessageChars);
  }

  /** The same for settings that are not known yet, as the server's port is a part of them. */
  public static HttpServerOptions usualServerOptions() {
    return serverOptions(USUAL_MESSAGE_CHARS);
  }

  private static HttpServerOptions serverOptions(int chars) {
    return new HttpServerOptions()
        .setMaxWebSocketMessageSize(4 * chars) // UTF-8
        .setMaxWebSocketFrameSize(4 * chars);
  }

  String pageOrigin() {
    return origin(publicUrl);
  }

  private static String origin(URI url) {
    return WebOrigin.of(url.toString());
  }
}
