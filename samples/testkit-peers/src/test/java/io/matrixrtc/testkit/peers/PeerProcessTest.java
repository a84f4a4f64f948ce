package io.matrixrtc.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.ScriptException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The pipe to peers, with a shell in a peer's place. */
@DisabledOnOs(OS.WINDOWS)
class PeerProcessTest {
  private static final ObjectNode NOTHING = Json.newObject();

  @TempDir private Path folder;

  private PeerProcess shell(String script) throws IOException {
    return new PeerProcess(
        List.of("sh", "-c", script),
        folder.resolve("peer.log"),
        Duration.ofSeconds(20),
        Duration.ofMillis(200));
  }

  @Test
  void answersBelongToTheirCommandsAndEventsAreKept() throws Exception {
    try (PeerProcess peer =
        shell(
            "echo '{\"event\":\"key\",\"index\":7}';"
                + " read line; echo '{\"id\":1,\"ok\":{\"echo\":'$line'}}';"
                + " read line; echo '{\"id\":2,\"error\":\"no such thing\"}'; cat >/dev/null")) {
      ObjectNode answer = peer.call("first", Json.newObject().put("x", 1));
      assertThat(answer.at("/echo/do").asText()).isEqualTo("first");
      assertThat(answer.at("/echo/x").intValue()).isEqualTo(1);
      assertThatThrownBy(() -> peer.call("second", NOTHING)).hasMessageContaining("no such thing");
      assertThat(peer.events("key"))
          .singleElement()
          .satisfies(event -> assertThat(event.path("index").intValue()).isEqualTo(7));
      assertThat(peer.events("other")).isEmpty();
    }
  }

  @Test
  void aPeerThatEndsFailsWhatWaitsAndWhatComesAfter() throws Exception {
    try (PeerProcess peer = shell("read line; exit 3")) {
      assertThatThrownBy(() -> peer.call("first", NOTHING)).hasMessageContaining("ended");
      assertThatThrownBy(() -> peer.call("second", NOTHING)).isInstanceOf(ScriptException.class);
    }
  }

  @Test
  void aLineThatIsNoJsonFailsWhatWaits() throws Exception {
    try (PeerProcess peer = shell("read line; echo oops; cat >/dev/null")) {
      assertThatThrownBy(() -> peer.call("first", NOTHING)).hasMessageContaining("no JSON line");
    }
  }

  @Test
  void aPeerThatDoesNotEndIsEndedByForce() throws Exception {
    PeerProcess peer = shell("exec sleep 600");
    assertThat(peer.isAlive()).isTrue();
    peer.close();
    await().until(() -> !peer.isAlive());
  }
}
