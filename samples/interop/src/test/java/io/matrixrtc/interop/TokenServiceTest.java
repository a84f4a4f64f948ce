package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.token.ApiKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our token service between our homeserver and an SFU that is not ours in its client's eyes:
 * livekit-client in Chromium joins by the tokens that it gives.
 */
@Tag("interop")
class TokenServiceTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void fullAccessOpensTheRoomAndTheDelegatedLeaveIsSentWhenTheBrowserVanishes() throws Exception {
    String name = "TokenServiceTest";
    int port = HostCommand.freePort();
    List<String> strict =
        List.of("--rooms-must-exist", "--webhook", "http://127.0.0.1:" + port + "/sfu_webhook");
    try (World world = new World(name);
        Sfu sfu = Sfu.start(name, strict);
        Browser browser = Browser.start(name)) {
      ApiKey key = ApiKey.of(Sfu.KEY, Sfu.SECRET);
      SfuScenarios.fullAccessAndDelegatedLeave(
          world, browser, sfu.url(), key, port, "room does not exist", SOON);
    }
  }

  @Test
  void aTokenOfAnotherKeyOpensNothing() throws Exception {
    String name = "TokenServiceTest.other";
    try (Sfu sfu = Sfu.start(name, List.of());
        Browser browser = Browser.start(name)) {
      Browser.Page page = browser.open("@alice:localhost:A");
      ObjectNode good = sfu.login(page.identity(), "room");
      String token = good.path("token").asText();
      // Other claims under the signature of the good ones.
      String other = sfu.login("@mallory:localhost:M", "room").path("token").asText();
      String forged =
          other.substring(0, other.lastIndexOf('.')) + token.substring(token.lastIndexOf('.'));
      assertThatThrownBy(() -> page.join(good.deepCopy().put("token", forged), true))
          .hasMessageContaining("signature is wrong");
      page.join(good, true);
      assertThat(page.isConnected()).as("control").isTrue();
    }
  }
}
