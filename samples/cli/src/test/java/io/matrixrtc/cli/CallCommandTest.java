package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.call.CallOptions;
import io.matrixrtc.cli.call.CallRun;
import io.matrixrtc.cli.call.CallTable;
import io.matrixrtc.cli.call.CallView;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.KeyFormat;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command in the call of a room on the embedded homeserver, with a second participant. */
class CallCommandTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(2);
  private EmbeddedServer server;
  private MatrixClient host;
  private String room = "";

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedServer.start(0);
    host = register("host");
    register("alice");
    register("bob");
    room = get(host.rooms().createRoom(NewRoom.openForCalls())).orThrow();
  }

  @AfterEach
  void stop() {
    host.close();
    server.close();
    pool.shutdownNow();
  }

  private MatrixClient register(String user) throws Exception {
    ClientSettings settings =
        ClientSettings.of(new JdkHttpTransport(pool), new PoolScheduler(pool, Clock.systemUTC()));
    Credentials credentials = Credentials.of(user, "pass-" + user, "test");
    return new MatrixClient(
        get(MatrixClient.register(server.baseUrl(), credentials, settings)).orThrow(), settings);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private CallOptions options(String user, CallOptions.Way way, String trust) {
    return new CallOptions(
        server.baseUrl(),
        user,
        "pass-" + user,
        room,
        "demand",
        trust,
        way,
        KeyFormat.ELEMENT_CALL,
        Optional.empty(),
        false);
  }

  /** The memberships of a call that are not left, as the homeserver has them. */
  private long memberships() throws Exception {
    ApiResult<List<ObjectNode>> state = get(host.rooms().wholeState(room));
    return state.orThrow().stream()
        .filter(event -> event.path("type").asText().equals("org.matrix.msc3401.call.member"))
        .filter(event -> !event.path("content").isEmpty())
        .count();
  }

  @Test
  void theCommandShowsTheOtherOnesKeyAndLeavesCleanly_CLI_CALL() throws Exception {
    try (CallRun bob =
        CallRun.open(options("bob", CallOptions.Way.TO_DEVICE, "all"), event -> {})) {
      bob.join(Optional.empty());
      Run run =
          Run.of(
              "call",
              "--homeserver",
              server.baseUrl().toString(),
              "--user",
              "alice",
              "--password=pass-alice",
              "--room",
              room,
              "--trust",
              "all",
              "--for",
              "8",
              "--json");
      assertThat(run.exitCode()).as(run.err()).isZero();
      List<String> lines = run.out().lines().filter(line -> line.startsWith("{")).toList();
      JsonNode last = MAPPER.readTree(lines.get(lines.size() - 1));
      assertThat(last.path("status").asText()).isEqualTo("connected");
      JsonNode member = last.path("members").path(0);
      assertThat(member.path("device").asText()).isEqualTo(bob.own().toString());
      assertThat(member.path("theirKey").asText()).as("%s", last).isEqualTo("ok");
      assertThat(member.path("ourKey").asText()).isEqualTo("ok");
      assertThat(member.path("keyBy").asText()).isEqualTo("to-device");
      assertThat(last.path("problems")).isEmpty();
      await().atMost(LONG).until(() -> bob.look().rows().isEmpty());
      assertThat(memberships()).as("bob's alone").isEqualTo(1);
      assertThat(bob.leave()).isTrue();
      assertThat(memberships()).isZero();
    }
  }

  @Test
  void whoLacksWhatAndWhyIsSaid_CLI_CALL() throws Exception {
    try (CallRun bob = CallRun.open(options("bob", CallOptions.Way.TO_DEVICE, "all"), event -> {});
        CallRun alice =
            CallRun.open(options("alice", CallOptions.Way.TO_DEVICE, "cross-signed"), e -> {})) {
      bob.join(Optional.empty());
      await().atMost(LONG).until(() -> !alice.preview().isEmpty());
      assertThat(alice.preview()).containsOnlyKeys(bob.own());
      alice.join(Optional.empty());
      await().atMost(LONG).until(() -> alice.look().problems().size() == 2);
      List<String> lines = CallTable.lines(alice.look(), 200);
      assertThat(lines)
          .anyMatch(line -> line.startsWith("We lack the key of " + bob.own()))
          .anyMatch(line -> line.contains("withheld: policy cross-signed"));
      CallView bobs = bob.look();
      assertThat(bobs.rows()).as("control: bob gives a key to everyone").hasSize(1);
      await().atMost(LONG).until(() -> bob.look().rows().get(0).ours().equals("ok"));
    }
  }

  @Test
  void anOldClientIsReachedByRoomEventsAndTheNewOneSaysSo_AD_EVIDENCE() throws Exception {
    List<KeyEvent> events = new CopyOnWriteArrayList<>();
    try (CallRun old =
            CallRun.open(options("bob", CallOptions.Way.ROOM_EVENT, "all"), event -> {});
        CallRun alice =
            CallRun.open(options("alice", CallOptions.Way.ADAPTIVE, "all"), events::add)) {
      old.join(Optional.empty());
      alice.join(Optional.empty());
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(old.look().problems()).isEmpty();
                assertThat(alice.look().problems()).isEmpty();
                assertThat(old.look().rows().get(0).way()).contains("room-event");
                assertThat(alice.look().rows().get(0).way()).contains("room-event (fallback)");
              });
      assertThat(events).anyMatch(KeyEvent.WayChanged.class::isInstance);
    }
    assertThat(memberships()).isZero();
  }

  @Test
  void whatIsMissingOrWrongIsSaid_CLI_USAGE() {
    Run.of("call", "--homeserver", "http://127.0.0.1:1", "--user", "a").misusedWith("--room");
    Run.of(
            "call",
            "--homeserver=http://127.0.0.1:1",
            "--user=a",
            "--password=b",
            "--room=!a:b",
            "--keys-by=pigeon")
        .misusedWith("pigeon");
    Run.of(
            "call",
            "--homeserver=" + server.baseUrl(),
            "--user=alice",
            "--password=wrong",
            "--room=" + room)
        .failedWith("password");
  }
}
