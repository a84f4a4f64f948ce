package io.matrixrtc.interop;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The host page in Chromium; what is behind it, its clock and its widget do what a test says. */
final class HostPageByHand implements AutoCloseable {
  private final ServedFiles files;
  private final Playwright playwright;
  private final HostedPage page;
  private final RelayByHand relay;

  HostPageByHand() throws IOException {
    files = ServedFiles.of(Map.of("/", "/io/matrixrtc/widget/bridge/", "/widget/", "/reload/"));
    playwright = Playwright.create();
    Browser browser = HostedCall.launch(playwright);
    BrowserContext context = browser.newContext();
    context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
    Page tab = context.newPage();
    tab.clock().install();
    page = new HostedPage(tab);
    relay = new RelayByHand(tab, widgetOrigin(), widgetOrigin() + "/widget/widget.html");
    page.open("http://127.0.0.1:" + files.port() + "/host.html");
    page.await(() -> relay.loads() == 1);
  }

  /** Where the widget comes from. */
  String widgetOrigin() {
    return "http://localhost:" + files.port();
  }

  HostedPage page() {
    return page;
  }

  RelayByHand relay() {
    return relay;
  }

  Frame frame() {
    return page.page().frames().get(1);
  }

  /** The widget asks, without waiting. */
  void post(String action, String requestId, Object data) {
    frame()
        .evaluate(
            "([action, id, data]) => ask(action, id, data)", List.of(action, requestId, data));
  }

  /** The widget asks; done when the server has it. */
  void ask(String action, String requestId, Object data) {
    post(action, requestId, data);
    page.await(() -> relay.has(requestId));
  }

  void awaitHeard(String requestId) {
    page.await(() -> heard().contains(requestId));
  }

  /** The ids of what this document of the widget has heard. */
  List<String> heard() {
    return List.of(String.valueOf(frame().evaluate("heard.join()")).split(","));
  }

  /** What it has heard, as JSON. */
  String messages() {
    return String.valueOf(frame().evaluate("messages.join()"));
  }

  @Override
  public void close() {
    playwright.close();
    files.close();
  }
}
