package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A widget that tries what it must not, in a real browser. Beside each try is one that works. */
@Tag("interop")
final class HostileWidgetPageTest {
  private static final Pattern EVENT_ID = Pattern.compile("\"event_id\":\"[^\"]+\"");
  private static final String NOTHING = "null";

  private ServedFiles files;
  private HostedCall call;
  private HostedPage page;

  @BeforeEach
  void open(TestInfo info) throws Exception {
    files = ServedFiles.of(Map.of("/", "/hostile/"));
    URI widget = URI.create("http://127.0.0.1:" + files.port() + "/widget.html");
    call =
        new HostedCall(
            "HostileWidgetPageTest." + info.getTestMethod().orElseThrow().getName(),
            new HostedCall.Options(Optional.of(widget), true),
            "alice");
    page = call.open("alice", ColorScheme.LIGHT);
    page.page().locator("#consent[open]").waitFor();
  }

  @AfterEach
  void close() throws Exception {
    call.close();
    files.close();
  }

  private Frame frame() {
    return page.page().frames().stream()
        .filter(one -> one.parentFrame() == page.page().mainFrame())
        .filter(one -> one.url().contains("widgetId="))
        .findFirst()
        .orElseThrow();
  }

  private Object run(String script) {
    return frame().evaluate(script);
  }

  /** What comes back of an attack, as JSON. */
  private String tried(String attack) {
    return String.valueOf(run("Promise.resolve(attacks." + attack + "()).then(JSON.stringify)"));
  }

  private void allow() {
    page.page().locator("#consent[open]").waitFor();
    page.page().locator("#consent-yes").click();
    page.await(() -> run("approved !== null").equals(true));
  }

  private void awaitTold(String... words) {
    page.await(() -> List.of(words).stream().allMatch(page.events()::contains));
  }

  private void assertHostIsUp() {
    assertThat(tried("allowed")).as("the host stays up").contains("event_id");
  }

  @Test
  void nothingLeaksTheHostStaysUpAndTheUserIsTold() {
    assertThat(tried("allowed")).as("before the user has decided").contains("error");
    allow();
    assertThat(String.valueOf(run("JSON.stringify(approved)")))
        .contains("m.reaction", "org.example.note")
        .doesNotContain("m.room_key");
    assertThat(tried("allowed")).as("control").contains("event_id");
    assertThat(tried("versions")).as("control").contains("supported_versions");
    assertThat(page.events()).as("nothing was dropped so far").doesNotContain("dropped");

    assertThat(tried("otherRoom")).contains("Unable to access room");
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");
    assertThat(tried("unknown")).contains("Unknown or unsupported");
    assertThat(tried("forgedId")).isEqualTo(NOTHING);
    awaitTold("wrong widget id");
    assertThat(tried("prototype")).isEqualTo(NOTHING);
    awaitTold("malformed");
    assertThat(tried("internal")).contains("Cannot send to-device events of this type");
    List<String> answers =
        EVENT_ID.matcher(tried("replay")).results().map(MatchResult::group).toList();
    assertThat(answers).as("two answers for one event").hasSize(2);
    assertThat(Set.copyOf(answers)).hasSize(1);
    awaitTold("repeated request");
    assertHostIsUp();

    run("location.reload()");
    page.page().locator("#consent[open]").waitFor();
    assertThat(tried("allowed")).as("old grants are gone").contains("error");
    allow();
    assertThat(tried("allowed")).as("control").contains("event_id");
    awaitTold("loaded again");

    page.inspect("events");
    page.screenshot("hostile-light-1280");
    run("attacks.flood()");
    page.page().getByText("the widget sent far too many messages").first().waitFor();
    assertThat(page.page().locator("#stage iframe").count()).as("it is gone").isZero();
  }

  @Test
  void otherWindowsAndOtherOriginsAreNotHeardAndTheUserIsToldOfEach() {
    allow();
    assertThat(tried("versions")).as("control").contains("supported_versions");
    assertThat(page.events()).doesNotContain("posing");

    assertThat(tried("frameWithin")).as("a frame of the same origin").isEqualTo(NOTHING);
    String origin = "http://127.0.0.1:" + files.port();
    awaitTold("A message posing as the widget's, of another window, from " + origin);
    assertThat(tried("otherOrigin")).as("a frame of another origin").isEqualTo(NOTHING);
    awaitTold("of another window, from http://localhost:" + files.port());
    assertThat(tried("popup")).as("a window of its own").isEqualTo(NOTHING);
    run("attacks.crowd(8)");
    awaitTold("10 messages posing as the widget's, of another window, from " + origin);
    assertThat(page.events()).as("not of each").doesNotContain("9 messages");
    assertThat(tried("versions")).as("control").contains("supported_versions");
    assertHostIsUp();
  }

  @Test
  void whatJsonCannotHoldIsRefusedAtOnceAndTheUserIsTold() {
    allow();
    assertThat(tried("huge")).contains("Message too long");
    awaitTold("not passed on: Message too long");
    assertThat(tried("cycle")).as("left and right of it are itself").contains("Message too deep");
    awaitTold("not passed on: Message too deep");
    assertThat(tried("bomb")).as("a million million parts").contains("Message too long");
    assertThat(tried("holes")).as("a list of 4,294,967,295").contains("Message too long");
    assertThat(tried("number")).as("a BigInt").contains("Message is no JSON");
    assertHostIsUp();
  }

  @Test
  void repliesCountOnceAndInAnyOrderForWhatWasAsked() {
    allow();
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");
    run("answer(asked, {capabilities: [...wanted, MESSAGES]})");
    awaitTold("unknown reply");
    assertThat(page.page().locator("#consent[open]").count()).as("no question").isZero();
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");

    run("keeps = true");
    int changes = 0;
    for (ColorScheme colors : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colors));
      int expected = ++changes; // the browser may put two changes at a time into one
      page.await(() -> run("kept.length").equals(expected));
    }
    assertThat(run("kept.map((one) => one.action).join()")).isEqualTo("theme_change,theme_change");
    run("answer({...kept[0], action: 'capabilities'}, {capabilities: [MESSAGES]})");
    awaitTold("reply of another action");
    run("answer({...kept[0], requestId: 'unheard of'})");
    int dropped = droppedReplies(3);
    run("answer(kept[1]); answer(kept[0])");
    assertHostIsUp(); // messages stay in order: both have been read
    assertThat(droppedReplies(3)).as("in another order is fine").isEqualTo(dropped);
    run("answer(kept[0])");
    assertThat(droppedReplies(4)).as("control: once more is not").isEqualTo(4);
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");

    run("keeps = false; attacks.renegotiate()");
    page.page().locator("#consent[open]").waitFor();
    page.page().locator("#consent-yes").click();
    page.await(() -> String.valueOf(run("approved.join()")).contains("m.room.message"));
    assertThat(tried("undeclared")).as("control: it is declared now").contains("event_id");
  }

  /** How many replies the user was told of; waits for {@code atLeast}. */
  private int droppedReplies(int atLeast) {
    Pattern told = Pattern.compile("unknown reply|reply of another action");
    page.await(() -> told.matcher(page.events()).results().count() >= atLeast);
    return (int) told.matcher(page.events()).results().count();
  }
}
