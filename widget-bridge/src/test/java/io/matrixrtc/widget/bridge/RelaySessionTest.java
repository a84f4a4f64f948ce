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
    assertThat(session.connect(sent::add, 0)).isTrue();
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
      assertThat(session.receive(request(i))).isTrue();
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
    session.receive(quiet(1));
    session.receive(quiet(2));
    assertThat(scheduler.timers()).as("one timer for both").isEqualTo(1);
    scheduler.passes(RelayBuffer.ACK_DELAY.minusMillis(1));
    assertThat(sent).isEmpty();
    scheduler.passes(Duration.ofMillis(1));
    assertThat(sent).containsExactly("{\"t\":\"ack\",\"n\":2}");
    scheduler.passes(Duration.ofHours(1));
    assertThat(sent).as("told once").hasSize(1);
  }

  @Test
  void relayAckOrAtOnceWhenMuchHasComeIn() {
    for (int i = 1; i < RelayBuffer.MAX_OWED_FRAMES; i++) {
      session.receive(quiet(i));
    }
    assertThat(sent).isEmpty();
    session.receive(quiet(RelayBuffer.MAX_OWED_FRAMES));
    assertThat(sent).containsExactly("{\"t\":\"ack\",\"n\":" + RelayBuffer.MAX_OWED_FRAMES + "}");
  }

  @Test
  void relayAckWhatThePageHasIsNotSentAgainHoweverItSaysSo() {
    assertThat(session.post("{\"a\":1}")).isTrue();
    assertThat(session.post("{\"a\":2}")).isTrue();
    assertThat(session.post("{\"a\":3}")).isTrue();
    assertThat(session.receive("{\"t\":\"ack\",\"n\":1}")).as("in a frame of its own").isTrue();
    assertThat(session.receive("{\"t\":\"answer\",\"n\":1,\"ack\":2,\"id\":99}")).isTrue();
    sent.clear();
    session.disconnect();
    assertThat(session.connect(sent::add, 0)).isTrue();
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
      assertThat(session.receive("{\"t\":\"answer\",\"n\":1,\"ack\":" + ack + ",\"id\":9}"))
          .as(ack)
          .isFalse();
    }
    assertThat(session.receive("{\"t\":\"answer\",\"n\":1,\"ack\":1,\"id\":9}"))
        .as("control")
        .isTrue();
  }

  @Test
  void textArrivesAsItWasPosted() {
    String text = "{\"k\\\"\":\"\\u0007 \\\\ / ' \u00e9 \u2028 \ud83d\ude00\"}\n\t\u007f";
    assertThat(session.post(text)).isTrue();
    assertThat(last().path("text").asText()).isEqualTo(text);
  }
}
