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
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** LiveKit's own server: our tokens, our webhooks, and media under our keys. */
@Tag("interop")
class LivekitServerTest {
  private static final Duration SOON = Duration.ofSeconds(40);

  /** It waits for a participant to come back. */
  private static final Duration GONE = Duration.ofSeconds(120);

  private static final Duration DELAY = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String MEMBER = "org.matrix.msc3401.call.member";
  private static final String ROOM = "call";
  private static final int SOME_PACKETS = 15;

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
        Browser browser = Browser.start(name);
        TokenService full = service(world, server, port, "localhost");
        TokenService restricted = service(world, server, 0, "elsewhere")) {
      OurDevice alice = world.ours("alice");
      MatrixClient client = alice.client().matrix();
      String room = world.room(alice);
      String user = alice.address().userId();
      Participant participant = Participant.ofState(room, user, alice.address().deviceId());
      Browser.Page page = browser.open(MediaKeys.identity(alice.address()));

      SfuAccess guest = access(world, restricted, client, participant, Optional.empty());
      assertThatThrownBy(() -> page.join(login(guest), true))
          .as("nobody has opened the room, and a guest may not")
          .isInstanceOf(Exception.class);

      String stateKey = "_" + user + "_" + alice.address().deviceId() + "_m.call";
      ObjectNode there = Json.newObject().put("application", "m.call");
      World.get(client.rooms().sendState(room, MEMBER, stateKey, there)).orThrow();
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
      DelegatedLeave delegated = new DelegatedLeave(leave.value(), DELAY);
      SfuAccess access = access(world, full, client, participant, Optional.of(delegated));
      page.join(login(access), true);
      assertThat(page.isConnected()).isTrue();
      assertThat(content(client, room, stateKey)).as("control: it is there").isNotEmpty();

      page.vanish();
      await().atMost(GONE).until(() -> content(client, room, stateKey).isEmpty());
    }
  }

  private static ObjectNode content(MatrixClient client, String room, String stateKey) {
    return World.get(client.rooms().stateContent(room, MEMBER, stateKey)).orThrow();
  }

  private static TokenService service(
      World world, LivekitServer server, int port, String fullAccess) throws Exception {
    Map<String, URI> servers =
        Map.of("localhost", URI.create(world.homeserver().baseUrl().toString()));
    return TokenService.start(
        TokenServiceConfig.of(
                server.url(),
                ApiKey.of(LivekitServer.KEY, LivekitServer.SECRET),
                new FullAccess(List.of(fullAccess)))
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
  void twoBrowsersHearAndSeeEachOtherWithTheKeysOfOurManagersAndNobodyElseDoes() throws Exception {
    String name = "LivekitServerTest.media";
    try (World world = new World(name);
        LivekitServer server = LivekitServer.start(name, Optional.empty());
        Browser browser = Browser.start(name)) {
      OurDevice alice = world.ours("alice");
      OurDevice bob = world.ours("bob");
      String room = world.room(alice);
      bob.joinRoom(room);
      List<OurCall> members = List.of(OurCall.join(alice, room), OurCall.join(bob, room));
      CallKeyScenarios.awaitKeysOfAll(members);
      Browser.Page one = page(browser, server, members.get(0), members);
      Browser.Page two = page(browser, server, members.get(1), members);
      // It has no key of the one, and another key of the other at the very index.
      Browser.Page eve = browser.open("eve");
      String wrong = Base64.getEncoder().encodeToString(new byte[16]);
      eve.key(one.identity(), members.get(0).ownKey().index(), wrong);
      eve.join(server.login(eve.identity(), ROOM), true);

      one.awaitMedia(two.identity());
      two.awaitMedia(one.identity());
      for (String sender : List.of(one.identity(), two.identity())) {
        await().atMost(SOON).until(() -> eve.packets(sender, Media.AUDIO) > SOME_PACKETS);
        await().atMost(SOON).until(() -> eve.packets(sender, Media.VIDEO) > SOME_PACKETS);
        assertThat(eve.framesSeen(sender)).isZero();
        assertThat(eve.energyHeard(sender)).isZero();
      }
      assertThat(eve.failures())
          .extracting(Browser.Failure::reason)
          .contains(Browser.Page.WRONG_KEY, Browser.Page.MISSING_KEY);
    }
  }

  private static Browser.Page page(
      Browser browser, LivekitServer server, CallParty device, List<? extends CallParty> members)
      throws Exception {
    Browser.Page page = browser.open(MediaKeys.identity(device.address()));
    page.keysOf(device, members);
    page.join(server.login(page.identity(), ROOM), true);
    page.publish(true, true);
    return page;
  }
}
