package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Keyboard;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The host page around Element Call for everybody: axe finds nothing serious, on small screens and
 * large ones, light and dark; and it takes no mouse.
 */
@Tag("interop")
final class HostPageAccessTest {
  private static final String OFFER_A_LINK =
      "import(new URL('offer.js', location.href)).then(it =>"
          + " it.offer('https://matrix.to/#/%23a-room:example.org'))";
  private static final Path AXE = Path.of("target/playwright/node_modules/axe-core/axe.min.js");
  private static final List<Integer> WIDTHS = List.of(360, 1280);
  private static final List<String> TABS =
      List.of("traffic", "members", "grants", "events", "backup");
  private static final int MANY_TABS = 25;

  /** Serious and critical findings; the widget's frame is not ours. */
  private static final String FINDINGS =
      "axe.run(document, {iframes: false, resultTypes: ['violations']}).then((result) =>"
          + " result.violations.filter((one) => ['serious', 'critical'].includes(one.impact))"
          + ".map((one) => one.id + ' ' + one.nodes.map((node) => node.target.join(' ') + ' '"
          + " + node.failureSummary).join(' | ')))";

  private static List<?> findings(Page page) throws IOException {
    page.evaluate(Files.readString(AXE));
    return (List<?>) page.evaluate(FINDINGS);
  }

  /** Looks at a state of the page in both themes and at both widths. */
  private static List<String> look(HostedPage page, String state) throws IOException {
    List<String> found = new ArrayList<>();
    for (ColorScheme colors : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colors));
      for (int width : WIDTHS) {
        page.page().setViewportSize(width, width < 1000 ? 740 : 800);
        String name =
            "access-" + state + "-" + colors.name().toLowerCase(Locale.ROOT) + "-" + width;
        page.screenshot(name);
        findings(page.page()).forEach(one -> found.add(name + ": " + one));
        int wide = (int) page.page().evaluate("document.documentElement.scrollWidth");
        if (wide > width) {
          found.add(name + ": scrolls sideways, " + wide + " px");
        }
      }
    }
    return found;
  }

  private static String focused(HostedPage page) {
    return String.valueOf(page.page().evaluate("document.activeElement.id"));
  }

  /** Moves the focus on by the Tab key alone. */
  private static void tabTo(HostedPage page, String id) {
    press(page, "Tab", id);
  }

  private static void press(HostedPage page, String key, String id) {
    for (int i = 0; i < MANY_TABS && !focused(page).equals(id); i++) {
      page.page().keyboard().press(key);
    }
    assertThat(focused(page)).isEqualTo(id);
  }

  private static void tabBackTo(HostedPage page, String id) {
    press(page, "Shift+Tab", id);
  }

  /** Filters, pauses, copies and reads the traffic by keyboard; returns what axe finds. */
  private static List<String> traffic(HostedPage page) throws IOException {
    Keyboard keys = page.page().keyboard();
    tabTo(page, "filter");
    keys.type("capabilities");
    Locator shown = page.page().locator("#log > li:not([hidden])");
    page.await(() -> shown.count() > 0 && shown.count() < page.page().locator("#log > li").count());
    for (String pressed : List.of("true", "false")) {
      tabTo(page, "pause");
      keys.press("Enter");
      assertThat(page.page().locator("#pause").getAttribute("aria-pressed")).isEqualTo(pressed);
    }
    tabTo(page, "copy");
    keys.press("Enter");
    page.page().getByText("messages copied.").waitFor();
    tabTo(page, "log");
    keys.press("Tab");
    keys.press("Enter");
    page.page().locator("#log pre").waitFor();
    return look(page, "message");
  }

  /** Says yes to each question, by keyboard, until there is none for a while. */
  private static void allowAll(HostedPage page) {
    while (page.page().locator("#consent[open]").count() > 0) {
      tabTo(page, "consent-yes");
      page.page().keyboard().press("Enter");
      page.page().waitForTimeout(2_000);
    }
  }

  @Test
  void axeFindsNothingSeriousAndTheKeyboardIsEnough(TestInfo info) throws Exception {
    try (HostedCall call =
        new HostedCall(
            "HostPageAccessTest." + info.getTestMethod().orElseThrow().getName(),
            new HostedCall.Options(Optional.empty(), true),
            "alice")) {
      String link = call.link("alice");
      HostedPage page = call.page("alice", ColorScheme.LIGHT).throughUs().open(link);
      Keyboard keys = page.page().keyboard();
      List<String> found = new ArrayList<>();
      page.page().locator("#consent[open]").waitFor();
      found.addAll(look(page, "consent"));
      assertThat(focused(page)).as("nothing is allowed by accident").isEqualTo("consent-no");
      tabTo(page, "consent-yes");
      keys.press("Enter");
      page.awaitLobby();
      found.addAll(look(page, "lobby"));

      page.page().locator("body").focus();
      tabTo(page, "toggle");
      keys.press("Enter");
      assertThat(focused(page)).isEqualTo("tab-traffic");
      page.hear(
          "{\"t\":\"backup\",\"phase\":\"running\",\"text\":\"Room keys come from the backup.\","
              + "\"total\":12000,\"done\":4600,\"failed\":3,\"seconds\":41}");
      for (String tab : TABS) {
        assertThat(focused(page)).isEqualTo("tab-" + tab);
        page.page().locator("#" + tab).waitFor();
        found.addAll(look(page, tab));
        keys.press("ArrowRight");
      }
      assertThat(focused(page)).as("and round").isEqualTo("tab-traffic");
      found.addAll(traffic(page));
      tabBackTo(page, "tab-traffic");
      keys.press("ArrowLeft");
      tabTo(page, "backup-button");
      assertThat(page.text("#backup-button")).isEqualTo("Pause");
      page.hear(
          "{\"t\":\"backup\",\"phase\":\"paused\",\"text\":\"Paused.\",\"total\":9,\"done\":4,\"failed\":0}");
      page.await(() -> page.text("#backup-button").equals("Resume"));
      assertThat(focused(page)).as("the focus stays").isEqualTo("backup-button");
      keys.press("Escape");
      assertThat(page.page().locator("#panel").isVisible()).isFalse();
      assertThat(focused(page)).isEqualTo("toggle");

      page.hear("{\"t\":\"advice\",\"text\":\"This session is not signed by you.\"}");
      page.page().locator("#advice").waitFor();
      found.addAll(look(page, "advice"));
      tabTo(page, "advice-hide");
      keys.press("Enter");
      assertThat(page.page().locator("#advice").isVisible()).isFalse();

      page.page().evaluate(OFFER_A_LINK);
      page.page().locator("#offer-link").waitFor();
      found.addAll(look(page, "offer"));
      tabTo(page, "offer-link");
      tabTo(page, "offer-hide");
      keys.press("Enter");
      assertThat(page.page().locator("#offer").isVisible()).isFalse();

      page.join();
      page.page().locator("#consent[open]").waitFor();
      found.addAll(look(page, "openid"));
      allowAll(page);
      found.addAll(look(page, "call"));
      page.cut();
      page.await(() -> page.text("#status").contains("Connection lost"));
      found.addAll(look(page, "lost"));
      page.reconnect();
      page.await(() -> !page.text("#status").contains("Connection lost"));
      tabBackTo(page, "hangup"); // out of the widget
      keys.press("Enter");
      page.page().getByText("The call is over.").waitFor();
      found.addAll(look(page, "over"));
      keys.press("Enter"); // on what has the focus: open it again
      page.page().locator("#stage iframe").waitFor();
      page.page().locator("#consent[open]").waitFor();
      tabTo(page, "consent-no");
      keys.press("Enter");

      page.open(link);
      page.page().locator("#stage").getByText("this link was used before").waitFor();
      found.addAll(look(page, "error"));
      tabTo(page, "toggle");
      assertThat(found).isEmpty();

      page.page()
          .evaluate("document.getElementById('title').innerHTML = '<img src=x><button></button>'");
      assertThat(findings(page.page())).as("control: axe does find things").isNotEmpty();
    }
  }
}
