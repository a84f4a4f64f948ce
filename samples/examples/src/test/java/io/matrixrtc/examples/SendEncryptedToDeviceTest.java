package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.server.EmbeddedServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SendEncryptedToDeviceTest {
  @Test
  void bobGetsTheTextAndSeesWhoSentItAndTheHomeserverDoesNot() throws Exception {
    try (EmbeddedServer homeserver = EmbeddedServer.start(0)) {
      String arrived = SendEncryptedToDevice.send(homeserver.baseUrl(), "needle in the hay");
      assertThat(arrived).startsWith("needle in the hay from ").contains("@alice:");
      assertThat(homeserver.insight().orElseThrow().log())
          .isNotEmpty()
          .noneMatch(bytes -> new String(bytes, StandardCharsets.UTF_8).contains("needle"))
          .anyMatch(
              bytes -> new String(bytes, StandardCharsets.UTF_8).contains("m.room.encrypted"));
    }
  }
}
