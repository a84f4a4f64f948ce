package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountsTest extends ServerTest {
  private static final String LOGIN = "{'type':'m.login.password','user':'%s','password':'%s'%s}";

  @Test
  void registrationAsksForASecondRequestAndThenLogsIn() {
    String body = "'username':'carol','password':'p','device_id':'D'";
    Reply first = nobody().post("/register", "{" + body + "}");
    assertThat(first.status()).isEqualTo(401);
    assertThat(first.body().at("/flows/0/stages/0").asText()).isEqualTo("m.login.dummy");
    String session = first.body().path("session").asText();
    String auth = ",'auth':{'type':'m.login.dummy','session':'%s'}}";

    JsonNode done = nobody().post("/register", "{" + body + auth.formatted(session)).ok();
    assertThat(done.path("user_id").asText()).isEqualTo("@carol:test");
    assertThat(Client.of(server, done).get("/account/whoami").ok().path("device_id").asText())
        .isEqualTo("D");
    nobody().post("/register", "{" + body + auth.formatted("other")).fails(400, "M_USER_IN_USE");
    nobody()
        .post("/register", "{'username':'dan','password':'p'" + auth.formatted("no such session"))
        .fails(400, "M_UNKNOWN");
  }

  @Test
  void anEmptyRegistrationOnlyTellsTheFlows() {
    assertThat(nobody().post("/register", "").status()).isEqualTo(401);
    assertThat(nobody().post("/register", "{}").body().has("flows")).isTrue();
  }

  @Test
  void namesThatAreTakenOrMalformedAreRefused() {
    register("alice");
    nobody().get("/register/available?username=alice").fails(400, "M_USER_IN_USE");
    assertThat(
            nobody().get("/register/available?username=alicf").ok().path("available").asBoolean())
        .isTrue();
    for (String bad : new String[] {"Alice", "a b", "_x", "%C3%A4", "a".repeat(250)}) {
      nobody()
          .get("/register/available?username=" + bad.replace(" ", "%20"))
          .fails(400, "M_INVALID_USERNAME");
    }
    nobody().post("/register?kind=guest", "{}").fails(403, "M_FORBIDDEN");
  }

  @Test
  void thereAreNoPushRulesButAnAnswer() {
    JsonNode global = register("alice").get("/pushrules/").ok().path("global");
    assertThat(names(global)).containsExactly("content", "override", "room", "sender", "underride");
    nobody().get("/pushrules/").fails(401, "M_MISSING_TOKEN");
  }

  @Test
  void loginTakesPasswordsOnlyAndTellsNotWhatWasWrong() {
    register("alice");
    assertThat(nobody().get("/login").ok().at("/flows/0/type").asText())
        .isEqualTo("m.login.password");
    JsonNode in = nobody().post("/login", LOGIN.formatted("@alice:test", "secret-alice", "")).ok();
    assertThat(in.path("user_id").asText()).isEqualTo("@alice:test");
    assertThat(in.path("device_id").asText()).isNotEmpty();
    Reply wrong = nobody().post("/login", LOGIN.formatted("alice", "nope", ""));
    Reply unknown = nobody().post("/login", LOGIN.formatted("nobody", "nope", ""));
    assertThat(wrong.fails(403, "M_FORBIDDEN").body())
        .isEqualTo(unknown.fails(403, "M_FORBIDDEN").body());
    nobody().post("/login", "{'type':'m.login.token','token':'x'}").fails(400, "M_UNKNOWN");
  }

  @Test
  void aSecondLoginOfADeviceVoidsItsEarlierToken() {
    Client first = register("alice");
    Client second = first.logIn("ALICE1");
    first.get("/account/whoami").fails(401, "M_UNKNOWN_TOKEN");
    assertThat(second.get("/account/whoami").ok().path("device_id").asText()).isEqualTo("ALICE1");
  }

  @Test
  void logoutEndsOneDeviceAndLogoutAllEndsThemAll() {
    Client one = register("alice");
    Client two = one.logIn("TWO");
    Client three = one.logIn("THREE");
    two.post("/logout", "{}").ok();
    two.get("/account/whoami").fails(401, "M_UNKNOWN_TOKEN");
    assertThat(each(one.get("/devices").ok().path("devices"), "/device_id"))
        .containsExactly("ALICE1", "THREE");
    three.post("/logout/all", "").ok();
    one.get("/account/whoami").fails(401, "M_UNKNOWN_TOKEN");
    assertThat(one.get("/account/whoami").body().path("soft_logout").isBoolean()).isTrue();
    assertThat(one.get("/account/whoami").body().path("soft_logout").asBoolean()).isFalse();
    one.logIn("FOUR");
  }

  @Test
  void devicesAreListedRenamedAndDeletedWithThePassword() {
    Client one = register("alice");
    Client two = one.logIn("TWO");
    one.put("/devices/TWO", "{'display_name':'Kitchen'}").ok();
    assertThat(two.get("/devices/TWO").ok().path("display_name").asText()).isEqualTo("Kitchen");
    one.get("/devices/NONE").fails(404, "M_NOT_FOUND");
    one.put("/devices/NONE", "{}").fails(404, "M_NOT_FOUND");

    JsonNode challenge = one.delete("/devices/TWO", "{}").body();
    String auth =
        "{'auth':{'type':'m.login.password','session':'%s','identifier':{'type':'m.id.user','user':'alice'},'password':'%s'}}";
    String session = challenge.path("session").asText();
    assertThat(challenge.at("/flows/0/stages/0").asText()).isEqualTo("m.login.password");
    Reply refused = one.delete("/devices/TWO", auth.formatted(session, "nope"));
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.body().path("errcode").asText()).isEqualTo("M_FORBIDDEN");
    two.get("/account/whoami").ok();
    String again = refused.body().path("session").asText();
    one.delete("/devices/TWO", auth.formatted(again, "secret-alice")).ok();
    two.get("/account/whoami").fails(401, "M_UNKNOWN_TOKEN");
  }

  @Test
  void severalDevicesAreDeletedWithOnePassword_HS_DEVICES_DELETE() {
    Client one = register("alice");
    Client two = one.logIn("TWO");
    Client three = one.logIn("THREE");
    JsonNode challenge = one.post("/delete_devices", "{'devices':['TWO','NONE']}").body();
    assertThat(challenge.at("/flows/0/stages/0").asText()).isEqualTo("m.login.password");
    String auth =
        ",'auth':{'type':'m.login.password','session':'%s','identifier':{'type':'m.id.user','user':'alice'},'password':'secret-alice'}}"
            .formatted(challenge.path("session").asText());
    one.post("/delete_devices", "{'devices':['THREE']" + auth).fails(400, "M_UNKNOWN");
    two.get("/account/whoami").ok();
    one.post("/delete_devices", "{'devices':['NONE','TWO']" + auth).ok();
    two.get("/account/whoami").fails(401, "M_UNKNOWN_TOKEN");
    three.get("/account/whoami").ok();
    one.post("/delete_devices", "{}").fails(400, "M_MISSING_PARAM");
  }

  @Test
  void theTimeAndAddressOfADevicesLastRequestAreKept() {
    Client alice = register("alice");
    long before = alice.get("/devices/ALICE1").ok().path("last_seen_ts").asLong();
    time.advance(Duration.ofMinutes(2));
    JsonNode device = alice.get("/devices/ALICE1").ok();
    assertThat(device.path("last_seen_ts").asLong()).isEqualTo(before + 120_000);
    assertThat(device.path("last_seen_ip").asText()).isEqualTo("127.0.0.1");
  }

  @Test
  void filtersAreKeptPerUser() {
    Client alice = register("alice");
    Client bob = register("bob");
    String path = "/user/@alice:test/filter";
    String id =
        alice.post(path, "{'room':{'timeline':{'limit':7}}}").ok().path("filter_id").asText();
    assertThat(id).doesNotStartWith("{");
    assertThat(alice.get(path + "/" + id).ok().at("/room/timeline/limit").asInt()).isEqualTo(7);
    alice.get(path + "/77").fails(404, "M_NOT_FOUND");
    bob.get(path + "/" + id).fails(403, "M_FORBIDDEN");
    bob.post(path, "{}").fails(403, "M_FORBIDDEN");
  }

  @Test
  void accountDataComesBackAndEachWriteIsEchoed_HS_AD_ECHO() {
    Client alice = register("alice");
    String path = "/user/@alice:test/account_data/m.some.type";
    alice.get(path).fails(404, "M_NOT_FOUND");
    JsonNode before = alice.firstSync();
    alice.put(path, "{'a':1}").ok();
    assertThat(alice.get(path).ok().path("a").asInt()).isEqualTo(1);
    JsonNode echo = alice.syncAfter(before);
    assertThat(each(echo.at("/account_data/events"), "/type")).containsExactly("m.some.type");
    alice.put(path, "{'a':1}").ok();
    assertThat(each(alice.syncAfter(echo).at("/account_data/events"), "/content/a"))
        .containsExactly("1");
    assertThat(each(alice.firstSync().at("/account_data/events"), "/type"))
        .containsExactly("m.some.type");
    alice.put("/user/@alice:test/account_data/m.fully_read", "{}").fails(405, "M_BAD_JSON");
    register("bob").get(path).fails(403, "M_FORBIDDEN");
  }

  @Test
  void aFilterSaysWhichAccountDataComes_HS_AD_FILTER() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    for (String type : List.of("org.a", "org.b")) {
      alice.put("/user/@alice:test/account_data/" + type, "{}").ok();
      alice
          .put("/user/@alice:test/rooms/" + Client.encode(room) + "/account_data/" + type, "{}")
          .ok();
    }
    JsonNode global = filtered(alice, "{'account_data':{'types':['org.a']}}");
    assertThat(each(global.at("/account_data/events"), "/type")).containsExactly("org.a");
    assertThat(each(joined(global, room).at("/account_data/events"), "/type"))
        .containsExactlyInAnyOrder("org.a", "org.b");
    JsonNode inRoom = filtered(alice, "{'room':{'account_data':{'not_types':['org.*']}}}");
    assertThat(joined(inRoom, room).at("/account_data/events")).isEmpty();
    assertThat(each(inRoom.at("/account_data/events"), "/type")).contains("org.a", "org.b");
    assertThat(filtered(alice, "{'account_data':{'types':[]}}").has("account_data")).isFalse();
  }

  private static JsonNode filtered(Client user, String filter) {
    String id = user.post("/user/@alice:test/filter", filter).ok().path("filter_id").asText();
    return user.get("/sync?filter=" + id).ok();
  }

  @Test
  void accountDataOfARoomComesWithThatRoom() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    JsonNode before = alice.firstSync();
    String path = "/user/@alice:test/rooms/" + Client.encode(room) + "/account_data/m.tag";
    alice.put(path, "{'tags':{'u.x':{}}}").ok();
    JsonNode after = alice.syncAfter(before);
    assertThat(each(joined(after, room).at("/account_data/events"), "/type"))
        .containsExactly("m.tag");
    assertThat(after.has("account_data")).isFalse();
    assertThat(alice.get(path).ok().path("tags").has("u.x")).isTrue();
    alice.get("/user/@alice:test/account_data/m.tag").fails(404, "M_NOT_FOUND");
  }

  @Test
  void aProfileChangeIsSeenAndSentToTheRooms() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    JsonNode before = alice.firstSync();
    alice.put("/profile/@alice:test/displayname", "{'displayname':'Al'}").ok();
    alice.put("/profile/@alice:test/avatar_url", "{'avatar_url':'mxc://test/x'}").ok();
    assertThat(nobody().get("/profile/@alice:test").ok().toString())
        .isEqualTo("{\"displayname\":\"Al\",\"avatar_url\":\"mxc://test/x\"}");
    assertThat(nobody().get("/profile/@alice:test/displayname").ok().toString())
        .isEqualTo("{\"displayname\":\"Al\"}");
    assertThat(
            each(
                joined(alice.syncAfter(before), room).at("/timeline/events"),
                "/content/displayname"))
        .containsExactly("Al", "Al");
    nobody().get("/profile/@none:test").fails(404, "M_NOT_FOUND");
    register("bob").put("/profile/@alice:test/displayname", "{}").fails(403, "M_FORBIDDEN");
  }

  @Test
  void discoveryNamesThisServerAndOnlyWhatItCanDo() {
    String base =
        nobody().get("/.well-known/matrix/client").ok().at("/m.homeserver/base_url").asText();
    assertThat(base).isEqualTo(server.baseUrl().toString());
    assertThat(nobody().get("/_matrix/federation/v1/version").ok().at("/server/name").asText())
        .isEqualTo("matrixrtc-homeserver");
    JsonNode versions = nobody().get("/_matrix/client/versions").ok();
    assertThat(texts(versions.path("versions")))
        .contains("r0.6.1", "v1.12")
        .doesNotContain("v1.15");
    JsonNode rooms =
        register("alice").get("/capabilities").ok().at("/capabilities/m.room_versions");
    assertThat(rooms.path("default").asText()).isEqualTo("11");
    assertThat(names(rooms.path("available"))).contains("10", "11", "org.matrix.msc3757.11");
  }
}
