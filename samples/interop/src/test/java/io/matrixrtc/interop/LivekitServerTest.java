package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.token.ApiKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** LiveKit's own server: our tokens, our webhooks, and media under our keys. */
@Tag("interop")
class LivekitServerTest {
  /** It waits for a participant to come back. */
  private static final Duration GONE = Duration.ofSeconds(120);

  private static final String ROOM = SfuScenarios.ROOM;

  @Test
  void wrongGrantsAreRefused() throws Exception {
    try (LivekitServer server = LivekitServer.start("LivekitServerTest.grants", Optional.empty())) {
      Instant later = Instant.now().plusSeconds(600);
      ObjectNode right = AccessToken.claims(LivekitServer.KEY, "@alice:localhost:A", ROOM, later);
      String secret = LivekitServer.SECRET;

      ObjectNode expired =
          AccessToken.claims(
              LivekitServer.KEY, "@alice:localhost:A", ROOM, Instant.now().minusSeconds(3_600));
      assertThat(server.validate(AccessToken.signed(expired, secret)).statusCode())
          .as("expired")
          .isEqualTo(401);
      ObjectNode unknown = AccessToken.claims("nobody", "@alice:localhost:A", ROOM, later);
      assertThat(server.validate(AccessToken.signed(unknown, secret)).statusCode())
          .as("of a key that it does not know")
          .isEqualTo(401);
      assertThat(server.validate(AccessToken.signed(right, secret + "?")).statusCode())
          .as("signed with another secret")
          .isEqualTo(401);
      ObjectNode watching = right.deepCopy();
      watching.withObject("/video").put("roomJoin", false);
      assertThat(server.validate(AccessToken.signed(watching, secret)).statusCode())
          .as("without the right to join")
          .isEqualTo(401);
      String token = AccessToken.signed(right, secret);
      String other =
          AccessToken.signed(
              AccessToken.claims(LivekitServer.KEY, "@mallory:localhost:M", ROOM, later), secret);
      String forged =
          other.substring(0, other.lastIndexOf('.')) + token.substring(token.lastIndexOf('.'));
      assertThat(server.validate(forged).statusCode())
          .as("other claims under the signature of the right ones")
          .isEqualTo(401);
      assertThat(server.validate(token).statusCode()).as("control").isEqualTo(200);

      ObjectNode service = AccessToken.claims(LivekitServer.KEY, "service", ROOM, later);
      service.withObject("/video").put("roomAdmin", true);
      String admin = AccessToken.signed(service, secret);
      assertThat(server.participants(admin, "another").statusCode())
          .as("a service that may see into one room looks into another")
          .isEqualTo(401);
      assertThat(server.participants(token, ROOM).statusCode())
          .as("a participant does as if it were a service")
          .isEqualTo(401);
      assertThat(server.participants(admin, ROOM).statusCode()).as("control").isEqualTo(200);
    }
  }

  @Test
  void fullAccessOpensTheRoomAndTheDelegatedLeaveIsSentWhenTheBrowserVanishes() throws Exception {
    String name = "LivekitServerTest.leave";
    int port = HostCommand.freePort();
    URI webhook = URI.create("http://127.0.0.1:" + port + "/sfu_webhook");
    try (World world = new World(name);
        LivekitServer server = LivekitServer.start(name, Optional.of(webhook));
        Browser browser = Browser.start(name)) {
      ApiKey key = ApiKey.of(LivekitServer.KEY, LivekitServer.SECRET);
      SfuScenarios.fullAccessAndDelegatedLeave(
          world, browser, server.url(), key, port, "room does not exist", GONE);
    }
  }

  @Test
  void twoBrowsersHearAndSeeEachOtherWithTheKeysOfOurManagersAndNobodyElseDoes() throws Exception {
    String name = "LivekitServerTest.media";
    try (World world = new World(name);
        LivekitServer server = LivekitServer.start(name, Optional.empty());
        Browser browser = Browser.start(name)) {
      SfuScenarios.twoBrowsersHearAndSeeEachOtherAndNobodyElseDoes(
          world, browser, identity -> server.login(identity, SfuScenarios.ROOM));
    }
  }
}
