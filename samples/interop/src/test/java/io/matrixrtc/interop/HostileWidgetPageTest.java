package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A widget that tries what it must not, in a real browser. Beside each try is one that works. */
@Tag("interop")
final class HostileWidgetPageTest {
  private static final Pattern EVENT_ID = Pattern.compile("\"event_id\":\"[^\"]+\"");

  private static URI widget(ServedFiles files) {
    return URI.create("http://127.0.0.1:" + files.port() + "/widget.html");
  }

  private static String tried(HostedPage page, String attack) {
    return String.valueOf(
        frame(page).evaluate("Promise.resolve(attacks." + attack + "()).then(JSON.stringify)"));
  }

  private static Frame frame(HostedPage page) {
    return page.page().frames().stream()
        .filter(one -> one.url().contains("widgetId="))
        .findFirst()
        .orElseThrow();
  }

  private static void allow(HostedPage page) {
    page.page().locator("#consent[open]").waitFor();
    page.page().locator("#consent-yes").click();
    page.await(() -> frame(page).evaluate("approved !== null").equals(true));
  }

  @Test
  void nothingLeaksTheHostStaysUpAndTheUserIsTold(TestInfo info) throws Exception {
    try (ServedFiles files = ServedFiles.of(Map.of("/", "/hostile/"));
        HostedCall call =
            new HostedCall(
                "HostileWidgetPageTest." + info.getTestMethod().orElseThrow().getName(),
                new HostedCall.Options(Optional.of(widget(files)), true),
                "alice")) {
      HostedPage page = call.open("alice", ColorScheme.LIGHT);
      page.page().locator("#consent[open]").waitFor();
      assertThat(tried(page, "allowed")).as("before the user has decided").contains("error");
      allow(page);
      assertThat(String.valueOf(frame(page).evaluate("JSON.stringify(approved)")))
          .contains("m.reaction", "org.example.note")
          .doesNotContain("m.room_key");
      assertThat(tried(page, "allowed")).as("control").contains("event_id");
      assertThat(tried(page, "versions")).as("control").contains("supported_versions");

      assertThat(tried(page, "otherRoom")).contains("Unable to access room");
      assertThat(tried(page, "undeclared")).contains("Cannot send room events of this type");
      assertThat(tried(page, "unknown")).contains("Unknown or unsupported");
      assertThat(tried(page, "forgedId")).isEqualTo("null");
      assertThat(tried(page, "frameWithin")).as("another window").isEqualTo("null");
      assertThat(tried(page, "prototype")).isEqualTo("null");
      assertThat(tried(page, "internal")).contains("Cannot send to-device events of this type");
      assertThat(tried(page, "huge")).contains("too long");
      List<String> answers =
          EVENT_ID.matcher(tried(page, "replay")).results().map(MatchResult::group).toList();
      assertThat(answers).as("two answers for one event").hasSize(2);
      assertThat(Set.copyOf(answers)).hasSize(1);
      assertThat(tried(page, "allowed")).as("the host stays up").contains("event_id");

      frame(page).evaluate("location.reload()");
      page.page().locator("#consent[open]").waitFor();
      assertThat(tried(page, "allowed")).as("old grants are gone").contains("error");
      allow(page);
      assertThat(tried(page, "allowed")).as("control").contains("event_id");

      page.inspect("events");
      assertThat(page.events()).contains("dropped").contains("loaded again");
      page.screenshot("hostile-light-1280");
      frame(page).evaluate("attacks.flood()");
      page.page().getByText("the widget sent far too many messages").first().waitFor();
      assertThat(page.page().locator("#stage iframe").count()).as("it is gone").isZero();
    }
  }
}
