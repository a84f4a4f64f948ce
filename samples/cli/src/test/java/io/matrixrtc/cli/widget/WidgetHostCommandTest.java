package io.matrixrtc.cli.widget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.widget.client.WidgetResult;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code matrixrtc widget-host} on a homeserver that runs already, with what it can be told. */
class WidgetHostCommandTest {
  private static final String PASSWORD = "a password for one test";

  @TempDir private Path directory;
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
  private EmbeddedHomeserver homeserver;
  private OtherApp alice;
  private String room = "";
  private Path elementCall;

  @BeforeEach
  void start() throws Exception {
    homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(0));
    alice = new OtherApp(homeserver.baseUrl(), "alice", PASSWORD, directory.resolve("spool"));
    room =
        OtherApp.get(alice.client.matrix().rooms().createRoom(NewRoom.open().forCalls())).orThrow();
    elementCall = Files.createDirectory(directory.resolve("element-call"));
    Files.writeString(elementCall.resolve("index.html"), "<!doctype html>");
  }

  @AfterEach
  void stop() {
    pool.shutdownNow();
    alice.close();
    homeserver.close();
  }

  private HostProcess host(String... more) throws Exception {
    Path password = Files.writeString(directory.resolve("password.txt"), PASSWORD);
    List<String> options =
        new ArrayList<>(List.of("--homeserver", homeserver.baseUrl().toString()));
    options.addAll(List.of("--user", "alice", "--password-file", password.toString()));
    options.addAll(List.of("--room", room, "--link-lifetime", "3"));
    options.addAll(List.of(more));
    return HostProcess.start(
        HostProcess.freePort(), directory.resolve("host.log"), options.toArray(String[]::new));
  }

  private RelayedWidget widget(URI page) {
    return new RelayedWidget(page, new PoolScheduler(pool, InstantSource.system()));
  }

  @Test
  void elementCallIsHostedForThatUserInThatRoom() throws Exception {
    try (HostProcess host = host("--element-call", elementCall.toString(), "--trust", "all");
        RelayedWidget widget = widget(host.page)) {
      OtherApp.get(widget.ready);
      assertThat(widget.parameter("userId")).isEqualTo(alice.session.userId());
      assertThat(widget.parameter("deviceId")).isNotEqualTo(alice.session.deviceId());
      assertThat(widget.parameter("roomId")).isEqualTo(room);
      assertThat(OtherApp.get(widget.react("a"))).isInstanceOf(WidgetResult.Answered.class);
      try (RelayedWidget another = widget(host.newLink())) {
        OtherApp.get(another.ready);
      }
    }
  }

  @Test
  void withTheRecoveryKeyTheSessionIsSignedAndBringsTheBackup() throws Exception {
    Path key = Files.writeString(directory.resolve("key.txt"), alice.makeRecovery() + "\n");
    String files = elementCall.toString();
    try (HostProcess host = host("--element-call", files, "--recovery-key-file", key.toString());
        RelayedWidget widget = widget(host.page)) {
      OtherApp.get(widget.ready);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> alice.standing(widget.parameter("deviceId")),
              VerificationState.VERIFIED::equals);
      try (WidgetHostServerTest.Page page = new WidgetHostServerTest.Page(host.newLink())) {
        ObjectNode backup = page.await(WidgetHostServerTest.backup("done"));
        assertThat(backup.path("total").asLong()).isPositive();
        assertThat(backup.path("done").asLong()).isEqualTo(backup.path("total").asLong());
      }
    }
    try (HostProcess host = host("--element-call", files);
        RelayedWidget widget = widget(host.page)) {
      OtherApp.get(widget.ready);
      assertThat(alice.standing(widget.parameter("deviceId")))
          .as("control: without it")
          .isEqualTo(VerificationState.UNSIGNED_DEVICE);
    }
  }

  @Test
  void whoIsToBeAskedIsNotPassedOver() throws Exception {
    try (HostProcess host = host("--element-call", elementCall.toString(), "--ask");
        RelayedWidget widget = widget(host.page)) {
      assertThat(OtherApp.get(widget.react("a"))) // a widget in Java says no to every question
          .isInstanceOf(WidgetResult.Refused.class);
    }
  }

  @Test
  void anotherWidgetIsGivenWhatItsAddressAsksFor() throws Exception {
    try (HostProcess host =
            host(
                "--widget",
                "http://127.0.0.1:9/w?userId=$matrix_user_id&roomId=$matrix_room_id"
                    + "&deviceId=$org.matrix.msc3819.matrix_device_id");
        RelayedWidget widget = widget(host.page)) {
      OtherApp.get(widget.client);
      assertThat(widget.parameter("userId")).isEqualTo(alice.session.userId());
      assertThat(widget.parameter("roomId")).isEqualTo(room);
      assertThat(widget.parameter("deviceId")).isNotEmpty().doesNotContain("$");
      assertThat(OtherApp.get(widget.react("a")))
          .as("nothing is granted unasked")
          .isInstanceOf(WidgetResult.Refused.class);
    }
  }
}
