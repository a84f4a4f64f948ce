package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.WebOrigin;
import io.matrixrtc.widget.relay.RelayBuffer;
import io.matrixrtc.widget.relay.RelayBuffer.Numbered;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A bridge's relay, for a widget in Java that takes the place of page and iframe: each message once
 * and in order both ways, over as many connections as it takes (RELAY-ONCE). A lost connection is
 * replaced after 250 ms, and after twice as long each time up to 5 s; after {@link #GIVE_UP}
 * without one it ends (CLIENT-RELAY). Questions to the user are answered with no. Any thread may
 * call.
 */
public final class RelayConnection implements HostPort, AutoCloseable {
  /** So long without a connection, and the session at the bridge is over anyway. */
  public static final Duration GIVE_UP = Duration.ofSeconds(60);

  /** Longest frame that is read: 18 Mi characters, four bytes each. */
  public static final int MAX_FRAME_BYTES = 4 * (18 << 20);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int CONNECT_MILLIS = 10_000;

  private final URI relay;
  private final String origin;
  private final String link;
  private final Listener listener;
  private final SerialScheduler scheduler;
  private final RelayFrames frames = new RelayFrames();
  private @Nullable Socket socket;
  private SerialScheduler.@Nullable Timer timer;
  private SerialScheduler.@Nullable Timer acknowledgement;
  private @Nullable Instant lostAt;
  private Duration pause = FIRST_PAUSE;
  private boolean over;

  /** Told of the relay, on its scheduler. Must not block. */
  public interface Listener {
    /** The session is there: once. A browser would load this address now. */
    void onOpened(URI widget);

    /** Something is posted to the widget. */
    void onMessage(String text);

    /** The connection was lost; another one is tried for. */
    default void onLost() {}

    /** There is a connection again. Nothing was lost with the one before. */
    default void onResumed() {}

    /** It is over, for this reason; not after {@link RelayConnection#close}. */
    void onEnded(String reason);
  }

  /**
   * @param page the host page's address with a link in its fragment, as the bridge gave it out
   * @param scheduler confines this connection; may be the widget's
   */
  public RelayConnection(URI page, Listener listener, SerialScheduler scheduler) {
    String path = page.getPath().replaceAll("[^/]*$", "");
    String scheme = page.getScheme().equalsIgnoreCase("https") ? "wss" : "ws";
    this.relay = URI.create(scheme + "://" + page.getAuthority() + path + "relay");
    this.origin = WebOrigin.of(page.toString());
    this.link = page.getFragment() == null ? "" : page.getFragment();
    this.listener = listener;
    this.scheduler = scheduler;
  }

  /** Connects. */
  public void start() {
    scheduler.execute(this::connect);
  }

  /** Tells the host that the widget's document has loaded, as a page does. */
  public void loaded() {
    put(Json.newObject().put("t", "load"));
  }

  /** Posts a message of the widget. The bridge hears of it once, if need be when it is back. */
  @Override
  public void post(String text) {
    put(Json.newObject().put("t", "msg").put("source", true).put("text", text));
  }

  private void put(ObjectNode frame) {
    scheduler.execute(
        () -> {
          if (over) {
            return;
          }
          if (!frames.hasRoom()) { // CLIENT-RELAY
            end("too much waits for a connection");
            return;
          }
          Numbered numbered = frames.add(frame);
          if (socket != null && socket.welcomed) {
            socket.write(frames.text(numbered));
          }
        });
  }

  private void connect() {
    if (!over) {
      socket = new Socket();
      socket.connect();
    }
  }

  /** The bridge's word, or none, on a connection. */
  private void take(Socket from, String text) {
    if (over || from != socket) {
      return;
    }
    ObjectNode frame;
    try {
      frame = Json.parseObject(text);
    } catch (MalformedJsonException e) {
      end("the bridge speaks another protocol");
      return;
    }
    switch (frame.path("t").asText()) {
      case "welcome" -> welcome(from, frame);
      case "ack" -> frames.acknowledged(frame.path("n").asLong());
      case "refused" -> end(frame.path("reason").asText());
      case "ask" -> {
        receive(from, frame, text.length());
        decline(frame);
      }
      default -> receive(from, frame, text.length());
    }
  }

  private void welcome(Socket from, ObjectNode frame) {
    boolean first = frames.welcome(frame);
    from.welcomed = true;
    lostAt = null;
    pause = FIRST_PAUSE;
    if (first) {
      listener.onOpened(URI.create(frame.path("url").asText()));
    } else {
      listener.onResumed();
    }
    frames.unacknowledged().forEach(from::write);
  }

  /** There is no user here to ask: what the app grants unasked is all there is. */
  private void decline(ObjectNode question) {
    ObjectNode answer = Json.newObject().put("t", "answer").put("allow", false);
    put(answer.put("id", question.path("id").asLong()));
  }

  private void receive(Socket from, ObjectNode frame, int length) {
    if (!frame.path("n").isIntegralNumber()) {
      return; // for the page alone, and the next one says it all
    }
    boolean isNew = frames.receive(frame, length);
    if (frames.owesAcknowledgementNow()) { // RELAY-ACK
      from.write(frames.acknowledgement());
    } else if (acknowledgement == null) {
      acknowledgement =
          scheduler.schedule(scheduler.now().plus(RelayBuffer.ACK_DELAY), this::acknowledge);
    }
    if (isNew && frame.path("t").asText().equals("msg")) {
      listener.onMessage(frame.path("text").asText());
    }
  }

  /** Unless a frame has taken it along; on the next connection the first words do. */
  private void acknowledge() {
    acknowledgement = null;
    if (socket != null && socket.welcomed && frames.owesAcknowledgement()) {
      socket.write(frames.acknowledgement());
    }
  }

  private void lost(Socket which) {
    if (over || which != socket) {
      return;
    }
    socket = null;
    Instant now = scheduler.now();
    if (lostAt == null) {
      lostAt = now;
      listener.onLost();
    }
    if (!now.isBefore(lostAt.plus(GIVE_UP))) {
      end("the bridge cannot be reached");
      return;
    }
    timer = scheduler.schedule(now.plus(pause), this::connect);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  private void end(String reason) {
    stop();
    listener.onEnded(reason);
  }

  private void stop() {
    over = true;
    if (timer != null) {
      timer.cancel();
    }
    if (acknowledgement != null) {
      acknowledgement.cancel();
    }
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  /** Drops the connection without a word, as a network does; another one takes its place. */
  public void drop() {
    scheduler.execute(
        () -> {
          if (socket != null) {
            socket.closeConnection(1006, "dropped");
          }
        });
  }

  /** Ends this side; the bridge ends the session when nobody comes back. */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          if (!over) {
            stop();
          }
        });
  }

  /** One WebSocket. Its threads only hand on. */
  private final class Socket extends WebSocketClient {
    private boolean welcomed; // on the scheduler

    Socket() {
      super(
          relay,
          new Draft_6455(List.of(), List.of(new Protocol("")), MAX_FRAME_BYTES),
          Map.of("Origin", origin),
          CONNECT_MILLIS);
      setDaemon(true);
    }

    /** Nothing is lost if it cannot be sent: it goes out again on the next connection. */
    void write(String text) {
      try {
        send(text);
      } catch (WebsocketNotConnectedException e) {
        // onClose follows
      }
    }

    private void hand(Runnable task) {
      try {
        scheduler.execute(task);
      } catch (RejectedExecutionException e) {
        closeConnection(1001, "over"); // the app has ended its threads
      }
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      hand(
          () -> {
            if (this == socket) {
              write(frames.hello(link));
            }
          });
    }

    @Override
    public void onMessage(String text) {
      hand(() -> take(this, text));
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      try {
        scheduler.execute(() -> lost(this));
      } catch (RejectedExecutionException e) {
        // nobody is left to hear of it; to close once more would only end here again
      }
    }

    @Override
    public void onError(Exception e) {
      // onClose follows
    }
  }
}
