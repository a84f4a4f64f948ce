package io.matrixrtc.cli.widget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.Run;
import io.matrixrtc.cli.keys.Profile;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The widget host with an account that exists already, seen by its page. */
class WidgetHostServerTest {
  private static final String PASSWORD = "a password for one test";

  @TempDir private Path directory;
  private EmbeddedHomeserver homeserver;
  private OtherApp other;

  @BeforeEach
  void start() throws Exception {
    homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(0));
    other = new OtherApp(homeserver.baseUrl(), "alice", PASSWORD, directory.resolve("spool"));
  }

  @AfterEach
  void stop() {
    other.close();
    homeserver.close();
  }

  private WidgetHostServer host(Optional<String> recoveryKey) throws HostingException {
    return host(
        Optional.of(homeserver.baseUrl()),
        Map.of("alice", PASSWORD),
        recoveryKey,
        Optional.empty());
  }

  private static WidgetHostServer host(
      Optional<URI> homeserver,
      Map<String, String> users,
      Optional<String> recoveryKey,
      Optional<Profile> profile)
      throws HostingException {
    return WidgetHostServer.start(
        new WidgetHostServer.Settings(
            homeserver,
            users,
            Optional.empty(),
            Optional.of(URI.create("http://widget.invalid/")),
            Optional.empty(),
            Optional.empty(),
            0,
            0,
            0,
            Optional.empty(),
            TrustPolicy.CROSS_SIGNED,
            false,
            recoveryKey,
            profile));
  }

  /** A page that only listens. */
  static final class Page implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    Page(WidgetHostServer server) {
      this(URI.create(server.link(server.users().get(0))));
    }

    Page(URI link) {
      socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .header("Origin", "http://" + link.getAuthority())
              .buildAsync(URI.create("ws://" + link.getAuthority() + "/relay"), this)
              .join();
      ObjectNode hello = Json.newObject().put("t", "hello").put("link", link.getFragment());
      socket.sendText(hello.toString(), true).join();
    }

    void send(String frame) {
      socket.sendText(frame, true).join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        frames.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    ObjectNode await(Predicate<ObjectNode> wanted) throws Exception {
      while (true) {
        String text = frames.poll(60, TimeUnit.SECONDS);
        assertThat(text).as("what the page waits for").isNotNull();
        ObjectNode frame = Json.parseObject(text);
        if (wanted.test(frame)) {
          return frame;
        }
      }
    }

    /** The next message of an action, whatever name of it is used. */
    ObjectNode message(String action) throws Exception {
      while (true) {
        ObjectNode frame = await(kind("msg"));
        ObjectNode message = Json.parseObject(frame.path("text").asText());
        if (message.path("action").asText().endsWith(action)) {
          return message;
        }
      }
    }

    void relay(int number, ObjectNode message) {
      ObjectNode frame = Json.newObject().put("t", "msg").put("n", number);
      frame.put("origin", "http://widget.invalid").put("source", true);
      send(frame.put("text", message.toString()).toString());
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  private static Predicate<ObjectNode> kind(String kind) {
    return frame -> frame.path("t").asText().equals(kind);
  }

  static Predicate<ObjectNode> backup(String phase) {
    return kind("backup").and(frame -> frame.path("phase").asText().equals(phase));
  }

  @Test
  void withTheRecoveryKeyTheNewSessionIsSignedAndItsPagePausesAndResumesTheBackup()
      throws Exception {
    String recoveryKey = other.makeRecovery();
    FaultPlan.Active fault =
        homeserver
            .faults()
            .add(
                FaultRule.on("/room_keys/keys$", new Fault.ServerError(502))
                    .method("GET")
                    .always());
    try (WidgetHostServer server = host(Optional.of(recoveryKey));
        Page page = new Page(server)) {
      page.await(backup("running"));
      page.send("{\"t\":\"backup\",\"n\":1,\"want\":\"pause\"}");
      page.await(backup("paused"));
      fault.remove();
      page.send("{\"t\":\"backup\",\"n\":2,\"want\":\"resume\"}");
      ObjectNode backup = page.await(backup("done"));
      assertThat(backup.path("total").asLong()).isPositive();
      assertThat(backup.path("done").asLong()).isEqualTo(backup.path("total").asLong());
      assertThat(page.frames).as("no advice").noneMatch(text -> text.contains("not signed"));
    }
    assertThatThrownBy(() -> host(Optional.of("a wrong one")).close())
        .isInstanceOf(HostingException.class)
        .hasMessageContaining("not the account's recovery key");
  }

  @Test
  void withoutItThePageSaysWhatToDoUntilTheSessionIsSigned() throws Exception {
    try (WidgetHostServer server = host(Optional.empty());
        Page page = new Page(server)) {
      String advice = page.await(kind("advice")).path("text").asText();
      assertThat(advice).contains("is not signed by you", "keys sign @alice:localhost");
      String device = advice.replaceAll("This session, (\\w+),.*", "$1");
      other.sign(device, advice.replaceAll(".*@alice:localhost ", "").replace(" ", ""));
      assertThat(page.await(kind("advice")).path("text").asText()).as("it is signed").isEmpty();
    }
  }

  @Test
  void anExpiredLinkSaysSoAndWhatToDoAndANewOneOpens() throws Exception {
    try (WidgetHostServer server = host(Optional.empty())) {
      URI old = URI.create(server.link(server.users().get(0), Duration.ofNanos(1)));
      try (Page late = new Page(old)) {
        ObjectNode refused = late.await(kind("refused"));
        assertThat(refused.path("reason").asText()).isEqualTo("link has expired");
        assertThat(refused.path("advice").asText()).startsWith("Press Enter");
      }
      try (Page page = new Page(server)) {
        assertThat(page.await(kind("welcome")).path("session").asText()).isNotEmpty();
      }
    }
  }

  @Test
  void theConsentDialogNamesTheRoom() throws Exception {
    try (WidgetHostServer server = host(Optional.empty());
        Page page = new Page(server)) {
      String url = page.await(kind("welcome")).path("url").asText();
      String widgetId = url.replaceAll(".*[?&]widgetId=([^&#]*).*", "$1");
      page.send("{\"t\":\"load\",\"n\":1}");
      ObjectNode asked = page.message("capabilities");
      asked.putObject("response").putArray("capabilities").add("org.matrix.msc2931.navigate");
      page.relay(2, asked);
      ObjectNode question = page.await(kind("ask"));
      assertThat(question.path("room").asText()).isEqualTo("“A call” (" + server.roomId() + ")");
      page.send(
          "{\"t\":\"answer\",\"n\":3,\"id\":"
              + question.path("id").asLong()
              + ",\"allow\":[\"org.matrix.msc2931.navigate\"]}");
      page.message("notify_capabilities");

      String link = "https://matrix.to/#/" + server.roomId().replace(":", "%3A");
      page.relay(4, navigate(widgetId, "1", "http://evil.example.org/"));
      assertThat(page.message("navigate").path("response").path("error").path("message").asText())
          .isEqualTo("Invalid matrix.to URI");
      page.relay(5, navigate(widgetId, "2", link));
      assertThat(page.await(kind("link")).path("url").asText()).isEqualTo(link);
      assertThat(page.message("navigate").path("response")).isEmpty();
    }
  }

  private static ObjectNode navigate(String widgetId, String requestId, String uri) {
    ObjectNode message = Json.newObject().put("api", "fromWidget").put("widgetId", widgetId);
    message.put("requestId", requestId).put("action", "org.matrix.msc2931.navigate");
    message.putObject("data").put("uri", uri);
    return message;
  }

  @Test
  void aProfilesDeviceIsHostedAndStaysLoggedIn() throws Exception {
    String folder = directory.resolve("profile").toString();
    Path password = Files.writeString(directory.resolve("password.txt"), PASSWORD);
    String[] login = {"--user", "alice", "--homeserver", homeserver.baseUrl().toString()};
    String device = ownDevice(keys("login", folder, password, login)).path("device").asText();
    Optional<Profile> profile = Optional.of(new Profile(Path.of(folder)));
    try (WidgetHostServer server = host(Optional.empty(), Map.of(), Optional.empty(), profile);
        Page page = new Page(server)) {
      assertThat(server.users()).containsExactly("@alice:localhost");
      String advice = page.await(kind("advice")).path("text").asText();
      assertThat(advice).as("no new device").startsWith("This session, " + device + ",");
      Run.of("keys", "status", "--profile", folder).failedWith("in use");
      other.sign(device, advice.replaceAll(".*@alice:localhost ", "").replace(" ", ""));
      assertThat(page.await(kind("advice")).path("text").asText()).as("it is signed").isEmpty();
    }
    Run status = Run.of("keys", "status", "--profile", folder, "--json");
    assertThat(status.exitCode()).as("logged in as before: %s", status.err()).isZero();
    assertThat(ownDevice(status).path("device").asText()).isEqualTo(device);
    assertThat(status.out()).contains("\"deviceSigned\":true");
    Optional<Profile> nobody = Optional.of(new Profile(directory.resolve("nobody")));
    assertThatThrownBy(() -> host(Optional.empty(), Map.of(), Optional.empty(), nobody).close())
        .isInstanceOf(HostingException.class)
        .hasMessageContaining("nobody is logged in at");
  }

  private static Run keys(String command, String folder, Path password, String... more) {
    List<String> line = new ArrayList<>(List.of("keys", command, "--profile", folder, "--json"));
    line.addAll(List.of("--password-file", password.toString()));
    line.addAll(List.of(more));
    return Run.of(line.toArray(String[]::new));
  }

  private static ObjectNode ownDevice(Run run) throws Exception {
    assertThat(run.exitCode()).as(run.err()).isZero();
    for (String line : run.out().lines().toList()) {
      ObjectNode json = Json.parseObject(line);
      if (json.path("type").asText().equals("own_device")) {
        return json;
      }
    }
    throw new AssertionError(run.out());
  }
}
