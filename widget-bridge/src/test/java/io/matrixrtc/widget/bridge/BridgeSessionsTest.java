package io.matrixrtc.widget.bridge;

import static io.matrixrtc.widget.bridge.BridgeRig.WIDGET;
import static io.matrixrtc.widget.bridge.BridgeRig.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.bridge.BridgeRig.Page;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How sessions of a bridge begin and end, over real sockets. */
class BridgeSessionsTest {
  @SuppressWarnings("NullAway.Init") // serve sets it
  private BridgeRig rig;

  @BeforeEach
  void serve() throws Exception {
    rig = new BridgeRig();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void linkOnceTheSecondPageOfALinkIsRefused() throws Exception {
    String link = rig.newLink("good");
    assertThat(rig.page("{'t':'hello','link':'" + link + "'}").next().path("t").asText())
        .isEqualTo("welcome");
    assertThat(rig.page("{'t':'hello','link':'" + link + "'}").next().path("reason").asText())
        .isEqualTo("link was used");
    assertThat(rig.page("{'t':'hello','link':'forged'}").next().path("reason").asText())
        .isEqualTo("link is not valid");
    assertThat(
            rig.page("{'t':'hello','link':'" + rig.newLink("bad") + "'}")
                .next()
                .path("reason")
                .asText())
        .isEqualTo("nothing to open");
    assertThat(rig.page("{'t':'hello','resume':'guess'}").next().path("reason").asText())
        .isEqualTo("session over");
  }

  @Test
  void bridgeSocketOnlyTheHostPageMayOpenARelay() throws Exception {
    for (String origin : new String[] {"https://evil.example.org", WIDGET, "null"}) {
      CompletableFuture<Object> tried =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return rig.page("{}", origin);
                } catch (Exception e) {
                  return e;
                }
              });
      assertThat(tried.get(30, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
    }
    assertThat(rig.opened().next().path("t").asText()).as("control").isEqualTo("welcome");
  }

  @Test
  void bridgeLimitOneSessionTooManyIsRefused() throws Exception {
    rig.opened().next();
    rig.opened().next();
    assertThat(rig.opened().next().path("reason").asText()).isEqualTo("too many sessions");
  }

  @Test
  void pageToldAPageHearsWhyItsSessionEnds() throws Exception {
    Page page = rig.opened();
    page.next();
    get(rig.bridge.drain());
    ObjectNode told = page.next();
    assertThat(told.path("t").asText()).isEqualTo("refused");
    assertThat(told.path("reason").asText()).isEqualTo("the server is shutting down");
  }

  /** An app that takes its time. */
  private static final class SlowApp implements WidgetSessions {
    private final CompletableFuture<HostPage> asked = new CompletableFuture<>();
    private final CompletableFuture<Optional<Opened>> answer = new CompletableFuture<>();

    @Override
    public CompletionStage<Optional<Opened>> open(String ticket, HostPage page) {
      asked.complete(page);
      return answer;
    }

    WidgetHost delivers(BridgeRig rig) throws Exception {
      WidgetHost host = rig.host(asked.get(30, TimeUnit.SECONDS));
      answer.complete(Optional.of(BridgeRig.opened(host)));
      return host;
    }
  }

  @Test
  void bridgeLateASessionThatComesWhileTheBridgeDrainsIsClosed() throws Exception {
    SlowApp inTime = new SlowApp();
    rig.sessions = inTime;
    Page first = rig.opened();
    WidgetHost open = inTime.delivers(rig);
    assertThat(first.next().path("t").asText()).as("control: before").isEqualTo("welcome");
    assertThat(open.ended().toCompletableFuture()).isNotDone();

    SlowApp late = new SlowApp();
    rig.sessions = late;
    Page second = rig.opened();
    late.asked.get(30, TimeUnit.SECONDS);
    Future<Void> drained = rig.bridge.drain();
    assertThat(get(rig.bridge.sessionCount())).isZero();
    assertThat(drained.isComplete()).as("what is still to come is waited for").isFalse();
    WidgetHost host = late.delivers(rig);
    get(drained);
    assertThat(host.ended().toCompletableFuture()).as("closed").isDone();
    assertThat(second.next().path("reason").asText()).isEqualTo("the server is shutting down");
    assertThat(get(rig.bridge.sessionCount())).isZero();
    assertThat(open.ended().toCompletableFuture()).as("as is the one before").isDone();
  }

  @Test
  void bridgeLateAPageThatWentBeforeItsSessionCameLeavesNoneBehind() throws Exception {
    SlowApp app = new SlowApp();
    rig.sessions = app;
    Page page = rig.opened();
    app.asked.get(30, TimeUnit.SECONDS);
    page.cut();
    rig.page("{'t':'hello','resume':'guess'}").next(); // by then the bridge has seen it go
    WidgetHost host = app.delivers(rig);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20)) // less than an absence may last
        .until(() -> host.ended().toCompletableFuture().isDone());
    assertThat(get(rig.bridge.sessionCount())).isZero();
  }

  @Test
  void anAppThatThrowsOpensNothingAndHoldsNothing() throws Exception {
    WidgetSessions usual = rig.sessions;
    rig.sessions =
        (ticket, page) -> {
          throw new IllegalStateException("a bug");
        };
    assertThat(rig.opened().next().path("reason").asText()).isEqualTo("nothing to open");
    assertThat(get(rig.bridge.sessionCount())).isZero();
    rig.sessions = usual;
    assertThat(rig.opened().next().path("t").asText()).as("control").isEqualTo("welcome");
  }

  @Test
  void drainingEndsEverySession() throws Exception {
    rig.opened().next();
    assertThat(get(rig.bridge.sessionCount())).isEqualTo(1);
    get(rig.bridge.drain());
    assertThat(get(rig.bridge.sessionCount())).isZero();
  }
}
