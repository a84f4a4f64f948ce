package io.matrixrtc.widget.bridge;

import static io.matrixrtc.widget.bridge.BridgeRig.ROOM;
import static io.matrixrtc.widget.bridge.BridgeRig.WIDGET;
import static io.matrixrtc.widget.bridge.BridgeRig.action;
import static io.matrixrtc.widget.bridge.BridgeRig.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.bridge.BridgeRig.Page;
import io.matrixrtc.widget.client.RelayConnection;
import io.matrixrtc.widget.client.WidgetClient;
import io.matrixrtc.widget.client.WidgetListener;
import io.matrixrtc.widget.client.WidgetResult;
import io.matrixrtc.widget.client.WidgetSettings;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The relay between page and host, over real sockets: what is broken off, resumed and reloaded. */
class BridgeRelayTest {
  private static final ObjectNode REACTION =
      Json.newObject()
          .put("type", "m.reaction")
          .put("event_id", "$1")
          .put("room_id", ROOM)
          .put("sender", "@bob:example.org")
          .put("origin_server_ts", 1)
          .set("content", Json.newObject());

  /** Tests that wait for an absence to be too long; the others must not, however slow they are. */
  private static final String SHORT_ABSENCE = "short-absence";

  @SuppressWarnings("NullAway.Init") // serve sets it
  private BridgeRig rig;

  @BeforeEach
  void serve(TestInfo test) throws Exception {
    rig =
        test.getTags().contains(SHORT_ABSENCE)
            ? new BridgeRig(Duration.ofMillis(400), InstantSource.system())
            : new BridgeRig();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void aWidgetIsHostedThroughTheRelay() throws Exception {
    Page page = rig.opened();
    ObjectNode welcome = page.next();
    assertThat(welcome.path("t").asText()).isEqualTo("welcome");
    assertThat(welcome.path("url").asText()).isEqualTo(WIDGET + "/index.html");
    page.post(1, "supported_api_versions");
    assertThat(action(page.nextMessage())).isEqualTo("supported_api_versions");
    page.post(2, "content_loaded");
    assertThat(action(page.nextMessage())).isEqualTo("content_loaded");
    assertThat(action(page.nextMessage())).isEqualTo("capabilities");
  }

  @Test
  void relayResumeWhatThePageMissedComesAgainAndNothingTwice() throws Exception {
    Page page = rig.opened();
    String session = page.next().path("session").asText();
    page.post(1, "supported_api_versions");
    assertThat(page.nextMessage().path("n").asInt()).isEqualTo(1);
    page.cut();
    Page again = rig.page("{'t':'hello','resume':'" + session + "','seen':0}");
    ObjectNode welcome = again.next();
    assertThat(welcome.path("seen").asInt()).as("what the server has").isEqualTo(1);
    assertThat(again.nextMessage().path("n").asInt()).as("again").isEqualTo(1);
    again.post(1, "supported_api_versions"); // the page is not sure that it arrived
    again.post(2, "content_loaded");
    ObjectNode next = again.nextMessage();
    assertThat(next.path("n").asInt()).isEqualTo(2);
    assertThat(action(next)).as("the first was not carried out again").isEqualTo("content_loaded");
  }

  @Test
  void relayReloadAReloadedPageHasItsSessionAgainAndTheWidgetStartsAnew() throws Exception {
    Page page = rig.opened();
    String session = page.next().path("session").asText();
    page.send("{'t':'load','n':1}");
    page.post(2, "content_loaded");
    page.nextMessage();
    assertThat(action(page.nextMessage())).isEqualTo("capabilities");
    page.cut();
    Page again = rig.page("{'t':'hello','link':'','reload':'" + session + "'}");
    ObjectNode welcome = again.next();
    assertThat(welcome.path("session").asText()).isEqualTo(session);
    assertThat(welcome.path("seen").asInt()).as("numbers begin anew").isZero();
    again.send("{'t':'load','n':1}");
    again.post(2, "content_loaded");
    ObjectNode reply = again.nextMessage();
    assertThat(action(reply)).as("the old question is not asked").isEqualTo("content_loaded");
    assertThat(action(again.nextMessage())).isEqualTo("capabilities");
    Page guess = rig.page("{'t':'hello','link':'','reload':'guess'}");
    assertThat(guess.next().path("reason").asText()).isEqualTo("session over");
  }

  @Test
  void relayReloadWhatTheHostPushesBeforeItKnowsOfTheNewPageIsForNobody() throws Exception {
    Page page = rig.opened();
    String session = page.next().path("session").asText();
    page.send("{'t':'load','n':1}");
    page.post(2, "content_loaded");
    page.nextMessage();
    ObjectNode asked = Json.parseObject(page.nextMessage().path("text").asText());
    asked
        .putObject("response")
        .putArray("capabilities")
        .add("org.matrix.msc2762.receive.event:m.reaction");
    page.relay(3, asked.toString());
    assertThat(action(page.nextMessage())).isEqualTo("notify_capabilities");
    rig.lastHost.onRoomEvent(ROOM, REACTION);
    assertThat(action(page.nextMessage())).as("control: the page there").isEqualTo("send_event");

    CountDownLatch welcomed = new CountDownLatch(1); // the host is busy until then
    rig.pool.submit(() -> welcomed.await(30, TimeUnit.SECONDS));
    rig.lastHost.onRoomEvent(ROOM, REACTION);
    Page again = rig.page("{'t':'hello','link':'','reload':'" + session + "'}");
    assertThat(again.next().path("t").asText()).isEqualTo("welcome");
    welcomed.countDown();
    rig.lastHost.onRoomEvent(ROOM, REACTION);
    again.post(1, "content_loaded");
    assertThat(action(again.nextMessage())).isEqualTo("content_loaded");
    assertThat(action(again.nextMessage())).isEqualTo("capabilities");
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void relayNewestOfTwoConnectionsTheOlderIsToldAndClosedAndTheSessionGoesOn() throws Exception {
    for (String way : List.of("'reload':'%s','link':''", "'resume':'%s','seen':0")) {
      Page page = rig.opened();
      String session = page.next().path("session").asText();
      Page again = rig.page("{'t':'hello'," + String.format(way, session) + "}");
      assertThat(again.next().path("session").asText()).isEqualTo(session);
      assertThat(page.next().path("reason").asText()).isEqualTo("it goes on in another window");
      assertThat(page.closing.get(30, TimeUnit.SECONDS)).isTrue();
      Page impossible = rig.page("{'t':'hello','resume':'" + session + "','seen':99}");
      assertThat(impossible.next().path("reason").asText()).isEqualTo("not a frame");
      assertThat(impossible.closing.get(30, TimeUnit.SECONDS)).isTrue();
      again.post(1, "supported_api_versions");
      assertThat(action(again.nextMessage())).isEqualTo("supported_api_versions");
      again.cut();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> get(rig.bridge.sessionCount()) == 0);
    }
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void relayAbsenceOneThatComesBackInVainIsAwayAllTheSame() throws Exception {
    Page page = rig.opened();
    String session = page.next().path("session").asText();
    page.cut();
    Page impossible = rig.page("{'t':'hello','resume':'" + session + "','seen':99}");
    assertThat(impossible.next().path("reason").asText()).isEqualTo("not a frame");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get(rig.bridge.sessionCount()) == 0);
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void relayAbsenceAPageThatStaysAwayLosesItsSession() throws Exception {
    Page page = rig.opened();
    String session = page.next().path("session").asText();
    page.cut();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get(rig.bridge.sessionCount()) == 0);
    assertThat(
            rig.page("{'t':'hello','resume':'" + session + "','seen':0}")
                .next()
                .path("reason")
                .asText())
        .isEqualTo("session over");
  }

  @Test
  void pageEndAPageThatHasEndedItsSessionIsNotWaitedFor() throws Exception {
    Page ends = rig.opened();
    ends.next();
    WidgetHost host = rig.lastHost;
    Page leaves = rig.opened();
    String session = leaves.next().path("session").asText();
    leaves.close(1000);
    ends.close(4000);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get(rig.bridge.sessionCount()) == 1);
    assertThat(host.ended().toCompletableFuture().get(30, TimeUnit.SECONDS)).isNull();
    Page again = rig.page("{'t':'hello','resume':'" + session + "','seen':0}");
    assertThat(again.next().path("t").asText())
        .as("control: one that has not said so may come back")
        .isEqualTo("welcome");
  }

  @Test
  void pageEndAPageMayComeBackToSaySo() throws Exception {
    Page page = rig.opened();
    String hello = "{'t':'hello','resume':'" + page.next().path("session").asText() + "','seen':0}";
    page.cut();
    rig.page(hello).cut();
    assertThat(rig.page(hello).next().path("t").asText()).as("control").isEqualTo("welcome");
    rig.page(hello).close(4000);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get(rig.bridge.sessionCount()) == 0);
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void bridgeHelloWhoSaysNothingIsNotWaitedFor() throws Exception {
    Page page = rig.opened();
    page.next();
    Page silent = rig.page("");
    assertThat(silent.next().path("reason").asText()).isEqualTo("no hello");
    assertThat(silent.closing.get(30, TimeUnit.SECONDS)).isTrue();
    page.post(1, "supported_api_versions");
    assertThat(action(page.nextMessage()))
        .as("control: one that has said it and is as old")
        .isEqualTo("supported_api_versions");
    assertThat(page.closing).isNotDone();
  }

  @Test
  void bridgeHelloAFirstFrameThatIsTooLongIsRefusedUnread() throws Exception {
    String link = rig.newLink("good");
    String start = "{'t':'hello','link':'" + link + "','more':'";
    String end = "'}";
    String more = "x".repeat(4_096 - start.length() - end.length());
    assertThat(rig.page(start + more + "x" + end).next().path("reason").asText())
        .isEqualTo("too long");
    assertThat(rig.page(start + more + end).next().path("t").asText())
        .as("control: one less")
        .isEqualTo("welcome");
  }

  @Test
  void relayPressureAFloodOfFramesIsWorkedOffInOrder() throws Exception {
    Page page = rig.opened();
    page.next();
    for (int i = 1; i <= 150; i++) {
      page.post(i, "supported_api_versions");
    }
    for (int i = 1; i <= 150; i++) {
      assertThat(
              Json.parseObject(page.nextMessage().path("text").asText()).path("requestId").asText())
          .isEqualTo("r" + i);
    }
  }

  @Test
  void relayPressureAPageThatReadsLateGetsEverythingOnceAndInOrder() throws Exception {
    Page page = rig.opened();
    page.next();
    page.reads(false);
    String text = "x".repeat(20_000);
    for (int i = 0; i < 1_000; i++) {
      rig.lastPage.frame().post(text + i);
    }
    assertThat(get(rig.bridge.sessionCount())).as("all of them are with the bridge").isEqualTo(1);
    page.reads(true);
    for (int i = 0; i < 1_000; i++) {
      ObjectNode frame = page.nextMessage();
      assertThat(frame.path("n").asInt()).isEqualTo(i + 1);
      assertThat(frame.path("text").asText()).endsWith("x" + i);
    }
    page.post(1, "supported_api_versions");
    assertThat(action(page.nextMessage())).as("and is heard").isEqualTo("supported_api_versions");
  }

  @Test
  void relayBoundAPageThatDoesNotKeepUpLosesItsSessionAndIsToldSo() throws Exception {
    Page page = rig.opened();
    page.next();
    for (int i = 0; i <= 4_096; i++) { // none of which it acknowledges
      rig.lastPage.frame().post("{}");
    }
    for (int i = 0; i < 4_096; i++) {
      assertThat(page.nextMessage().path("n").asInt()).as("control: so many").isEqualTo(i + 1);
    }
    assertThat(page.next().path("reason").asText()).isEqualTo("the page does not keep up");
    assertThat(get(rig.bridge.sessionCount())).isZero();
  }

  @Test
  void relayBoundAPageThatReadsNothingLosesItsConnectionToo() throws Exception {
    Page reading = rig.opened();
    reading.next();
    HostPage readingPage = rig.lastPage;
    try (Socket asleep = rig.asleep()) {
      await(() -> get(rig.bridge.sessionCount()) == 2);
      await(() -> rig.lastPage != readingPage);
      String text = "x".repeat(10_000);
      for (int i = 0; i <= 4_096; i++) {
        rig.lastPage.frame().post(text);
      }
      await(() -> get(rig.bridge.sessionCount()) == 1);
      assertThat(asleep.getInputStream().readAllBytes())
          .as("what was sent before, and then the end")
          .isNotEmpty();
    }
    reading.post(1, "supported_api_versions");
    assertThat(action(reading.nextMessage())).as("control").isEqualTo("supported_api_versions");
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void relayAliveWhoAnswersNoPingIsAway() throws Exception {
    Page awake = rig.opened();
    awake.next();
    try (Socket asleep = rig.asleep()) {
      await(() -> get(rig.bridge.sessionCount()) == 2);
      await(() -> get(rig.bridge.sessionCount()) == 1);
      assertThat(asleep.getInputStream().readAllBytes())
          .as("what was sent before, and then the end")
          .isNotEmpty();
    }
    awake.post(1, "supported_api_versions");
    assertThat(action(awake.nextMessage()))
        .as("control: who answers, and is otherwise as silent")
        .isEqualTo("supported_api_versions");
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
  }

  @Test
  void relayBoundAFrameMayBeAsLongAsTheLimitAndNoLonger() throws Exception {
    Page page = rig.opened();
    page.next();
    String start = "{'t':'answer','n':1,'id':99,'more':'";
    String more = "x".repeat(100_000 - start.length() - 2);
    page.send(start + more + "'}");
    page.post(2, "supported_api_versions");
    assertThat(action(page.nextMessage())).as("control").isEqualTo("supported_api_versions");
    page.send(start.replace(":1,", ":3,") + more + "x'}");
    assertThat(page.next().path("reason").asText()).isEqualTo("too long");
    assertThat(page.closing.get(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void framesThatAreNoneEndTheConnection() throws Exception {
    for (String text : new String[] {"x", "{}", "{'t':'msg','n':7}", "{'t':'ack','n':9}"}) {
      Page page = rig.opened();
      page.next();
      page.send(text);
      assertThat(page.next().path("t").asText()).isEqualTo("refused");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> get(rig.bridge.sessionCount()) == 0);
    }
  }

  @Test
  void bridgeSocketAWidgetInJavaMayOpenItHoweverThePagesAddressIsSpelled() throws Exception {
    String link = rig.bridge.link("good").replace("http://", "HTTP://user@");
    CompletableFuture<String> opened = new CompletableFuture<>();
    RelayConnection.Listener listener =
        new RelayConnection.Listener() {
          @Override
          public void onOpened(URI widget) {
            opened.complete(widget.toString());
          }

          @Override
          public void onMessage(String text) {}

          @Override
          public void onEnded(String reason) {
            opened.complete(reason);
          }
        };
    try (RelayConnection relay =
        new RelayConnection(
            URI.create(link), listener, new PoolScheduler(rig.pool, InstantSource.system()))) {
      relay.start();
      assertThat(opened.get(30, TimeUnit.SECONDS)).isEqualTo(WIDGET + "/index.html");
    }
  }

  @Test
  void aWidgetInJavaTalksThroughTheRelay() throws Exception {
    Page page = rig.opened();
    page.next();
    AtomicLong numbers = new AtomicLong();
    CompletableFuture<CapabilitySet> ready = new CompletableFuture<>();
    WidgetListener listener =
        new WidgetListener() {
          @Override
          public void onCapabilities(CapabilitySet approved) {
            ready.complete(approved);
          }
        };
    try (WidgetClient client =
        new WidgetClient(
            WidgetSettings.of(
                "w", List.of(Capability.parse("org.matrix.msc2762.send.event:m.reaction"))),
            listener,
            text -> page.relay(numbers.incrementAndGet(), text),
            new PoolScheduler(rig.pool, InstantSource.system()),
            () -> "w" + numbers.get() + "-" + System.nanoTime())) {
      client.start();
      for (int i = 0; i < 4; i++) { // versions, loaded, capabilities, notice
        client.onMessage(page.nextMessage().path("text").asText());
      }
      assertThat(ready.get(30, TimeUnit.SECONDS).capabilities()).hasSize(1);
      CompletableFuture<WidgetResult> sent =
          client
              .request(
                  WidgetAction.SEND_EVENT,
                  Json.parseObject("{\"type\":\"m.reaction\",\"content\":{}}"))
              .toCompletableFuture();
      client.onMessage(page.nextMessage().path("text").asText());
      assertThat(sent.get(30, TimeUnit.SECONDS))
          .isEqualTo(
              new WidgetResult.Answered(
                  Json.parseObject(
                      "{\"room_id\":\"!room:example.org\",\"event_id\":\"$event1\"}")));
    }
  }
}
