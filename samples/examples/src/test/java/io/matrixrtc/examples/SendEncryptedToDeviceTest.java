package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.server.EmbeddedServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendEncryptedToDeviceTest {
  @Test
  void bobGetsTheTextAndSeesWhoSentItAndTheHomeserverDoesNot(@TempDir Path stores)
      throws Exception {
    try (EmbeddedServer homeserver = EmbeddedServer.start(0)) {
      String arrived =
          SendEncryptedToDevice.send(homeserver.baseUrl(), stores, "needle in the hay");
      assertThat(arrived).startsWith("needle in the hay from ").contains("@alice:");
      assertThat(homeserver.insight().orElseThrow().log())
          .isNotEmpty()
          .noneMatch(bytes -> new String(bytes, StandardCharsets.UTF_8).contains("needle"))
          .anyMatch(
              bytes -> new String(bytes, StandardCharsets.UTF_8).contains("m.room.encrypted"));
    }
  }
}
