package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients ask for when they start, beside login, filter and sync. */
class StartUpTest extends ServerTest {
  private static final String RULE = "/pushrules/global/room/!r:test";

  private Client alice;

  @BeforeEach
  void users() {
    alice = register("alice");
  }

  @Test
  void pushRulesAreEmptyUntilTheUserSetsThem_HS_PUSH_RULES() {
    JsonNode none = alice.get("/pushrules/").ok().path("global");
    assertThat(names(none)).containsExactly("content", "override", "room", "sender", "underride");
    JsonNode before = alice.firstSync();
    alice.put(RULE, "{'actions':['dont_notify']}").ok();
    alice.put("/pushrules/global/content/b", "{'actions':[],'pattern':'b*'}").ok();
    alice.put("/pushrules/global/content/a?after=b", "{'actions':[],'pattern':'a*'}").ok();
    JsonNode after = alice.syncAfter(before);
    assertThat(each(after.at("/account_data/events"), "/type")).containsExactly("m.push_rules");
    JsonNode echo = after.at("/account_data/events/0/content/global");
    assertThat(each(echo.path("content"), "/pattern")).containsExactly("b*", "a*");
    assertThat(echo).isEqualTo(alice.get("/pushrules/").ok().path("global"));
    assertThat(alice.get(RULE).ok().at("/actions/0").asText()).isEqualTo("dont_notify");

    assertThat(alice.get(RULE + "/enabled").ok().path("enabled").asBoolean()).isTrue();
    alice.put(RULE + "/enabled", "{'enabled':false}").ok();
    assertThat(alice.get(RULE).ok().path("enabled").asBoolean(true)).isFalse();
    alice.put(RULE + "/actions", "{'actions':['notify']}").ok();
    assertThat(alice.get(RULE + "/actions").ok().toString())
        .isEqualTo("{\"actions\":[\"notify\"]}");
    alice.delete(RULE, "").ok();
    alice.get(RULE).fails(404, "M_NOT_FOUND");
    alice.delete(RULE, "").fails(404, "M_NOT_FOUND");
    assertThat(register("bob").get("/pushrules/").ok().path("global")).isEqualTo(none);
  }

  @Test
  void pushRulesOfTheWrongShapeAreRefused_HS_PUSH_RULES() {
    alice.put(RULE, "{}").fails(400, "M_MISSING_PARAM");
    alice.put(RULE, "{'actions':1}").fails(400, "M_BAD_JSON");
    alice.put("/pushrules/global/content/a", "{'actions':[]}").fails(400, "M_MISSING_PARAM");
    alice.put("/pushrules/global/other/a", "{'actions':[]}").fails(400, "M_INVALID_PARAM");
    alice.put("/pushrules/global/room/.m.x", "{'actions':[]}").fails(400, "M_INVALID_PARAM");
    alice.put(RULE + "?before=none", "{'actions':[]}").fails(404, "M_NOT_FOUND");
    alice.put(RULE + "/enabled", "{'enabled':true}").fails(404, "M_NOT_FOUND");
    alice.put(RULE, "{'actions':[]}").ok();
    alice.put(RULE + "/enabled", "{'enabled':1}").fails(400, "M_BAD_JSON");
  }

  @Test
  void anOpenIdTokenProvesItsUserForAnHour_HS_OPENID() {
    JsonNode token = alice.post("/user/@alice:test/openid/request_token", "{}").ok();
    assertThat(token.path("token_type").asText()).isEqualTo("Bearer");
    assertThat(token.path("matrix_server_name").asText()).isEqualTo("test");
    assertThat(token.path("expires_in").asInt()).isEqualTo(3_600);
    String userInfo =
        "/_matrix/federation/v1/openid/userinfo?access_token="
            + token.path("access_token").asText();
    assertThat(nobody().get(userInfo).ok().toString()).isEqualTo("{\"sub\":\"@alice:test\"}");
    time.advance(Duration.ofMillis(3_599_999));
    nobody().get(userInfo).ok();
    time.advance(Duration.ofMillis(1));
    nobody().get(userInfo).fails(401, "M_UNKNOWN_TOKEN");
    nobody()
        .get("/_matrix/federation/v1/openid/userinfo?access_token=" + alice.token())
        .fails(401, "M_UNKNOWN_TOKEN");
    nobody().get("/_matrix/federation/v1/openid/userinfo").fails(401, "M_MISSING_TOKEN");
    register("bob").post("/user/@alice:test/openid/request_token", "{}").fails(403, "M_FORBIDDEN");
    assertThat(server.databaseDump())
        .noneMatch(row -> row.toString().contains(token.path("access_token").asText()));
  }

  @Test
  void anOpenIdTokenIsNoAccessToken_HS_OPENID() {
    JsonNode token = alice.post("/user/@alice:test/openid/request_token", "{}").ok();
    nobody()
        .get("/account/whoami?access_token=" + token.path("access_token").asText())
        .fails(401, "M_UNKNOWN_TOKEN");
    nobody().get("/account/whoami?access_token=" + alice.token()).ok();
  }

  @Test
  void whatTheServerHasNotIsEmpty_HS_EMPTY() {
    assertThat(alice.get("/voip/turnServer").ok()).isEmpty();
    alice.put("/presence/@alice:test/status", "{'presence':'online'}").ok();
    assertThat(alice.get("/presence/@alice:test/status").ok().path("presence").asText())
        .isEqualTo("offline");
    alice.post("/pushers/set", "{}").ok();
    assertThat(alice.get("/pushers").ok().path("pushers").isArray()).isTrue();
    assertThat(alice.get("/notifications").ok().path("notifications").isArray()).isTrue();
    assertThat(alice.get("/thirdparty/protocols").ok()).isEmpty();
    assertThat(alice.get("/account/3pid").ok().path("threepids").isArray()).isTrue();
    assertThat(alice.post("/publicRooms", "{}").ok().path("chunk").isArray()).isTrue();
    assertThat(alice.post("/user_directory/search", "{}").ok().path("results").isArray()).isTrue();
    assertThat(
            alice.post("/search", "{}").ok().at("/search_categories/room_events/results").isArray())
        .isTrue();
    nobody().get("/voip/turnServer").fails(401, "M_MISSING_TOKEN");
    nobody().get("/_matrix/client/v1/auth_metadata").fails(404, "M_UNRECOGNIZED");
  }
}
