package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.widget.host.FakeDriver;
import io.matrixrtc.widget.host.FakeRooms;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import io.matrixrtc.widget.relay.RelayBuffer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One page's relay in virtual time, without sockets. */
class RelaySessionTest {
  private static final String WIDGET = "https://widget.example.org";
  private static final BridgeSettings SETTINGS =
      BridgeSettings.of(URI.create("https://calls.example.org/"), WIDGET);

  private final HandScheduler scheduler = new HandScheduler();
  private final List<String> sent = new ArrayList<>();
  private final HostPage page =
      new HostPage(this::post, event -> {}, entry -> {}, entry -> {}, scheduler, false);
  private final RelaySession session = new RelaySession("s", SETTINGS, page, scheduler);

  /** A connection whose peer may read more slowly than we write. */
  private static final class HandLink implements RelaySession.Link {
    private final List<String> sent;
    private int room = Integer.MAX_VALUE;

    HandLink(List<String> sent) {
      this.sent = sent;
    }

    @Override
    public void send(String text) {
      sent.add(text);
      room--;
    }

    @Override
    public boolean isFull() {
      return room <= 0;
    }
  }

  private final HandLink link = new HandLink(sent);

  private boolean receive(String text) {
    return session.receive(link, text);
  }

  private void post(String text) {
    assertThat(session.post(text)).isTrue();
  }

  @BeforeEach
  void open() {
    WidgetHost host =
        new WidgetHost(
            HostedWidget.call(
                "w", WIDGET, new DeviceAddress("@alice:example.org", "A"), "!r:example.org"),
            HostLimits.DEFAULT,
            new FakeRooms(),
            new FakeDriver(),
            page.frame(),
            page.listener(),
            page.scheduler(),
            new SplittableRandom(7));
    session.open(new WidgetSessions.Opened(host, URI.create(WIDGET + "/")));
    assertThat(session.connect(link, 0)).isTrue();
    sent.clear();
  }

  private static ObjectNode json(String text) {
    try {
      return Json.parseObject(text);
    } catch (MalformedJsonException e) {
      throw new AssertionError(text, e);
    }
  }

  private ObjectNode last() {
    return json(sent.get(sent.size() - 1));
  }

  /** A frame that the host answers with nothing. */
  private static String quiet(long number) {
    return "{\"t\":\"answer\",\"n\":" + number + ",\"id\":99}";
  }

  private static String request(long number) {
    ObjectNode message = Json.newObject().put("api", "fromWidget").put("widgetId", "w");
    message.put("requestId", "r" + number).put("action", "supported_api_versions");
    message.putObject("data");
    ObjectNode frame = Json.newObject().put("t", "msg").put("n", number).put("origin", WIDGET);
    return frame.put("source", true).put("text", message.toString()).toString();
  }

  @Test
  void relayAckTheReplyTakesTheAcknowledgementAlong() {
    for (int i = 1; i <= 500; i++) {
      assertThat(receive(request(i))).isTrue();
      assertThat(last().path("t").asText()).isEqualTo("msg");
      assertThat(last().path("ack").asLong()).isEqualTo(i);
      scheduler.passes(Duration.ofMillis(50)); // within the rate limit
    }
    assertThat(sent).as("one frame for each, and none for an acknowledgement alone").hasSize(500);
    assertThat(json(last().path("text").asText()).path("response").has("supported_versions"))
        .isTrue();
  }

  @Test
  void relayAckWithoutAReplyItIsSentAloneAfterAWhile() {
    receive(quiet(1));
    receive(quiet(2));
    assertThat(scheduler.timers()).as("one timer for both").isEqualTo(1);
    scheduler.passes(RelayBuffer.ACK_DELAY.minusMillis(1));
    assertThat(sent).isEmpty();
    scheduler.passes(Duration.ofMillis(1));
    assertThat(sent).containsExactly("{\"t\":\"ack\",\"n\":2}");
    scheduler.passes(Duration.ofHours(1));
    assertThat(sent).as("told once").hasSize(1);
  }

  @Test
  void relayAckWhatWasDueWhileThereWasNoRoomIsSentWhenThereIs() {
    receive(quiet(1));
    link.room = 0;
    scheduler.passes(RelayBuffer.ACK_DELAY);
    assertThat(sent).isEmpty();
    link.room = 1;
    session.goOn(link);
    assertThat(sent).containsExactly("{\"t\":\"ack\",\"n\":1}");
    link.room = 1;
    session.goOn(link);
    assertThat(sent).as("told once").hasSize(1);
  }

  @Test
  void relayAckOrAtOnceWhenMuchHasComeIn() {
    for (int i = 1; i < RelayBuffer.MAX_OWED_FRAMES; i++) {
      receive(quiet(i));
    }
    assertThat(sent).isEmpty();
    receive(quiet(RelayBuffer.MAX_OWED_FRAMES));
    assertThat(sent).containsExactly("{\"t\":\"ack\",\"n\":" + RelayBuffer.MAX_OWED_FRAMES + "}");
  }

  @Test
  void relayAckWhatThePageHasIsNotSentAgainHoweverItSaysSo() {
    assertThat(session.post("{\"a\":1}")).isTrue();
    assertThat(session.post("{\"a\":2}")).isTrue();
    assertThat(session.post("{\"a\":3}")).isTrue();
    assertThat(receive("{\"t\":\"ack\",\"n\":1}")).as("in a frame of its own").isTrue();
    assertThat(receive("{\"t\":\"answer\",\"n\":1,\"ack\":2,\"id\":99}")).isTrue();
    sent.clear();
    session.disconnect();
    assertThat(session.connect(link, 0)).isTrue();
    assertThat(sent).hasSize(2);
    assertThat(json(sent.get(0)).path("seen").asLong()).as("the welcome").isEqualTo(1);
    assertThat(json(sent.get(1)).path("n").asLong()).isEqualTo(3);
    assertThat(json(sent.get(1)).path("text").asText()).isEqualTo("{\"a\":3}");
    scheduler.passes(Duration.ofSeconds(1));
    assertThat(sent).as("the welcome has told it").hasSize(2);
  }

  @Test
  void relayAckWhatCannotBeIsNoFrame() {
    assertThat(session.post("{}")).isTrue();
    for (String ack : List.of("2", "-1", "1.0", "\"1\"", "null", "1e3", "99999999999999999999")) {
      assertThat(receive("{\"t\":\"answer\",\"n\":1,\"ack\":" + ack + ",\"id\":9}"))
          .as(ack)
          .isFalse();
    }
    assertThat(receive("{\"t\":\"answer\",\"n\":1,\"ack\":1,\"id\":9}")).as("control").isTrue();
  }

  @Test
  void textArrivesAsItWasPosted() {
    String text = "{\"k\\\"\":\"\\u0007 \\\\ / ' \u00e9 \u2028 \ud83d\ude00\"}\n\t\u007f";
    assertThat(session.post(text)).isTrue();
    assertThat(last().path("text").asText()).isEqualTo(text);
  }

  private List<Long> numbers() {
    return sent.stream().map(RelaySessionTest::json).map(f -> f.path("n").asLong()).toList();
  }

  @Test
  void relayPressureWhatThePageDoesNotReadWaitsAndThenComesOnceAndInOrder() {
    link.room = 2;
    for (int i = 1; i <= 5; i++) {
      post("{}");
    }
    session.show(Json.newObject().put("t", "advice").put("text", "old"));
    session.show(Json.newObject().put("t", "advice").put("text", "new"));
    assertThat(numbers()).as("as much as there was room for").containsExactly(1L, 2L);
    link.room = 2;
    session.goOn(link);
    assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L);
    post("{}");
    assertThat(sent).as("not before those that wait").hasSize(4);
    link.room = 100;
    post("{}");
    assertThat(sent).as("room, but others are before it").hasSize(4);
    session.goOn(link);
    assertThat(numbers().subList(4, 7)).containsExactly(5L, 6L, 7L);
    assertThat(sent).as("and what stands, the newest alone").hasSize(8);
    assertThat(last().path("text").asText()).isEqualTo("new");
    post("{}");
    assertThat(last().path("n").asLong()).as("at once again").isEqualTo(8);
    session.goOn(link);
    assertThat(sent).as("nothing twice").hasSize(9);
  }

  @Test
  void relayPressureAPageThatComesBackGetsNoMoreThanItReads() {
    for (int i = 1; i <= 5; i++) {
      post("{}");
    }
    session.disconnect();
    sent.clear();
    HandLink second = new HandLink(sent);
    second.room = 3;
    assertThat(session.connect(second, 1)).isTrue();
    assertThat(numbers()).as("the welcome and two more").containsExactly(0L, 2L, 3L);
    session.goOn(link);
    assertThat(sent).as("the older one is ready, which counts for nothing").hasSize(3);
    second.room = 100;
    session.goOn(second);
    assertThat(numbers()).containsExactly(0L, 2L, 3L, 4L, 5L);
  }

  @Test
  void relayResumeAPageThatSaysLessThanItHadAcknowledgedGetsWhatComesNext() {
    post("{}");
    post("{}");
    assertThat(receive("{\"t\":\"ack\",\"n\":2}")).isTrue();
    session.disconnect();
    sent.clear();
    assertThat(session.connect(link, 0)).isTrue();
    assertThat(sent).as("the welcome").hasSize(1);
    post("{}");
    assertThat(last().path("n").asLong()).isEqualTo(3);
  }

  @Test
  void relayNewestWhatAnOlderConnectionStillSaysIsNotHeard() {
    assertThat(receive(request(1))).isTrue();
    assertThat(last().path("ack").asLong()).as("control: as long as it is the one").isEqualTo(1);
    session.restart();
    sent.clear();
    List<String> atSecond = new ArrayList<>();
    HandLink second = new HandLink(atSecond);
    assertThat(session.connect(second, 0)).isTrue();
    assertThat(receive(request(1))).as("no reason to end anything").isTrue();
    assertThat(receive("{\"t\":\"ack\",\"n\":1}")).isTrue();
    assertThat(atSecond).as("the welcome alone").hasSize(1);
    assertThat(session.receive(second, request(1))).isTrue();
    assertThat(atSecond).as("the first of its own is the first").hasSize(2);
    assertThat(json(atSecond.get(1)).path("ack").asLong()).isEqualTo(1);
    assertThat(sent).isEmpty();
  }
}
