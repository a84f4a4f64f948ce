package io.matrixrtc.widget.bridge;

import static io.matrixrtc.widget.bridge.BridgeRig.action;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.bridge.BridgeRig.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links and their time, over real sockets, by a clock of the test's own. */
class BridgeLinksTest {
  private final AtomicReference<Instant> clock =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

  @SuppressWarnings("NullAway.Init") // serve sets it
  private BridgeRig rig;

  @BeforeEach
  void serve() throws Exception {
    rig = new BridgeRig(Duration.ofHours(1), clock::get);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private void passes(Duration time) {
    clock.updateAndGet(now -> now.plus(time));
  }

  private Page with(String link) throws Exception {
    return rig.page("{'t':'hello','link':'" + link + "'}");
  }

  @Test
  void linkShortALinkOpensASessionWithinTenMinutesAndNotAfter() throws Exception {
    String inTime = rig.newLink("good");
    String late = rig.newLink("good");
    String chosen = BridgeRig.fragment(rig.bridge.link("good", Duration.ofMinutes(30)));
    assertThat(BridgeSettings.USUAL_LINK_LIFETIME).isEqualTo(Duration.ofMinutes(10));
    passes(Duration.ofMinutes(10).minusMillis(1));
    assertThat(with(inTime).next().path("t").asText()).isEqualTo("welcome");
    passes(Duration.ofMillis(1));
    ObjectNode refused = with(late).next();
    assertThat(refused.path("t").asText()).isEqualTo("refused");
    assertThat(refused.path("reason").asText()).isEqualTo("link has expired");
    assertThat(refused.path("advice").asText()).as("what to do").isEqualTo("Ask alice.");
    passes(Duration.ofMinutes(19));
    assertThat(with(chosen).next().path("t").asText())
        .as("control: one that was made to last longer")
        .isEqualTo("welcome");
  }

  @Test
  void linkShortASessionOutlivesItsLink() throws Exception {
    String link = rig.newLink("good");
    Page page = with(link);
    String session = page.next().path("session").asText();
    page.post(1, "supported_api_versions");
    page.nextMessage();
    passes(Duration.ofMinutes(30));
    page.cut();
    Page again = rig.page("{'t':'hello','resume':'" + session + "','seen':1}");
    assertThat(again.next().path("session").asText()).as("resumed").isEqualTo(session);
    again.post(2, "content_loaded");
    assertThat(action(again.nextMessage())).isEqualTo("content_loaded");
    again.cut();
    Page reloaded = rig.page("{'t':'hello','link':'','reload':'" + session + "'}");
    assertThat(reloaded.next().path("session").asText()).as("reloaded").isEqualTo(session);
    assertThat(with(link).next().path("reason").asText())
        .as("control: the link is old")
        .isEqualTo("link has expired");
  }
}
