package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the host page bears of its widget, and what it takes off the screen: in Chromium; relay and
 * clock are the test's.
 */
@Tag("interop")
final class HostPageBoundsTest {
  private static final int MAX_WAITING = 1_024;
  private static final int MAX_WAITING_MEBI = 64;
  private static final int MAX_STRIKES = 500;
  private static final int STRIKE_WINDOW_MILLIS = 10_000;
  private static final int FAREWELL = 4000;
  private static final String TOO_MUCH = "the widget sent more than could be passed on";
  private static final String FLOOD = "the widget sent far too many messages";

  private HostPageByHand hosted;
  private HostedPage page;
  private RelayByHand relay;

  @BeforeEach
  void open() throws IOException {
    hosted = new HostPageByHand();
    page = hosted.page();
    relay = hosted.relay();
  }

  @AfterEach
  void close() {
    hosted.close();
  }

  private void cut() {
    relay.cut();
    page.await(() -> page.text("#status").contains("Connection lost"));
  }

  private void reconnect() {
    relay.reconnect();
    page.await(() -> page.text("#status").isEmpty());
  }

  /** The widget says so many things of so many characters. */
  private void flood(String name, int messages, int chars) {
    hosted
        .frame()
        .evaluate(
            "([name, count, chars]) => { for (let i = 1; i <= count; i += 1)"
                + " ask('send_event', name + i, {body: 'x'.repeat(chars)}); }",
            List.of(name, messages, chars));
  }

  private void assertGoesOn(String requestId) {
    hosted.ask("send_event", requestId, "{}");
    assertThat(page.page().locator("#stage iframe").count()).isEqualTo(1);
  }

  private void awaitOver(String why) {
    page.page().locator("#stage .over").getByText(why).waitFor();
    assertThat(page.page().locator("#stage iframe").count()).as("it is gone").isZero();
  }

  @Test
  void whatWaitsForAConnectionIsBoundedByNumber() {
    relay.acknowledge();
    cut();
    flood("kept", MAX_WAITING, 0);
    reconnect();
    page.await(() -> relay.has("kept" + MAX_WAITING));
    assertThat(relay.has("kept1")).as("control: as many as that are kept").isTrue();
    relay.acknowledge();
    assertGoesOn("after that");
    relay.acknowledge();

    cut();
    flood("lost", MAX_WAITING + 1, 0);
    awaitOver(TOO_MUCH);
    relay.reconnect();
    page.page().clock().runFor(STRIKE_WINDOW_MILLIS);
    page.await(() -> relay.closeCode() == FAREWELL); // PAGE-END
    page.page().clock().runFor(STRIKE_WINDOW_MILLIS);
    assertThat(relay.has("lost1")).as("it does not come back").isFalse();
    assertThat(relay.ofKind("hello")).as("but to say that it is over").hasSize(3);
    assertThat(page.text("#status")).contains(TOO_MUCH);
  }

  @Test
  void whatWaitsForAConnectionIsBoundedByLength() {
    cut();
    flood("kept", MAX_WAITING_MEBI, RelayByHand.MAX_CHARS - 200);
    reconnect();
    page.await(() -> relay.has("kept" + MAX_WAITING_MEBI));
    relay.acknowledge();
    cut();
    flood("lost", MAX_WAITING_MEBI + 1, RelayByHand.MAX_CHARS - 200);
    awaitOver(TOO_MUCH);
  }

  @Test
  void aServerThatIsThereAndTakesNothingIsNoReasonToKeepMore() {
    relay.acknowledge();
    flood("taken", MAX_WAITING, 0);
    page.await(() -> relay.has("taken" + MAX_WAITING));
    relay.acknowledge();
    flood("again", MAX_WAITING, 0);
    page.await(() -> relay.has("again" + MAX_WAITING));
    assertThat(relay.closeCode()).as("control: it goes on").isZero();
    flood("one more", 1, 0);
    awaitOver(TOO_MUCH);
    page.await(() -> relay.closeCode() == FAREWELL); // PAGE-END
  }

  /** Says what is no message so often. */
  private void nonsense(int times) {
    hosted
        .frame()
        .evaluate("(n) => { for (let i = 0; i < n; i += 1) parent.postMessage({}, '*'); }", times);
  }

  @Test
  void whatThePageDropsItselfCountsAsAFlood() {
    nonsense(MAX_STRIKES);
    assertGoesOn("control: so many are borne");
    page.page().clock().runFor(STRIKE_WINDOW_MILLIS + 1);
    nonsense(MAX_STRIKES - 1);
    hosted.post("send_event", "unfit", "x".repeat(RelayByHand.MAX_CHARS));
    hosted.awaitHeard("unfit");
    assertGoesOn("control: old ones are forgiven");
    nonsense(1);
    awaitOver(FLOOD);
    page.await(() -> relay.closeCode() == FAREWELL); // PAGE-END
  }

  @Test
  void whatOthersSayInTheWidgetsNameIsNotHeldAgainstIt() {
    hosted
        .frame()
        .evaluate(
            "(n) => new Promise((done) => { const inner = document.createElement('iframe');"
                + " inner.srcdoc = '<p>within</p>'; inner.onload = () => {"
                + " inner.contentWindow.eval(`for (let i = 0; i < ${n}; i += 1) {"
                + " top.postMessage({}, '*'); top.postMessage({api: 'fromWidget', widgetId: 'widget',"
                + " requestId: 'forged', action: 'send_event'}, '*'); }`); done(); };"
                + " document.body.append(inner); })",
            MAX_STRIKES + 1);
    page.await(() -> page.events().contains("100 messages posing as the widget's"));
    assertGoesOn("control");
    assertThat(relay.has("forged")).isFalse();
    nonsense(MAX_STRIKES + 1);
    awaitOver(FLOOD);
  }

  private void ask(int id, String text) {
    ObjectNode question =
        Json.newObject().put("t", "ask").put("id", id).put("kind", "capabilities");
    question.putArray("items").addObject().put("id", "c" + id).put("text", text).put("group", "g");
    relay.tell(question);
  }

  private List<Integer> answered() {
    return relay.ofKind("answer").stream().map(frame -> frame.path("id").asInt()).toList();
  }

  private JsonNode allowed(int id) {
    return relay.ofKind("answer").stream()
        .filter(frame -> frame.path("id").asInt() == id)
        .findFirst()
        .orElseThrow()
        .path("allow");
  }

  private boolean isAsking(String text) {
    return page.page().locator("#consent[open]").count() > 0
        && page.text("#consent-items").contains(text);
  }

  @Test
  void whatADocumentAskedTheUserIsWithdrawnWhenThereIsAnother() {
    ask(1, "what the first one wants");
    ask(2, "and what it wants then");
    page.await(() -> isAsking("what the first one wants"));
    relay.tell(
        Json.newObject()
            .put("t", "event")
            .put("level", "note")
            .put("text", "The widget was loaded again")
            .put("call", "reloaded"));
    ask(3, "what the next one wants");
    page.await(() -> isAsking("what the next one wants"));
    page.await(() -> answered().equals(List.of(1, 2)));
    assertThat(allowed(1)).isEmpty();
    assertThat(allowed(2)).isEmpty();
    page.page().locator("#consent-yes").click();
    page.await(() -> answered().equals(List.of(1, 2, 3)));
    assertThat(allowed(3).path(0).asText()).as("control").isEqualTo("c3");
  }

  @Test
  void nothingIsAskedWhenTheSessionIsOver() {
    ask(1, "what it wants");
    ask(2, "and then");
    page.await(() -> isAsking("what it wants"));
    relay.show("{\"t\":\"refused\",\"reason\":\"session over\",\"advice\":\"\"}");
    page.page().locator("#stage .over").waitFor();
    page.await(() -> relay.closeCode() != 0);
    assertThat(relay.closeCode()).as("the server knows that already").isNotEqualTo(FAREWELL);
    assertThat(page.page().locator("#consent[open]").count()).isZero();
    page.page().locator("#toggle").click(); // nothing lies above the page
    assertThat(page.page().locator("#panel").isVisible()).isTrue();
    assertThat(page.page().locator("#consent[open]").count()).isZero();
  }
}
