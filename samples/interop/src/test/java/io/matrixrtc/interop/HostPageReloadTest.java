package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the host page lets through while the widget's document is replaced by another: rule
 * GRANT-RELOAD, as far as only the page can keep it. In Chromium; relay and clock are the test's.
 */
@Tag("interop")
final class HostPageReloadTest {
  private static final long HELD_MILLIS = 2_000;

  private ServedFiles files;
  private Playwright playwright;
  private HostedPage page;
  private RelayByHand relay;

  @BeforeEach
  void open() throws IOException {
    files = ServedFiles.of(Map.of("/", "/io/matrixrtc/widget/bridge/", "/widget/", "/reload/"));
    playwright = Playwright.create();
    Browser browser = HostedCall.launch(playwright);
    Page tab = browser.newPage();
    tab.clock().install();
    page = new HostedPage(tab);
    String origin = "http://localhost:" + files.port();
    relay = new RelayByHand(tab, origin, origin + "/widget/widget.html");
    page.open("http://127.0.0.1:" + files.port() + "/host.html");
    page.await(() -> relay.loads() == 1);
  }

  @AfterEach
  void close() {
    playwright.close();
    files.close();
  }

  private Frame frame() {
    return page.page().frames().get(1);
  }

  /** The widget asks; done when the server has it. */
  private void ask(String action, String requestId) {
    frame().evaluate("([action, id]) => ask(action, id)", List.of(action, requestId));
    page.await(() -> relay.has(requestId));
  }

  /** The widget asks and is answered; done when it has the answer. */
  private void negotiate(String action, String requestId) {
    ask(action, requestId);
    relay.answer(action, requestId);
    awaitHeard(requestId);
  }

  private void awaitHeard(String requestId) {
    page.await(() -> heard().contains(requestId));
  }

  private List<String> heard() {
    return List.of(String.valueOf(frame().evaluate("heard.join()")).split(","));
  }

  private void reload() {
    int loads = relay.loads();
    frame().evaluate("location.reload()");
    page.await(() -> relay.loads() > loads);
  }

  /** The control: a document that is there hears what is pushed, at once. */
  private void load() {
    negotiate("content_loaded", "loaded");
    relay.push("send_event", "first");
    awaitHeard("first");
  }

  @Test
  void grantReload_whatIsPushedToTheDocumentBeforeDoesNotReachTheNext() {
    load();

    reload();
    negotiate("supported_api_versions", "versions");
    relay.push("send_event", "before it says that it is there");
    relay.push("capabilities", "negotiation");
    awaitHeard("negotiation"); // messages stay in order: the event before would be there
    ask("content_loaded", "loaded again");
    relay.push("update_state", "before the server knows of it");
    relay.answer("content_loaded", "loaded again");
    relay.push("send_event", "after that");
    awaitHeard("after that");
    page.page().clock().runFor(2 * HELD_MILLIS);
    relay.push("send_event", "last");
    awaitHeard("last");
    assertThat(heard())
        .containsExactly("versions", "negotiation", "loaded again", "after that", "last");
  }

  @Test
  void grantReload_aDocumentThatAsksForVersionsAgainGetsAllLateAndInOrder() {
    load();

    negotiate("supported_api_versions", "versions");
    relay.push("send_event", "one");
    relay.push("update_state", "two");
    relay.push("capabilities", "negotiation");
    awaitHeard("negotiation");
    assertThat(heard()).doesNotContain("one", "two");
    page.page().clock().runFor(HELD_MILLIS);
    awaitHeard("two");
    relay.push("send_event", "three");
    awaitHeard("three");
    assertThat(heard()).endsWith("negotiation", "one", "two", "three");
  }
}
