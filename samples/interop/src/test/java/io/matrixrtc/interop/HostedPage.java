package io.matrixrtc.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The host page in a browser, and Element Call in it. */
final class HostedPage extends WatchedPage {
  private static final double LOOK_MILLIS = 1_000;
  private static final Path SHOTS = Path.of("target", "screenshots");

  private final List<WebSocketRoute> relays = new ArrayList<>();
  private boolean offline;

  HostedPage(Page page) {
    super(page);
  }

  /** From the next load on, the relay goes through here and can be cut. */
  HostedPage throughUs() {
    page.routeWebSocket(
        "**/relay",
        relay -> {
          if (offline) {
            relay.close();
          } else {
            relays.add(relay);
            relay.connectToServer();
          }
        });
    return this;
  }

  HostedPage open(String link) {
    page.navigate(link);
    return this;
  }

  /** What the browser's console and the inspector have been told: the log of this page. */
  @Override
  List<String> log() {
    List<String> log = new ArrayList<>(super.log());
    log.add("events: " + events());
    log.add("members: " + page.locator("#member-list").textContent());
    return log;
  }

  private FrameLocator widget() {
    return page.frameLocator("#stage iframe");
  }

  HostedPage awaitLobby() {
    joinButton().waitFor();
    return this;
  }

  private Locator joinButton() {
    return widget().getByTestId("lobby_joinCall");
  }

  /** Joins from the lobby, and is done when the call's controls are there. */
  HostedPage join() {
    awaitLobby();
    joinButton().click();
    leaveButton().waitFor();
    return this;
  }

  private Locator leaveButton() {
    return widget().getByTestId("incall_leave");
  }

  /** Switches microphone and camera by the widget's own buttons. */
  void switchMedia() {
    widget().getByTestId("incall_mute").first().click();
    widget().getByTestId("incall_videomute").first().click();
  }

  /** Hangs up by the host page's own button. */
  void hangUp() {
    page.locator("#hangup").click();
    page.getByText("The call is over.").waitFor();
  }

  /** Opens a tab of the inspector. */
  HostedPage inspect(String tab) {
    if (!page.locator("#panel").isVisible()) {
      page.locator("#toggle").click();
    }
    page.locator("#tab-" + tab).click();
    return this;
  }

  /** Whether the inspector shows that keys went both ways with a device. */
  boolean hasKeysOf(DeviceAddress device) {
    inspect("members");
    return page.locator("#member-list li").allInnerTexts().stream()
        .anyMatch(
            line ->
                line.contains(device.userId() + " · " + device.deviceId())
                    && line.contains("we have its key")
                    && line.contains("it has our key"));
  }

  /** Forgets the traffic so far. */
  void clearTraffic() {
    inspect("traffic");
    page.locator("#clear").click();
  }

  /** Whether the traffic that is shown has a key of a device, and one for it that reached it. */
  boolean showsKeysBothWays(DeviceAddress device) {
    inspect("traffic");
    page.evaluate("document.querySelectorAll('#log details').forEach((it) => it.open = true)");
    boolean came = false;
    boolean went = false;
    for (String text : page.locator("#log pre").allTextContents()) {
      JsonNode message = read(text);
      JsonNode data = message.path("data");
      if (!data.path("type").asText().equals(CallKeyScenarios.KEYS)) {
        continue;
      }
      boolean ofDevice =
          data.path("sender").asText().equals(device.userId())
              && data.at("/content/member/claimed_device_id").asText().equals(device.deviceId());
      came |= ofDevice && !message.has("response");
      went |=
          data.path("messages").path(device.userId()).has(device.deviceId())
              && message.path("response").isEmpty()
              && message.has("response");
    }
    return came && went;
  }

  private static JsonNode read(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  /** What the inspector tells of events. */
  String events() {
    return String.valueOf(page.locator("#event-list").textContent());
  }

  /** The own device id, by the widget's address. */
  String deviceId() {
    String url = String.valueOf(page.locator("#stage iframe").getAttribute("src"));
    return url.replaceAll(".*[&?]deviceId=([^&]+).*", "$1");
  }

  /** Cuts the relay, and lets nothing through until {@link #reconnect}. */
  void cut() {
    offline = true;
    relays.forEach(relay -> relay.close());
    relays.clear();
  }

  void reconnect() {
    offline = false;
  }

  /** The server says something to the page, besides what it says by itself. */
  void hear(String frame) {
    relays.get(relays.size() - 1).send(frame);
  }

  /** The text of an element. */
  String text(String selector) {
    return String.valueOf(page.locator(selector).first().textContent());
  }

  /** Screenshots in both themes and at both widths; ends with the large one in the dark. */
  void screenshots(String name) {
    for (ColorScheme colors : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colors));
      for (int width : List.of(360, 1280)) {
        page.setViewportSize(width, width < 1000 ? 740 : 800);
        page.waitForTimeout(LOOK_MILLIS); // the widget follows in its own time
        screenshot(name + "-" + colors.name().toLowerCase(Locale.ROOT) + "-" + width);
      }
    }
  }

  /** Opens every message that the inspector has, for all that they hold to be on the page. */
  void expandTraffic() {
    inspect("traffic");
    page.evaluate("document.querySelectorAll('#log details').forEach((it) => it.open = true)");
    await(() -> page.locator("#log details:not(:has(pre))").count() == 0);
  }

  /** What the inspector's button puts into the clipboard. */
  String copyTraffic() {
    page.locator("#copy").click();
    page.getByText("messages copied.").waitFor();
    return String.valueOf(page.evaluate("navigator.clipboard.readText()"));
  }

  void screenshot(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")));
  }
}
