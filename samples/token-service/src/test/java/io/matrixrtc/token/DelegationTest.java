package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.livekit.server.AccessToken;
import io.matrixrtc.session.LivekitNames;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delayed leaves handed over, from request to the homeserver's delayed events. */
class DelegationTest {
  private static final String EVENTS = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events";
  private static final String ROOM = LivekitNames.roomAlias("!abc:hs.example", "m.call#ROOM");
  private static final String IDENTITY =
      LivekitNames.stickyIdentity(
          "@alice:hs.example", "ABCDEFGHIJ", "0b6a1f0e-6a1c-4b27-9a55-5f1c1f3d2e10");

  private World world;

  @BeforeEach
  void start() throws Exception {
    world = new World();
    world.homeserver.answers(
        "/.well-known/matrix/client",
        200,
        "{\"m.homeserver\":{\"base_url\":\"https://hs.example:8448/\"}}");
    for (String id : List.of("delay-1", "delay-2", "..%2Fx")) {
      world.homeserver.answers(EVENTS + "/" + id + "/restart", 200, "{}");
      world.homeserver.answers(EVENTS + "/" + id + "/send", 200, "{}");
    }
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static ObjectNode delegating(ObjectNode request, String id) {
    return request.put("delay_id", id).put("delay_timeout", 3_600_000);
  }

  private HttpResponse<String> webhook(String event, String identity, ApiKey key) throws Exception {
    String body =
        "{\"event\":\""
            + event
            + "\",\"room\":{\"name\":\""
            + ROOM
            + "\"},\"participant\":{\"identity\":\""
            + identity
            + "\"},\"newer\":1}";
    AccessToken token = new AccessToken(key.key(), key.secret());
    token.setSha256(SfuSignature.sha256(body.getBytes(StandardCharsets.UTF_8)));
    return world.send("/sfu_webhook", "POST", body, "Authorization", token.toJwt());
  }

  private void seen(String path) {
    await().until(() -> world.homeserver.paths().contains(EVENTS + path));
  }

  @Test
  void theLeaveIsRestartedWhileConnectedAndSentAfterwards_LK_DELEGATE() throws Exception {
    for (String path : List.of("/get_token", "/delegate_delayed_leave")) {
      String id = path.equals("/get_token") ? "delay-1" : "delay-2";
      HttpResponse<String> answer = world.post(path, delegating(World.stickyRequest(), id));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(webhook("participant_joined", IDENTITY, World.KEY).statusCode()).isEqualTo(200);
      seen("/" + id + "/restart");
      assertThat(webhook("participant_left", IDENTITY, World.KEY).statusCode()).isEqualTo(200);
      seen("/" + id + "/send");
    }
    assertThat(world.homeserver.requests())
        .filteredOn(request -> request.path().startsWith(EVENTS))
        .allMatch(request -> request.authorization().equals("null"), "no token goes along");
  }

  @Test
  void aStateMembershipMayDelegateToo_LK_DELEGATE() throws Exception {
    HttpResponse<String> answer =
        world.post("/sfu/get", delegating(World.legacyRequest(), "delay-1"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    webhook("participant_joined", "@alice:hs.example:ABCDEFGHIJ", World.KEY);
    seen("/delay-1/restart");
  }

  @Test
  void onlyUsersWithFullAccessDelegate_LK_DELEGATE() throws Exception {
    try (World other = new World(TokenEndpointsTest.restricted("trusted.example"))) {
      assertThat(
              World.error(other.post("/get_token", delegating(World.stickyRequest(), "delay-1"))))
          .isEqualTo("400 M_BAD_JSON");
      assertThat(World.error(other.post("/sfu/get", delegating(World.legacyRequest(), "delay-1"))))
          .isEqualTo("400 M_BAD_JSON");
      assertThat(
              World.error(
                  other.post(
                      "/delegate_delayed_leave", delegating(World.stickyRequest(), "delay-1"))))
          .isEqualTo("403 M_FORBIDDEN");
      assertThat(other.post("/get_token", World.stickyRequest()).statusCode())
          .as("control: a token alone")
          .isEqualTo(200);
    }
  }

  @Test
  void theHomeserverMustBeFoundFirst_CSAPI_FIND() throws Exception {
    for (String file :
        List.of("", "{}", "{\"m.homeserver\":{\"base_url\":\"http://hs.example\"}}")) {
      world.homeserver.answers("/.well-known/matrix/client", 200, file);
      assertThat(
              World.error(world.post("/get_token", delegating(World.stickyRequest(), "delay-1"))))
          .isEqualTo("400 M_BAD_JSON");
    }
    assertThat(world.sfu.requests()).as("no empty room stays").isEmpty();
  }

  @Test
  void delayIsWantedToDelegate_LK_FIELDS() throws Exception {
    assertThat(World.error(world.post("/delegate_delayed_leave", World.stickyRequest())))
        .isEqualTo("400 M_BAD_JSON");
  }

  @Test
  void theIdIsOneSegmentWhateverItHolds_CSAPI_ID() throws Exception {
    world.post("/get_token", delegating(World.stickyRequest(), "../x"));
    webhook("participant_joined", IDENTITY, World.KEY);
    seen("/..%2Fx/restart");
  }

  @Test
  void webhooksOfOthersAreRefused_LK_WEBHOOK_ours() throws Exception {
    world.post("/get_token", delegating(World.stickyRequest(), "delay-1"));
    ApiKey other = ApiKey.of("devkey", "another-secret-another-secret-12");
    assertThat(webhook("participant_joined", IDENTITY, other).statusCode()).isEqualTo(401);
    assertThat(world.send("/sfu_webhook", "POST", "{}").statusCode()).isEqualTo(401);
    assertThat(world.homeserver.paths()).noneMatch(path -> path.startsWith(EVENTS));
    assertThat(webhook("participant_joined", IDENTITY, World.KEY).statusCode())
        .as("control")
        .isEqualTo(200);
    seen("/delay-1/restart");
  }

  @Test
  void aWebhookOfAnotherKindOrParticipantChangesNothing_LK_WEBHOOK() throws Exception {
    world.post("/get_token", delegating(World.stickyRequest(), "delay-1"));
    assertThat(webhook("track_published", IDENTITY, World.KEY).statusCode()).isEqualTo(200);
    assertThat(webhook("participant_joined", "someone", World.KEY).statusCode()).isEqualTo(200);
    assertThat(world.homeserver.paths()).noneMatch(path -> path.startsWith(EVENTS));
    webhook("participant_joined", IDENTITY, World.KEY);
    seen("/delay-1/restart");
  }

  @Test
  void aNewerLeaveReplacesTheOlder_LEAVE_REPLACE() throws Exception {
    world.post("/get_token", delegating(World.stickyRequest(), "delay-1"));
    world.post("/get_token", delegating(World.stickyRequest(), "delay-2"));
    webhook("participant_joined", IDENTITY, World.KEY);
    seen("/delay-2/restart");
    assertThat(world.homeserver.paths()).doesNotContain(EVENTS + "/delay-1/restart");
  }
}
