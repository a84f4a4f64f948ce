package io.matrixrtc.widget.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.relay.RelayBuffer.Numbered;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Numbers of the relay, and a bridge that is not there. */
class RelayConnectionTest {
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
  private final AtomicLong later = new AtomicLong();
  private final PoolScheduler scheduler =
      new PoolScheduler(pool, () -> Instant.now().plusSeconds(later.get()));
  private final CompletableFuture<Boolean> lost = new CompletableFuture<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  private final RelayConnection.Listener listener =
      new RelayConnection.Listener() {
        @Override
        public void onOpened(URI widget) {
          ended.complete("opened");
        }

        @Override
        public void onMessage(String text) {}

        @Override
        public void onLost() {
          lost.complete(true);
        }

        @Override
        public void onEnded(String reason) {
          ended.complete(reason);
        }
      };

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  /** An address where nobody listens. */
  private static URI nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/#link");
    }
  }

  @Test
  void clientRelayABridgeThatIsAwayForTooLongIsGivenUp() throws Exception {
    try (RelayConnection relay = new RelayConnection(nobody(), listener, scheduler)) {
      relay.start();
      assertThat(lost.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ended).as("tried again").isNotDone();
      later.set(RelayConnection.GIVE_UP.toSeconds());
      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo("the bridge cannot be reached");
    }
  }

  @Test
  void clientRelayOneMessageTooManyWithoutAConnectionEndsIt() throws Exception {
    try (RelayConnection relay = new RelayConnection(nobody(), listener, scheduler)) {
      for (int i = 0; i < RelayFrames.MAX_WAITING; i++) {
        relay.post("{}");
      }
      CompletableFuture<Boolean> turn = new CompletableFuture<>();
      scheduler.execute(() -> turn.complete(ended.isDone()));
      assertThat(turn.get(30, TimeUnit.SECONDS)).as("at the limit").isFalse();
      relay.post("{}");
      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo("too much waits for a connection");
    }
  }

  /** An app's threads, which it may end. */
  private static final class EndedThreads implements SerialScheduler {
    private final SerialScheduler inner;
    private final AtomicInteger refused = new AtomicInteger();
    private final CompletableFuture<Thread> who = new CompletableFuture<>();
    private volatile boolean over;

    EndedThreads(SerialScheduler inner) {
      this.inner = inner;
    }

    @Override
    public void execute(Runnable task) {
      if (over) {
        refused.incrementAndGet();
        who.complete(Thread.currentThread());
        throw new RejectedExecutionException("over");
      }
      inner.execute(task);
    }

    @Override
    public Instant now() {
      return inner.now();
    }

    @Override
    public Timer schedule(Instant at, Runnable task) {
      return inner.schedule(at, task);
    }
  }

  @Test
  void aConnectionThatEndsAfterTheAppsThreadsIsLeftAtThat() throws Exception {
    EndedThreads threads = new EndedThreads(scheduler);
    try (ServerSocket bridge = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI page = URI.create("http://127.0.0.1:" + bridge.getLocalPort() + "/#link");
      RelayConnection relay = new RelayConnection(page, listener, threads);
      relay.start();
      try (Socket accepted = bridge.accept()) {
        assertThat(accepted.getInputStream().read()).as("control: it connects").isPositive();
        threads.over = true;
      }
      Thread socket = threads.who.get(30, TimeUnit.SECONDS);
      socket.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(socket.isAlive()).isFalse();
      assertThat(threads.refused).as("asked once, and no more").hasValue(1);
    }
  }

  private static ObjectNode welcome(long seen) {
    return Json.newObject()
        .put("session", "s")
        .put("origin", "https://widget.example.org")
        .put("seen", seen);
  }

  @Test
  void relayOnceRelayAckFramesAreKeptUntilTheBridgeHasThemAndTakenOnce() throws Exception {
    RelayFrames frames = new RelayFrames();
    assertThat(Json.parseObject(frames.hello("the-link")).path("link").asText())
        .isEqualTo("the-link");
    frames.add(Json.newObject().put("t", "msg").put("text", "early"));
    assertThat(frames.welcome(welcome(0))).as("the first of the session").isTrue();
    assertThat(Json.parseObject(frames.unacknowledged().get(0)).path("origin").asText())
        .as("known by now")
        .isEqualTo("https://widget.example.org");
    frames.add(Json.newObject().put("t", "msg").put("text", "two"));
    frames.add(Json.newObject().put("t", "msg").put("text", "three"));
    frames.acknowledged(1);

    assertThat(frames.receive(incoming(1), 9)).isTrue();
    assertThat(frames.receive(incoming(1), 9)).as("again").isFalse();
    assertThat(frames.receive(incoming(3), 9)).as("one is missing").isFalse();
    assertThat(frames.receive(incoming(2), 9)).isTrue();
    assertThat(frames.owesAcknowledgement()).isTrue();
    assertThat(Json.parseObject(frames.acknowledgement()).path("n").asLong()).isEqualTo(2);

    ObjectNode hello = Json.parseObject(frames.hello("the-link"));
    assertThat(hello.path("resume").asText()).isEqualTo("s");
    assertThat(hello.path("seen").asLong()).isEqualTo(2);
    assertThat(frames.welcome(welcome(2))).as("the same session").isFalse();
    List<Long> again = new ArrayList<>();
    for (String text : frames.unacknowledged()) {
      again.add(Json.parseObject(text).path("n").asLong());
    }
    assertThat(again).containsExactly(3L);
    assertThat(frames.receive(incoming(3).put("ack", 3), 9)).isTrue();
    assertThat(frames.unacknowledged()).as("the frame said that it has come").isEmpty();
    Numbered four = frames.add(Json.newObject().put("t", "load"));
    assertThat(Json.parseObject(frames.text(four)).path("ack").asLong()).isEqualTo(3);
    assertThat(frames.owesAcknowledgement()).as("told on the way").isFalse();
  }

  private static ObjectNode incoming(long number) {
    return Json.newObject().put("t", "msg").put("n", number).put("text", "{}");
  }
}
