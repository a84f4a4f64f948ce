package io.matrixrtc.cli.widget;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.Run;
import io.matrixrtc.cli.keys.ProfileUser;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.widget.client.WidgetResult;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's process is killed in mid-call, and started again on its port and its profile. */
class HostKilledTest {
  private static final String PASSWORD = "a password for one test";
  private static final String KEYS = "io.element.call.encryption_keys";
  private static final int LIMIT_SECONDS = 60;
  private static final int IN_FLIGHT = 12;

  @TempDir private Path directory;
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
  private final BlockingQueue<ObjectNode> keysOfBob = new LinkedBlockingQueue<>();
  private EmbeddedHomeserver homeserver;
  private OtherApp bob;
  private String room = "";
  private String[] options = {};

  @BeforeEach
  void start() throws Exception {
    homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(0));
    Path profile = directory.resolve("alice");
    Path password = Files.writeString(directory.resolve("password.txt"), PASSWORD);
    String url = homeserver.baseUrl().toString();
    keys("login", profile, password, "--homeserver", url, "--user", "alice", "--register");
    keys("setup", profile, password);
    room = ProfileUser.createRoom(profile);
    bob = new OtherApp(homeserver.baseUrl(), "bob", PASSWORD, directory.resolve("spool"));
    OtherApp.get(bob.client.matrix().rooms().join(room)).orThrow();
    bob.client.onEncrypted(KEYS, (from, content) -> keysOfBob.add(content));
    Path elementCall = Files.createDirectory(directory.resolve("element-call"));
    Files.writeString(elementCall.resolve("index.html"), "<!doctype html>");
    options =
        new String[] {
          "--profile", profile.toString(), "--room", room, "--element-call", elementCall.toString()
        };
  }

  private static void keys(String command, Path profile, Path password, String... more) {
    List<String> line = new ArrayList<>(List.of("keys", command, "--profile", profile.toString()));
    line.addAll(List.of("--password-file", password.toString()));
    line.addAll(List.of(more));
    Run run = Run.of(line.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @AfterEach
  void stop() {
    pool.shutdownNow();
    bob.close();
    homeserver.close();
  }

  private RelayedWidget widget(HostProcess host) {
    return widget(host.page);
  }

  private RelayedWidget widget(URI page) {
    return new RelayedWidget(page, new PoolScheduler(pool, InstantSource.system()));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static void sends(RelayedWidget widget, String key) throws Exception {
    assertThat(get(widget.react(key))).as(key).isInstanceOf(WidgetResult.Answered.class);
  }

  /** Bob gets the widget's media key by way of its host's device. */
  private void givesBobItsKey(RelayedWidget widget, int index) throws Exception {
    String device = widget.parameter("deviceId");
    ObjectNode content = Json.newObject().put("room_id", room).put("sent_ts", 1);
    content.putObject("keys").put("index", index).put("key", "AAECAwQFBgcICQoLDA0ODw");
    content
        .putObject("member")
        .put("claimed_device_id", device)
        .put("id", "@alice:localhost:" + device);
    content.putObject("session").put("call_id", "").put("application", "m.call");
    DeviceAddress to =
        new DeviceAddress(bob.client.device().userId(), bob.client.device().deviceId());
    Map<DeviceAddress, Outcome> outcomes =
        get(get(widget.client).toDeviceChannel().send(KEYS, content, Set.of(to)));
    assertThat(outcomes).containsEntry(to, new Outcome.Sent());
    ObjectNode got = keysOfBob.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(got).as("what bob decrypted").isNotNull();
    assertThat(got.path("keys").path("index").asInt()).isEqualTo(index);
  }

  /** How often each reaction is in the room. */
  private Map<String, Integer> reactions() throws Exception {
    JsonNode chunk =
        get(bob.client
                .matrix()
                .api()
                .call(
                    ApiRequest.get("v3", "rooms", room, "messages")
                        .with("dir", "b")
                        .with("limit", "100")))
            .orThrow()
            .path("chunk");
    Map<String, Integer> counted = new TreeMap<>();
    for (JsonNode event : chunk) {
      if (event.path("type").asText().equals("m.reaction")) {
        counted.merge(
            event.path("content").path("m.relates_to").path("key").asText(), 1, Integer::sum);
      }
    }
    return counted;
  }

  @Test
  void thePageIsToldAndGoesOnWithANewLinkAndNothingIsSentTwice() throws Exception {
    Path log = directory.resolve("host.log");
    int port = HostProcess.freePort();
    List<CompletableFuture<WidgetResult>> inFlight = new ArrayList<>();
    try (HostProcess first = HostProcess.start(port, log, options);
        RelayedWidget widget = widget(first)) {
      assertThat(get(widget.ready)).isTrue();
      sends(widget, "before");
      givesBobItsKey(widget, 0);

      // Control: while the host lives, a lost connection is nothing but that.
      CompletionStage<WidgetResult> onTheWay = widget.react("meanwhile");
      widget.drop();
      assertThat(get(onTheWay)).isInstanceOf(WidgetResult.Answered.class);
      Awaitility.await()
          .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
          .until(() -> widget.resumed.get() > 0);
      sends(widget, "resumed");
      assertThat(widget.ended).isNotDone();

      for (int i = 0; i < IN_FLIGHT; i++) {
        inFlight.add(widget.react("flying " + i).toCompletableFuture());
      }
      get(inFlight.get(0)); // some of them are done, others are not
      first.kill();
      CompletionStage<WidgetResult> unheard = widget.react("unheard");

      try (HostProcess second = HostProcess.start(port, log, options)) {
        assertThat(get(widget.ended)).as("what the page is told").isEqualTo("session over");
        widget.close();
        assertThat(get(unheard)).isNotInstanceOf(WidgetResult.Answered.class);
        try (RelayedWidget old = widget(first)) {
          assertThat(get(old.ended)).as("the old link").isEqualTo("link is not valid");
        }
        URI fresh = second.newLink();
        assertThat(fresh).as("what Enter prints").isNotEqualTo(second.page);
        try (RelayedWidget again = widget(fresh)) {
          assertThat(get(again.ready)).as("with the new link").isTrue();
          assertThat(again.parameter("deviceId"))
              .as("the same device")
              .isEqualTo(widget.parameter("deviceId"));
          assertThat(again.parameter("widgetId"))
              .as("another session")
              .isNotEqualTo(widget.parameter("widgetId"));
          sends(again, "after");
          givesBobItsKey(again, 1);
        }
      }
    }
    Map<String, Integer> counted = reactions();
    assertThat(counted).containsKeys("before", "meanwhile", "resumed", "after", "flying 0");
    assertThat(counted).doesNotContainKey("unheard");
    assertThat(counted.values()).as("each once").containsOnly(1);
    for (int i = 0; i < IN_FLIGHT; i++) {
      if (get(inFlight.get(i)) instanceof WidgetResult.Answered) {
        assertThat(counted).as("what was answered is there").containsKey("flying " + i);
      }
    }
  }
}
