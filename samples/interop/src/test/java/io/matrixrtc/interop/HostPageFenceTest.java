package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What sandbox and content security policy of the host page come to in Chromium; beside it a page
 * without them, where the same works.
 */
@Tag("interop")
final class HostPageFenceTest {
  private static final String LEAVE =
      "try { top.location.href = new URL('elsewhere.html', location.href).href; } catch (e) { }";

  /** Tries what the policy forbids, and returns what it says and what became of it. */
  private static final String TRY_ALL =
      """
      async (other) => {
        const violated = [];
        document.addEventListener('securitypolicyviolation', (one) => violated.push(one.effectiveDirective));
        const add = (name, attributes) => document.body.appendChild(Object.assign(document.createElement(name), attributes));
        add('script', { textContent: 'window.ran = true' });
        add('style', { textContent: 'html { outline-color: rgb(1, 2, 3) }' });
        add('script', { src: other + '/script.js' });
        add('img', { src: other + '/image.png' });
        const fetched = await fetch(other + '/widget.html', { mode: 'no-cors' }).then(() => true, () => false);
        const own = await fetch(location.pathname).then((it) => it.ok, () => false);
        await new Promise((done) => { add('iframe', { src: other + '/elsewhere.html' }).onload = done; setTimeout(done, 2000); });
        return [Boolean(window.ran), getComputedStyle(document.documentElement).outlineColor === 'rgb(1, 2, 3)', fetched, own,
          violated.sort().join()];
      }
      """;

  private ServedFiles files;
  private HostedCall call;
  private HostedPage page;

  @BeforeEach
  void open(TestInfo info) throws Exception {
    files = ServedFiles.of(Map.of("/", "/hostile/"));
    URI widget = URI.create(address("127.0.0.1", "widget.html"));
    call =
        new HostedCall(
            "HostPageFenceTest." + info.getTestMethod().orElseThrow().getName(),
            new HostedCall.Options(Optional.of(widget), true),
            "alice");
    page = call.open("alice", ColorScheme.LIGHT);
    page.page().locator("#consent-yes").click();
    page.await(() -> frame().evaluate("approved !== null").equals(true));
  }

  @AfterEach
  void close() throws Exception {
    call.close();
    files.close();
  }

  private String address(String host, String file) {
    return "http://" + host + ":" + files.port() + "/" + file;
  }

  private Frame frame() {
    return frameIn(page.page());
  }

  private static Frame frameIn(Page page) {
    return page.frames().stream()
        .filter(one -> one.parentFrame() == page.mainFrame())
        .findFirst()
        .orElseThrow();
  }

  /** A page without sandbox and policy. */
  private Page outside() {
    Page outside = page.page().context().newPage();
    outside.navigate(address("localhost", "outside.html"));
    return outside;
  }

  @Test
  void theWidgetCannotTakeThePageAway_BRIDGE_FRAME() {
    String before = page.page().url();
    frame().locator("p").click(); // only after that a browser lets any frame do it
    frame().evaluate(LEAVE);
    Page outside = outside();
    outside.evaluate("show('" + address("127.0.0.1", "widget.html") + "?widgetId=w')");
    frameIn(outside).locator("p").click();
    frameIn(outside).evaluate(LEAVE);
    outside.waitForURL("**/elsewhere.html"); // control: without a sandbox it can
    assertThat(page.page().url()).isEqualTo(before);
    assertThat(String.valueOf(frame().evaluate("attacks.versions().then(JSON.stringify)")))
        .as("and everything goes on")
        .contains("supported_versions");
    frame().evaluate("location.href = 'elsewhere.html'");
    page.await(() -> frame().url().endsWith("/elsewhere.html")); // control: its own frame
  }

  @Test
  void thePageRunsLoadsAndFramesNothingThatIsNotItsOwn_BRIDGE_CSP() {
    String other = "http://localhost:" + files.port();
    assertThat((List<?>) page.page().evaluate(TRY_ALL, other))
        .isEqualTo(
            List.of(
                false,
                false,
                false,
                true,
                "connect-src,frame-src,img-src,script-src-elem,script-src-elem,style-src-elem"));
    assertThat((List<?>) outside().evaluate(TRY_ALL, address("127.0.0.1", "").replaceAll("/$", "")))
        .as("control: without a policy")
        .isEqualTo(List.of(true, true, true, true, ""));
    assertThat(page.text("#title")).as("control: its own script runs").isNotEmpty();
    assertThat(frame().evaluate("document.title")).isEqualTo("A hostile widget");
  }

  @Test
  void noOtherPageMayFrameIt_BRIDGE_CSP() {
    String address = call.link("alice").replaceAll("#.*", "");
    Page outside = outside();
    List<String> told = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    outside.onConsoleMessage(message -> told.add(message.text()));
    outside.onRequest(request -> asked.add(request.url()));
    outside.evaluate("url => { show(url); }", address);
    page.await(() -> told.stream().anyMatch(text -> text.contains("frame-ancestors")));
    outside.evaluate("url => { show(url); }", address("127.0.0.1", "widget.html"));
    page.await(() -> outside.frames().stream().anyMatch(one -> one.url().endsWith("/widget.html")));
    assertThat(asked).as("its page is not shown").noneMatch(url -> url.endsWith("/host.js"));
    outside.navigate(address);
    page.await(() -> asked.stream().anyMatch(url -> url.endsWith("/host.js"))); // control
  }
}
