package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.auth0.jwt.JWT;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.livekit.server.WebhookReceiver;
import io.matrixrtc.session.LivekitNames;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import livekit.LivekitRoom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The token endpoints, from request to token. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenEndpointsTest {
  private static final String CREATE = "/twirp/livekit.RoomService/CreateRoom";
  private static final String ALIAS_OF_LEGACY =
      LivekitNames.roomAlias("!abc:hs.example", "m.call#ROOM");

  private World world;

  @BeforeAll
  void start() throws Exception {
    world = new World();
  }

  @AfterAll
  void stop() {
    world.close();
  }

  private DecodedJWT token(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(World.json(answer).get("url").asText()).startsWith("ws://127.0.0.1:");
    return JWT.decode(World.json(answer).get("jwt").asText());
  }

  @Test
  void theRequestsOfElementCallGiveTokens_LK_ACCEPT() throws Exception {
    DecodedJWT legacy = token(world.post("/sfu/get", World.legacyRequest()));
    assertThat(legacy.getSubject()).isEqualTo("@alice:hs.example:ABCDEFGHIJ");
    assertThat(legacy.getClaim("video").asMap()).containsEntry("room", ALIAS_OF_LEGACY);
    DecodedJWT sticky = token(world.post("/get_token", World.stickyRequest()));
    assertThat(sticky.getSubject())
        .isEqualTo(
            LivekitNames.stickyIdentity(
                "@alice:hs.example", "ABCDEFGHIJ", "0b6a1f0e-6a1c-4b27-9a55-5f1c1f3d2e10"));
    assertThat(sticky.getClaim("video").asMap())
        .as("both endpoints lead to one room")
        .containsEntry("room", ALIAS_OF_LEGACY);
  }

  @Test
  void theTokenGrantsWhatUpstreamGrants_LK_GRANTS() throws Exception {
    DecodedJWT token = token(world.post("/get_token", World.stickyRequest()));
    assertThat(token.getIssuer()).isEqualTo("devkey");
    assertThat(token.getExpiresAtAsInstant())
        .isEqualTo(token.getNotBeforeAsInstant().plusSeconds(3600));
    assertThat(token.getClaim("video").asMap())
        .isEqualTo(
            Map.of(
                "roomJoin", true,
                "room", ALIAS_OF_LEGACY,
                "canPublish", true,
                "canSubscribe", true,
                "canUpdateOwnMetadata", true));
  }

  /**
   * The SDK verifies tokens in its webhook receiver alone: signature, issuer and time first, then
   * the hash of the body, which a join token does not have.
   */
  @Test
  void livekitsOwnSdkVerifiesTheToken_LK_SDK() throws Exception {
    String jwt = World.json(world.post("/sfu/get", World.legacyRequest())).get("jwt").asText();
    assertThatThrownBy(() -> new WebhookReceiver("devkey", World.KEY.secret()).receive("{}", jwt))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("checksum of body");
    assertThatThrownBy(
            () -> new WebhookReceiver("devkey", World.KEY.secret() + "x").receive("{}", jwt))
        .as("control: another secret")
        .isInstanceOf(JWTVerificationException.class);
    assertThatThrownBy(() -> new WebhookReceiver("other", World.KEY.secret()).receive("{}", jwt))
        .as("control: another key")
        .isInstanceOf(JWTVerificationException.class);
  }

  @Test
  void usersOfFullAccessServersOpenTheRoom_LK_FULL() throws Exception {
    int before = created().size();
    token(world.post("/get_token", World.stickyRequest()));
    assertThat(created()).hasSize(before + 1);
    StubServer.Request request = created().get(before);
    LivekitRoom.CreateRoomRequest room =
        LivekitRoom.CreateRoomRequest.parseFrom(request.body().getBytes());
    assertThat(room.getName()).isEqualTo(ALIAS_OF_LEGACY);
    assertThat(room.getEmptyTimeout()).isEqualTo(300);
    assertThat(room.getDepartureTimeout()).isEqualTo(20);
    DecodedJWT ours = JWT.decode(request.authorization().replace("Bearer ", ""));
    assertThat(ours.getClaim("video").asMap()).isEqualTo(Map.of("roomCreate", true));
  }

  private List<StubServer.Request> created() {
    return world.sfu.requests().stream().filter(r -> r.path().equals(CREATE)).toList();
  }

  @Test
  void otherUsersGetTokensAndOpenNothing_LK_FULL() throws Exception {
    try (World other = new World(restricted("trusted.example"))) {
      assertThat(other.post("/get_token", World.stickyRequest()).statusCode()).isEqualTo(200);
      assertThat(other.sfu.requests()).isEmpty();
    }
    try (World all = new World(restricted("*"))) {
      assertThat(all.post("/get_token", World.stickyRequest()).statusCode()).isEqualTo(200);
      assertThat(all.sfu.requests()).as("control: all have full access").hasSize(1);
    }
    try (World mixed = new World(restricted("*", "trusted.example"))) {
      assertThat(mixed.post("/get_token", World.stickyRequest()).statusCode()).isEqualTo(200);
      assertThat(mixed.sfu.requests()).as("* counts alone").isEmpty();
    }
  }

  static UnaryOperator<TokenServiceConfig> restricted(String... full) {
    return config ->
        TokenServiceConfig.of(config.livekitUrl(), config.apiKey(), new FullAccess(List.of(full)))
            .listeningOn("127.0.0.1", 0)
            .withNetwork(config.addresses(), config.trust(), config.lookUpTimeout());
  }

  @Test
  void unknownFieldsAreRefusedAsUpstreamRefusesThem_LK_STRICT() throws Exception {
    for (String path : List.of("/sfu/get", "/get_token", "/delegate_delayed_leave")) {
      ObjectNode good = path.equals("/sfu/get") ? World.legacyRequest() : World.stickyRequest();
      good.put("delay_id", "d1").put("delay_timeout", 1000);
      assertThat(World.error(world.post(path, good.deepCopy().put("extra", 1))))
          .as(path)
          .isEqualTo("400 M_NOT_JSON");
      ObjectNode nested = good.deepCopy();
      ((ObjectNode) nested.get("openid_token")).put("extra", 1);
      assertThat(World.error(world.post(path, nested))).as(path).isEqualTo("400 M_NOT_JSON");
      ObjectNode typed = good.deepCopy();
      ((ObjectNode) typed.get("openid_token")).put("expires_in", "3600");
      assertThat(World.error(world.post(path, typed))).as(path).isEqualTo("400 M_NOT_JSON");
      assertThat(World.error(world.send(path, "POST", "not json")))
          .as(path)
          .isEqualTo("400 M_NOT_JSON");
      assertThat(World.error(world.send(path, "POST", "[]"))).isEqualTo("400 M_NOT_JSON");
      assertThat(World.error(world.send(path, "POST", ""))).isEqualTo("400 M_NOT_JSON");
    }
    ObjectNode member = World.stickyRequest();
    ((ObjectNode) member.get("member")).put("extra", 1);
    assertThat(World.error(world.post("/get_token", member))).isEqualTo("400 M_NOT_JSON");
    assertThat(world.post("/get_token", World.stickyRequest()).statusCode())
        .as("control")
        .isEqualTo(200);
  }

  @Test
  void missingFieldsAreNamed_LK_FIELDS() throws Exception {
    for (String field : List.of("room", "openid_token")) {
      assertThat(World.error(world.post("/sfu/get", World.legacyRequest().without(field))))
          .as(field)
          .isEqualTo("400 M_BAD_JSON");
    }
    for (String field : List.of("room_id", "slot_id", "openid_token", "member")) {
      assertThat(World.error(world.post("/get_token", World.stickyRequest().without(field))))
          .as(field)
          .isEqualTo("400 M_BAD_JSON");
    }
    for (String field : List.of("id", "claimed_user_id", "claimed_device_id")) {
      ObjectNode request = World.stickyRequest();
      ((ObjectNode) request.get("member")).putNull(field);
      assertThat(World.error(world.post("/get_token", request))).isEqualTo("400 M_BAD_JSON");
    }
    assertThat(world.post("/sfu/get", World.legacyRequest()).statusCode())
        .as("control")
        .isEqualTo(200);
  }

  @Test
  void idAndDelayComeTogether_LK_DELAY_PAIR() throws Exception {
    for (String path : List.of("/sfu/get", "/get_token")) {
      ObjectNode good = path.equals("/sfu/get") ? World.legacyRequest() : World.stickyRequest();
      assertThat(World.error(world.post(path, good.deepCopy().put("delay_id", "d"))))
          .isEqualTo("400 M_BAD_JSON");
      assertThat(World.error(world.post(path, good.deepCopy().put("delay_timeout", 1))))
          .isEqualTo("400 M_BAD_JSON");
      assertThat(
              world
                  .post(path, good.deepCopy().put("delay_id", "").put("delay_timeout", 0))
                  .statusCode())
          .as("control: neither")
          .isEqualTo(200);
    }
  }

  @Test
  void aDelayOfAYearIsTheLongest_LK_DELAY_LIMIT_ours() throws Exception {
    long year = 365L * 24 * 3600 * 1000;
    byte[] most =
        World.stickyRequest()
            .put("delay_id", "d")
            .put("delay_timeout", year)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    assertThat(RequestReader.sticky(most).leave()).isPresent();
    byte[] more =
        World.stickyRequest()
            .put("delay_id", "d")
            .put("delay_timeout", year + 1)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> RequestReader.sticky(more)).isInstanceOf(Refusal.class);
  }

  @Test
  void forgedAndExpiredTokensAreRefused_LK_UNAUTHORIZED() throws Exception {
    ObjectNode forged = World.legacyRequest();
    ((ObjectNode) forged.get("openid_token")).put("access_token", "forged");
    assertThat(World.error(world.post("/sfu/get", forged))).isEqualTo("401 M_UNAUTHORIZED");
    ObjectNode other = World.stickyRequest();
    ((ObjectNode) other.get("member")).put("claimed_user_id", "@bob:hs.example");
    assertThat(World.error(world.post("/get_token", other))).isEqualTo("401 M_UNAUTHORIZED");
    assertThat(world.post("/get_token", World.stickyRequest()).statusCode())
        .as("control")
        .isEqualTo(200);
  }

  @Test
  void eachTokenIsAskedForAnew_OPENID_FRESH() throws Exception {
    try (World mine = new World()) {
      assertThat(mine.post("/sfu/get", World.legacyRequest()).statusCode()).isEqualTo(200);
      mine.homeserver.answers(World.USERINFO, 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}");
      assertThat(World.error(mine.post("/sfu/get", World.legacyRequest())))
          .as("it expired meanwhile")
          .isEqualTo("401 M_UNAUTHORIZED");
    }
  }

  @Test
  void aServerSpeaksForItsOwnUsersAlone_OPENID_OWN() throws Exception {
    try (World mine = new World()) {
      for (String sub :
          List.of("@alice:other.example", "@alice:hs.example:8448", "alice:hs.example", "@alice")) {
        mine.homeserver.answers(World.USERINFO, 200, "{\"sub\":\"" + sub + "\"}");
        assertThat(World.error(mine.post("/sfu/get", World.legacyRequest())))
            .as(sub)
            .isEqualTo("401 M_UNAUTHORIZED");
      }
      mine.homeserver.answers(World.USERINFO, 200, "{\"sub\":\"@zoe:hs.example\"}");
      assertThat(mine.post("/sfu/get", World.legacyRequest()).statusCode())
          .as("control")
          .isEqualTo(200);
    }
  }

  @Test
  void anSfuThatDoesNotOpenTheRoomIsAnError_LK_SFU() throws Exception {
    try (World mine = new World()) {
      mine.sfu.answers(CREATE, 500, "{}");
      assertThat(World.error(mine.post("/sfu/get", World.legacyRequest())))
          .isEqualTo("500 M_UNKNOWN");
    }
  }

  @Test
  void browsersMayAsk_LK_CORS() throws Exception {
    for (String path : List.of("/sfu/get", "/get_token", "/delegate_delayed_leave")) {
      HttpResponse<String> preflight = world.send(path, "OPTIONS", "");
      assertThat(preflight.statusCode()).isEqualTo(200);
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).contains("POST");
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
          .contains("Content-Type");
      HttpResponse<String> get = world.send(path, "GET", "");
      assertThat(get.statusCode()).isEqualTo(405);
      assertThat(get.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    }
  }

  @Test
  void itsHealthCanBeAskedFor_LK_HEALTH() throws Exception {
    assertThat(world.send("/healthz", "GET", "").statusCode()).isEqualTo(200);
    assertThat(world.send("/healthz", "HEAD", "").statusCode()).isEqualTo(200);
    assertThat(world.send("/healthz", "POST", "").statusCode()).isEqualTo(405);
    assertThat(world.send("/elsewhere", "GET", "").statusCode()).isEqualTo(404);
  }

  @Test
  void whoStopsTakesNothingNew_LK_SHUTDOWN() throws Exception {
    try (World mine = new World()) {
      assertThat(mine.post("/sfu/get", World.legacyRequest()).statusCode()).isEqualTo(200);
      mine.service.drain();
      assertThat(World.error(mine.post("/sfu/get", World.legacyRequest())))
          .isEqualTo("503 M_UNKNOWN");
      assertThat(mine.send("/healthz", "GET", "").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void bodiesAreReadUpToABound_LK_SIZE_ours() throws Exception {
    String request = World.legacyRequest().toString();
    String most = request + " ".repeat(TokenServer.MAX_BODY_BYTES - request.length());
    assertThat(world.send("/sfu/get", "POST", most).statusCode()).isEqualTo(200);
    assertThat(World.error(world.send("/sfu/get", "POST", most + " ")))
        .isEqualTo("413 M_TOO_LARGE");
  }

  @Test
  void namesAreAsLongAsMatrixHasThem_LK_NAMES_ours() throws Exception {
    String longest = "D".repeat(255);
    token(world.post("/sfu/get", World.with(World.legacyRequest(), "device_id", longest)));
    for (String field : List.of("device_id", "delay_id")) {
      ObjectNode request = World.with(World.legacyRequest(), field, longest + "D");
      assertThat(World.error(world.post("/sfu/get", request))).isEqualTo("400 M_BAD_JSON");
    }
    for (String field : List.of("id", "claimed_user_id", "claimed_device_id")) {
      ObjectNode request = World.stickyRequest();
      ((ObjectNode) request.get("member")).put(field, longest + "D");
      assertThat(World.error(world.post("/get_token", request))).isEqualTo("400 M_BAD_JSON");
    }
  }
}
