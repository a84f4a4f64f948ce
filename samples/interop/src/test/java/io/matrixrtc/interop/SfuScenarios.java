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
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What must hold at every SFU that speaks as LiveKit's server does: the stand-in, and that one. */
final class SfuScenarios {
  static final String ROOM = "call";
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final Duration DELAY = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String MEMBER = "org.matrix.msc3401.call.member";
  private static final int SOME_PACKETS = 15;

  private SfuScenarios() {}

  /**
   * Who has full access opens the room, others may not; the delegated leave is sent when the
   * browser is gone.
   *
   * @param port for the token service that the SFU tells of it
   * @param refusal what is said to whom joins a room that nobody opened
   * @param gone how long the SFU may wait for the browser to come back
   */
  static void fullAccessAndDelegatedLeave(
      World world, Browser browser, String url, ApiKey key, int port, String refusal, Duration gone)
      throws Exception {
    try (TokenService full = service(world, url, key, port, "localhost");
        TokenService restricted = service(world, url, key, 0, "elsewhere")) {
      OurDevice alice = world.ours("alice");
      MatrixClient client = alice.client().matrix();
      String room = world.room(alice);
      String user = alice.address().userId();
      Participant participant = Participant.ofState(room, user, alice.address().deviceId());
      Browser.Page page = browser.open(MediaKeys.identity(alice.address()));

      SfuAccess guest = access(world, restricted, client, participant, Optional.empty());
      assertThatThrownBy(() -> page.join(login(guest), true))
          .as("nobody has opened the room")
          .hasMessageContaining(refusal);

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
      assertThat(content(client, room, stateKey)).as("it is there").isNotEmpty();

      page.vanish();
      await().atMost(gone).until(() -> content(client, room, stateKey).isEmpty());
    }
  }

  private static TokenService service(
      World world, String url, ApiKey key, int port, String fullAccess)
      throws IOException, InterruptedException {
    Map<String, URI> servers =
        Map.of("localhost", URI.create(world.homeserver().baseUrl().toString()));
    return TokenService.start(
        TokenServiceConfig.of(url, key, new FullAccess(List.of(fullAccess)))
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

  private static ObjectNode content(MatrixClient client, String room, String stateKey) {
    return World.get(client.rooms().stateContent(room, MEMBER, stateKey)).orThrow();
  }

  /**
   * Two browsers hear and see each other, one by a single peer connection, under the keys of our
   * managers; a third gets every packet and decodes nothing.
   *
   * @param login gives a participant a token for {@link #ROOM}
   */
  static void twoBrowsersHearAndSeeEachOtherAndNobodyElseDoes(
      World world, Browser browser, Function<String, ObjectNode> login) throws Exception {
    OurDevice alice = world.ours("alice");
    OurDevice bob = world.ours("bob");
    String room = world.room(alice);
    bob.joinRoom(room);
    OurCall atAlice = OurCall.join(alice, room);
    OurCall atBob = OurCall.join(bob, room);
    List<OurCall> members = List.of(atAlice, atBob);
    CallKeyScenarios.awaitKeysOfAll(members);

    Browser.Page one = page(browser, atAlice, members);
    Browser.Page two = page(browser, atBob, members);
    one.join(login.apply(one.identity()), true);
    two.join(login.apply(two.identity()), false);
    one.publish(true, true);
    two.publish(true, true);
    // It has no key of the one, and another key of the other at the very index.
    Browser.Page eve = browser.open("eve");
    eve.key(
        one.identity(), atAlice.ownKey().index(), Base64.getEncoder().encodeToString(new byte[16]));
    eve.join(login.apply(eve.identity()), true);

    one.awaitMedia(two.identity());
    two.awaitMedia(one.identity());
    assertThat(one.failures()).isEmpty();
    assertThat(two.failures()).isEmpty();
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

  /** A page of a device, with every key that the device was given, and its own. */
  static Browser.Page page(Browser browser, CallParty device, List<? extends CallParty> members)
      throws Exception {
    Browser.Page page = browser.open(MediaKeys.identity(device.address()));
    page.keysOf(device, members);
    return page;
  }
}
