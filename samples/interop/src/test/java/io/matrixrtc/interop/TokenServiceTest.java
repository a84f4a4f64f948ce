package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.livekit.DelegatedLeave;
import io.matrixrtc.livekit.OpenIdToken;
import io.matrixrtc.livekit.Participant;
import io.matrixrtc.livekit.ServiceUrl;
import io.matrixrtc.livekit.SfuAccess;
import io.matrixrtc.livekit.TokenOutcome;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.token.ApiKey;
import io.matrixrtc.token.FullAccess;
import io.matrixrtc.token.TokenService;
import io.matrixrtc.token.TokenServiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our token service between our homeserver and an SFU that is not ours in its client's eyes:
 * livekit-client in Chromium joins by the tokens that it gives.
 */
@Tag("interop")
class TokenServiceTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration DELAY = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String MEMBER = "org.matrix.msc3401.call.member";

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static TokenService service(World world, Sfu sfu, int port, String fullAccess)
      throws IOException, InterruptedException {
    Map<String, URI> servers =
        Map.of("localhost", URI.create(world.homeserver().baseUrl().toString()));
    return TokenService.start(
        TokenServiceConfig.of(
                sfu.url(), ApiKey.of(Sfu.KEY, Sfu.SECRET), new FullAccess(List.of(fullAccess)))
            .listeningOn("127.0.0.1", port)
            .withServers(servers, servers));
  }

  private static SfuAccess access(
      World world,
      TokenService service,
      MatrixClient client,
      Participant participant,
      Optional<DelegatedLeave> leave) {
    ServiceUrl url = ServiceUrl.parse("http://127.0.0.1:" + service.port()).orElseThrow();
    TokenOutcome outcome =
        World.get(
            new io.matrixrtc.livekit.TokenService(world.settings())
                .own(url, participant, World.get(OpenIdToken.request(client)).orThrow(), leave));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            TokenOutcome.Granted.class,
            granted -> assertThat(granted.delegated()).isEqualTo(leave.isPresent()));
    return ((TokenOutcome.Granted) outcome).access();
  }

  private static ObjectNode login(SfuAccess access) {
    return Json.newObject().put("url", access.url().toString()).put("token", access.revealJwt());
  }

  @Test
  void fullAccessOpensTheRoomAndTheDelegatedLeaveIsSentWhenTheBrowserVanishes() throws Exception {
    String name = "TokenServiceTest";
    int port = freePort();
    List<String> strict =
        List.of("--rooms-must-exist", "--webhook", "http://127.0.0.1:" + port + "/sfu_webhook");
    try (World world = new World(name);
        Sfu sfu = Sfu.start(name, strict);
        Browser browser = Browser.start(name);
        TokenService full = service(world, sfu, port, "localhost");
        TokenService restricted = service(world, sfu, 0, "elsewhere")) {
      OurDevice alice = world.ours("alice");
      MatrixClient client = alice.client().matrix();
      String room = world.room(alice);
      String user = alice.address().userId();
      Participant participant = Participant.ofState(room, user, alice.address().deviceId());
      Browser.Page page = browser.open(MediaKeys.identity(alice.address()));

      SfuAccess guest = access(world, restricted, client, participant, Optional.empty());
      assertThatThrownBy(() -> page.join(login(guest), true))
          .as("nobody has opened the room")
          .hasMessageContaining("room does not exist");

      String stateKey = "_" + user + "_" + alice.address().deviceId() + "_m.call";
      World.get(
              client
                  .rooms()
                  .sendState(room, MEMBER, stateKey, Json.newObject().put("application", "m.call")))
          .orThrow();
      DelayId leave =
          World.get(
                  client
                      .delayedEvents()
                      .schedule(
                          room,
                          new OutgoingEvent.State(MEMBER, stateKey, Json.newObject()),
                          DELAY,
                          "leave",
                          LIMIT))
              .orThrow();
      SfuAccess access =
          access(
              world,
              full,
              client,
              participant,
              Optional.of(new DelegatedLeave(leave.value(), DELAY)));
      page.join(login(access), true);
      assertThat(page.isConnected()).isTrue();
      assertThat(content(client, room, stateKey)).as("it is there").isNotEmpty();

      page.vanish();
      await().atMost(SOON).until(() -> content(client, room, stateKey).isEmpty());
    }
  }

  private static ObjectNode content(MatrixClient client, String room, String stateKey) {
    return World.get(client.rooms().stateContent(room, MEMBER, stateKey)).orThrow();
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
