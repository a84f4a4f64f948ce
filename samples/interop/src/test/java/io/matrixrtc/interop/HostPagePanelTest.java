package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.matrixrtc.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The side panel of the host page in Chromium: what it shows, and what it must not. */
@Tag("interop")
final class HostPagePanelTest {
  private static final String MEMBER = "org.matrix.msc3401.call.member";
  private static final String KEYS = "io.element.call.encryption_keys";

  /** What the test gives each secret: found nowhere if it is not shown. */
  private static final String SECRET = "Zm9yYmlkZGVu";

  private HostPageByHand hosted;
  private HostedPage page;
  private RelayByHand relay;

  @BeforeEach
  void open() throws IOException {
    hosted = new HostPageByHand();
    page = hosted.page();
    relay = hosted.relay();
    page.page().setViewportSize(1280, 800);
  }

  @AfterEach
  void close() {
    hosted.close();
  }

  private Locator shown() {
    return page.page().locator("#log > li:not([hidden])");
  }

  private void awaitShown(int messages) {
    page.await(() -> shown().count() == messages);
  }

  /** The room has an event for the widget; done when that has heard it. */
  private void happen(String id, String body) {
    relay.push("send_event", id, event(body));
    hosted.awaitHeard(id);
  }

  private static String event(String body) {
    return "{\"type\":\"org.example.note\",\"content\":{\"body\":\"" + body + "\"}}";
  }

  private void press(String id) {
    page.page().locator("#" + id).click();
  }

  @Test
  void aLinkOpensWhenTheUserChoosesItInAWindowThatKnowsNothingOfTheCall_UI_OFFER() {
    String link = "https://matrix.to/#/%23a-room:example.org";
    List<Page> others = new ArrayList<>();
    page.page().context().onPage(others::add);
    page.page()
        .context()
        .route("https://matrix.to/**", route -> route.fulfill(new Route.FulfillOptions()));
    relay.tell(Json.newObject().put("t", "link").put("url", "javascript:alert(1)"));
    happen("after", "so that the first one has been seen");
    assertThat(page.page().locator("#offer").isVisible()).isFalse();

    relay.tell(Json.newObject().put("t", "link").put("url", link));
    Locator offered = page.page().locator("#offer-link");
    offered.waitFor();
    assertThat(offered.textContent()).isEqualTo("https://matrix.to/#/#a-room:example.org");
    happen("later", "and nothing opens by itself");
    assertThat(others).isEmpty();

    offered.click();
    page.await(() -> others.size() == 1);
    others.get(0).waitForURL(link);
    assertThat(others.get(0).evaluate("window.opener === null && document.referrer === ''"))
        .isEqualTo(true);
    page.await(() -> !page.page().locator("#offer").isVisible());
  }

  @Test
  void trafficOfBothDirectionsIsShownFilteredPausedAndCopied() throws Exception {
    page.inspect("traffic");
    hosted.ask(
        "send_event",
        "asked",
        Map.of("type", "org.example.note", "content", Map.of("body", "of the widget")));
    happen("told", "of the room");
    awaitShown(2);
    assertThat(page.page().getByLabel("from the widget").count()).isEqualTo(1);
    assertThat(page.page().getByLabel("to the widget").count()).isEqualTo(1);
    page.expandTraffic();
    assertThat(page.text("#log")).contains("of the widget", "of the room", "org.example.note");

    page.page().locator("#filter").fill("OF THE ROOM");
    awaitShown(1);
    assertThat(page.text("#counts")).startsWith("1 shown of 2");
    happen("filtered", "of something else");
    happen("also", "again of the room");
    awaitShown(2);
    JsonNode some = Json.mapper().readTree(page.copyTraffic());
    assertThat(some.findValuesAsText("body")).containsExactly("of the room", "again of the room");
    page.page().locator("#filter").fill("");
    awaitShown(4);

    press("pause");
    happen("unseen", "while it was paused");
    assertThat(page.text("#counts")).startsWith("4 shown of 5, paused");
    press("pause");
    happen("seen", "after that");
    awaitShown(5);
    JsonNode all = Json.mapper().readTree(page.copyTraffic());
    assertThat(all.findValuesAsText("body"))
        .containsExactly(
            "of the widget", "of the room", "of something else", "again of the room", "after that");
    assertThat(all.findValuesAsText("direction"))
        .containsExactly("fromWidget", "toWidget", "toWidget", "toWidget", "toWidget");
    assertThat(all.get(0).path("message").path("requestId").asText()).isEqualTo("asked");
    assertThat(all.get(0).path("at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");

    press("clear");
    awaitShown(0);
    happen("then", "and then");
    awaitShown(1);
  }

  @Test
  void secretsAreNeitherOnThePageNorInWhatIsCopied() {
    page.inspect("traffic");
    Map<String, Object> key = Map.of("index", 7, "key", SECRET);
    Map<String, Object> content = Map.of("keys", key, "room_id", "!ordinary:localhost");
    hosted.ask(
        "send_to_device",
        "out",
        Map.of("type", KEYS, "messages", Map.of("@a:localhost", Map.of("D", content))));
    relay.push(
        "send_to_device",
        "in",
        "{\"type\":\""
            + KEYS
            + "\",\"content\":{\"keys\":[{\"index\":8,\"key\":\""
            + SECRET
            + "\"}],\"note\":\"an ordinary value\"}}");
    hosted.ask("send_to_device", "sticky", Map.of("media_key", key, "session_key", SECRET));
    for (String response :
        List.of(
            "{\"state\":\"allowed\",\"access_token\":\""
                + SECRET
                + "\",\"matrix_server_name\":\"ordinary.example\"}",
            "{\"uris\":[\"turn:ordinary.example\"],\"username\":\"u\",\"password\":\""
                + SECRET
                + "\"}",
            "{\"jwt\":\"" + SECRET + "\",\"url\":\"wss://ordinary.example\"}",
            "{\"file\":\"" + SECRET + "\"}",
            "{\"delay_id\":\"" + SECRET + "\"}",
            "{\"encryption\":{\"key\":{\"kty\":\"oct\",\"k\":\"" + SECRET + "\"}}}")) {
      relay.answer("an_action", "out", "{}", response);
    }
    Map<String, Object> file = Map.of("key", Map.of("kty", "oct", "k", SECRET), "iv", "an iv");
    hosted.ask("download_file", "attachment", Map.of("encryption", file));
    hosted
        .frame()
        .evaluate("ask('upload_file', 'file', {file: new Blob([atob('" + SECRET + "')])})");
    page.await(() -> relay.has("file"));
    relay.push("done", "last");
    hosted.awaitHeard("last");
    awaitShown(12);

    assertThat(hosted.messages().split(SECRET, -1))
        .as("control: the widget was told them")
        .hasSize(8);
    assertThat(String.join("", relay.messages()).split(SECRET, -1))
        .as("control: and told them")
        .hasSize(6);
    page.expandTraffic();
    assertThat(page.text("#log"))
        .contains("an ordinary value", "ordinary.example", "!ordinary:localhost", "8");
    assertThat(page.page().content()).contains("an ordinary value").doesNotContain(SECRET);
    assertThat(page.copyTraffic())
        .contains("an ordinary value", "ordinary.example")
        .doesNotContain(SECRET);
    page.page().locator("#filter").fill(SECRET);
    awaitShown(0);
    page.page().locator("#filter").fill("an ordinary value");
    awaitShown(1);
  }

  @Test
  void whatIsKeptOfTheTrafficHasABound() {
    page.inspect("traffic");
    String large = "x".repeat(7 << 20);
    happen("one", large);
    happen("two", large);
    awaitShown(2);
    happen("three", large);
    awaitShown(2);
    happen("four", "small");
    awaitShown(3);
    hosted.ask(
        "send_event", "to the edge", Map.of("body", "x".repeat(RelayByHand.MAX_CHARS - 200)));
    hosted.post("send_event", "and beyond", Map.of("body", "x".repeat(RelayByHand.MAX_CHARS)));
    hosted.awaitHeard("and beyond");
    assertThat(relay.has("and beyond")).isFalse();
    assertThat(page.text("#log")).contains("send_event");
    assertThat(page.events()).contains("Message too long");
  }

  /** The widget's frame goes to its page at another origin. */
  private void show(String origin) {
    int loads = relay.loads();
    hosted.frame().evaluate("url => { location.href = url; }", origin + "/widget/widget.html");
    page.await(() -> relay.loads() > loads);
  }

  @Test
  void anotherPageInTheFrameIsNotHeardAndTheUserIsTold() {
    hosted.ask("send_event", "genuine", Map.of());
    assertThat(page.events()).doesNotContain("posing");
    show(hosted.widgetOrigin().replace("localhost", "127.0.0.1"));
    hosted.post("send_event", "forged", Map.of());
    page.await(
        () -> page.events().contains("posing as the widget's, of another page in its frame"));
    show(hosted.widgetOrigin());
    hosted.ask("send_event", "genuine again", Map.of());
    assertThat(relay.has("forged")).isFalse();
  }

  @Test
  void thePermissionsAreShownAsTheyWereDecided() {
    page.inspect("grants");
    page.page().locator("#no-grants").waitFor();
    relay.tell(
        Json.newObject()
            .put("t", "granted")
            .set(
                "items",
                Json.mapper()
                    .createArrayNode()
                    .add(
                        Json.newObject()
                            .put("id", "send.one")
                            .put("text", "Send one")
                            .put("granted", true))
                    .add(
                        Json.newObject()
                            .put("id", "send.two")
                            .put("text", "Send two")
                            .put("granted", false))));
    page.page().getByText("send.one").waitFor();
    assertThat(page.page().locator("#grant-list .granted").allTextContents())
        .containsExactly("Allowed: Send one");
    assertThat(page.page().locator("#grant-list .denied").allTextContents())
        .containsExactly("Not allowed: Send two");
    assertThat(page.page().locator("#no-grants").isVisible()).isFalse();
  }

  private static String member(String user, String device, boolean joined) {
    return "{\"state\":[{\"type\":\""
        + MEMBER
        + "\",\"sender\":\""
        + user
        + "\",\"state_key\":\"_"
        + user
        + "_"
        + device
        + "\",\"content\":"
        + (joined ? "{\"device_id\":\"" + device + "\"}" : "{}")
        + "}]}";
  }

  private String line(String device) {
    return page.page()
        .locator("#member-list li")
        .filter(new Locator.FilterOptions().setHasText(device))
        .locator(".keys")
        .innerText();
  }

  @Test
  void theMembersOfTheCallAreShownWithTheStateOfTheirKeys() {
    page.inspect("members");
    page.page().locator("#no-members").waitFor();
    relay.push(
        "update_state",
        "name",
        "{\"state\":[{\"type\":\"m.room.member\",\"state_key\":\"@b:x\",\"content\":{\"displayname\":\"Bob\"}}]}");
    for (String device : List.of("FIRST", "SECOND", "THIRD")) {
      relay.push("update_state", device, member("@b:x", device, true));
    }
    hosted.ask(
        "send_event",
        "mine",
        Map.of("type", MEMBER, "state_key", "_@a:x_OWN", "content", Map.of()));
    relay.push("update_state", "own", member("@a:x", "OWN", true));
    hosted.awaitHeard("own");
    page.await(() -> page.page().locator("#member-list li").count() == 4);
    assertThat(page.page().locator("#member-list strong").allTextContents())
        .containsExactly("Bob", "Bob", "Bob", "@a:x");
    assertThat(line("OWN")).isEqualTo("this is you");
    assertThat(line("FIRST")).isEqualTo("no keys exchanged");

    relay.push(
        "send_to_device",
        "key",
        "{\"type\":\""
            + KEYS
            + "\",\"sender\":\"@b:x\",\"content\":{\"keys\":{\"index\":3,\"key\":\""
            + SECRET
            + "\"},\"member\":{\"claimed_device_id\":\"FIRST\"}}}");
    String sent =
        "{\"type\":\"" + KEYS + "\",\"messages\":{\"@b:x\":{\"FIRST\":{},\"SECOND\":{}}}}";
    relay.answer("send_to_device", "sent", sent, "{\"failures\":{\"@b:x\":[\"SECOND\"]}}");
    hosted.awaitHeard("sent");
    assertThat(line("FIRST")).isEqualTo("we have its key 3; it has our key");
    assertThat(line("SECOND")).isEqualTo("no key from it yet; it was not reached");
    assertThat(line("THIRD")).as("control").isEqualTo("no keys exchanged");

    relay.push("update_state", "left", member("@b:x", "SECOND", false));
    hosted.awaitHeard("left");
    page.await(() -> page.page().locator("#member-list li").count() == 3);
    assertThat(page.text("#member-list")).doesNotContain("SECOND").contains("FIRST", "THIRD");
  }

  private void backup(String phase, int done, String more) {
    relay.show(
        "{\"t\":\"backup\",\"phase\":\""
            + phase
            + "\",\"text\":\"It is "
            + phase
            + ".\",\"total\":12000,\"done\":"
            + done
            + ","
            + more
            + "}");
    page.page().getByText("It is " + phase + ".").waitFor();
  }

  private List<String> wanted() {
    return relay.ofKind("backup").stream().map(frame -> frame.path("want").asText()).toList();
  }

  @Test
  void theBackupIsShownAndPausedAndResumed() {
    page.inspect("backup");
    Page tab = page.page();
    assertThat(tab.locator("#backup-button").isVisible()).isFalse();
    assertThat(page.text("#backup-text")).contains("has no backup");
    backup("running", 4600, "\"failed\":3,\"seconds\":41");
    assertThat(page.text("#backup-counts"))
        .isEqualTo("4,600 of 12,000 keys, 3 of them cannot be used, about 41 s left");
    assertThat(tab.locator("#backup-bar").getAttribute("value")).isEqualTo("4600");
    assertThat(wanted()).isEmpty();
    press("backup-button");
    page.await(() -> wanted().equals(List.of("pause")));
    backup("paused", 5000, "\"failed\":0");
    assertThat(page.text("#backup-counts")).isEqualTo("5,000 of 12,000 keys");
    assertThat(page.text("#backup-button")).isEqualTo("Resume");
    press("backup-button");
    page.await(() -> wanted().equals(List.of("pause", "resume")));
    backup("done", 12000, "\"failed\":0");
    assertThat(tab.locator("#backup-button").isVisible()).isFalse();
    assertThat(tab.locator("#backup-bar").getAttribute("value")).isEqualTo("12000");
  }
}
