package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

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

  private HostPageByHand hosted;
  private RelayByHand relay;

  @BeforeEach
  void open() throws IOException {
    hosted = new HostPageByHand();
    relay = hosted.relay();
  }

  @AfterEach
  void close() {
    hosted.close();
  }

  private void ask(String action, String requestId) {
    hosted.ask(action, requestId, Map.of());
  }

  /** The widget asks and is answered; done when it has the answer. */
  private void negotiate(String action, String requestId) {
    ask(action, requestId);
    relay.answer(action, requestId);
    hosted.awaitHeard(requestId);
  }

  private void awaitHeard(String requestId) {
    hosted.awaitHeard(requestId);
  }

  private List<String> heard() {
    return hosted.heard();
  }

  private void reload() {
    int loads = relay.loads();
    hosted.frame().evaluate("location.reload()");
    hosted.page().await(() -> relay.loads() > loads);
  }

  private void pass(long millis) {
    hosted.page().page().clock().runFor(millis);
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
    pass(2 * HELD_MILLIS);
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
    pass(HELD_MILLIS);
    awaitHeard("two");
    relay.push("send_event", "three");
    awaitHeard("three");
    assertThat(heard()).endsWith("negotiation", "one", "two", "three");
  }
}
