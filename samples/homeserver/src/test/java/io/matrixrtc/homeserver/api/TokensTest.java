package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Access tokens that end, and logging in again. */
class TokensTest extends ServerTest {
  private static final Duration LIFETIME = Duration.ofMinutes(3);
  private static final String QUERY = "{'device_keys':{'@alice:test':[]}}";
  private static final String CLAIM =
      "{'one_time_keys':{'@alice:test':{'ALICE1':'signed_curve25519'}}}";

  private Client alice;
  private Client bob;

  @Override
  HomeserverConfig configure(HomeserverConfig config) {
    return config.withRefreshableLifetime(LIFETIME);
  }

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private static void endsSoftly(Reply reply) {
    reply.fails(401, "M_UNKNOWN_TOKEN");
    assertThat(reply.body().path("soft_logout").asBoolean()).isTrue();
  }

  private static void endsForGood(Reply reply) {
    reply.fails(401, "M_UNKNOWN_TOKEN");
    assertThat(reply.body().path("soft_logout").isBoolean()).isTrue();
    assertThat(reply.body().path("soft_logout").asBoolean()).isFalse();
  }

  @Test
  void anExpiredTokenIsASoftLogoutAndKeepsTheDevice_HS_SOFT_LOGOUT() throws BindFailed {
    alice.uploadDeviceKeys("A");
    alice.post("/keys/upload", "{'one_time_keys':{'signed_curve25519:K':{'key':'1'}}}").ok();
    JsonNode before = alice.firstSync();
    server.expireToken("@alice:test", "ALICE1");
    server.expireToken("@alice:test", "NONE");
    endsSoftly(alice.get("/account/whoami"));
    endsSoftly(alice.syncReply(before));
    bob.get("/account/whoami").ok();
    server.restart();
    endsSoftly(alice.get("/account/whoami"));
    bob.sendToDevice(alice, "x", "t", "{'n':1}");

    Client again = alice.logIn("ALICE1");
    endsForGood(alice.get("/account/whoami"));
    JsonNode after = again.syncAfter(before);
    assertThat(each(after.at("/to_device/events"), "/content/n")).containsExactly("1");
    assertThat(after.at("/device_one_time_keys_count/signed_curve25519").asInt()).isEqualTo(1);
    assertThat(
            bob.post("/keys/query", QUERY)
                .ok()
                .at("/device_keys/@alice:test/ALICE1/keys/ed25519:ALICE1")
                .asText())
        .isEqualTo("A");
  }

  @Test
  void aWaitingSyncEndsWithItsToken_HS_SOFT_LOGOUT() {
    CompletableFuture<Reply> waiting = alice.waitForNews(alice.firstSync(), 30_000);
    CompletableFuture<Reply> other = bob.waitForNews(bob.firstSync(), 30_000);
    awaitWaitingSyncs(2);
    server.expireToken("@alice:test", "ALICE1");
    endsSoftly(waiting.join());
    assertThat(other).isNotDone();
    Client again = alice.logIn("ALICE1");
    CompletableFuture<Reply> replaced = again.waitForNews(again.firstSync(), 30_000);
    awaitWaitingSyncs(2);
    alice.logIn("ALICE1");
    endsForGood(replaced.join());
    time.advance(Duration.ofSeconds(30));
    other.join().ok();
  }

  @Test
  void loggingInAsTheSameDeviceKeepsItsKeysAndMessages_HS_LOGIN_SAME_DEVICE() {
    alice.uploadDeviceKeys("A");
    alice.post("/keys/upload", "{'one_time_keys':{'signed_curve25519:K':{'key':'1'}}}").ok();
    bob.sendToDevice(alice, "x", "t", "{'n':1}");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    JsonNode before = bob.firstSync();
    Client again = alice.logIn("ALICE1");
    endsForGood(alice.get("/account/whoami"));
    assertThat(each(again.firstSync().at("/to_device/events"), "/content/n")).containsExactly("1");
    assertThat(bob.syncAfter(before).has("device_lists")).as("nothing has changed").isFalse();
    assertThat(names(bob.post("/keys/claim", CLAIM).ok().at("/one_time_keys/@alice:test/ALICE1")))
        .containsExactly("signed_curve25519:K");
    again
        .post("/keys/upload", "{'one_time_keys':{'signed_curve25519:K':{'key':'other'}}}")
        .fails(400, "M_UNKNOWN");
  }

  @Test
  void whoAsksForItGetsATokenThatEndsAndOneToRefreshIt_HS_REFRESH() {
    JsonNode login = logIn("'refresh_token':true,'device_id':'R',");
    assertThat(login.path("expires_in_ms").asLong()).isEqualTo(LIFETIME.toMillis());
    Client device = Client.of(server, login);
    time.advance(LIFETIME.minusMillis(1));
    device.get("/account/whoami").ok();
    time.advance(Duration.ofMillis(1));
    endsSoftly(device.get("/account/whoami"));

    JsonNode next = refresh(login).ok();
    assertThat(next.path("expires_in_ms").asLong()).isEqualTo(LIFETIME.toMillis());
    Client refreshed = withToken(login, next);
    assertThat(refreshed.get("/account/whoami").ok().path("device_id").asText()).isEqualTo("R");
    endsSoftly(device.get("/account/whoami"));
    alice.get("/account/whoami").ok();
    assertThat(logIn("").has("refresh_token")).isFalse();
  }

  @Test
  void aRefreshTokenIsGoodUntilItsAnswerIsUsed_HS_REFRESH() {
    JsonNode login = logIn("'refresh_token':true,'device_id':'R',");
    JsonNode lost = refresh(login).ok();
    JsonNode one = refresh(login).ok();
    endsForGood(refresh(lost));
    endsSoftly(withToken(login, lost).get("/account/whoami"));
    withToken(login, one).get("/account/whoami").ok();
    endsForGood(refresh(login));
    JsonNode two = refresh(one).ok();
    endsSoftly(withToken(login, one).get("/account/whoami"));
    JsonNode three = refresh(two).ok();
    endsForGood(refresh(one));
    withToken(login, three).post("/logout", "{}").ok();
    endsForGood(refresh(three));
    endsForGood(withToken(login, three).get("/account/whoami"));
    nobody().post("/refresh", "{}").fails(400, "M_MISSING_PARAM");
    assertThat(server.databaseDump())
        .noneMatch(row -> row.toString().contains(three.path("refresh_token").asText()));
  }

  @Test
  void theLatestExpiredTokensAreRememberedAndNoMore_HS_REFRESH() {
    JsonNode login = logIn("'refresh_token':true,'device_id':'R',");
    List<JsonNode> all = new ArrayList<>();
    all.add(login);
    for (int i = 0; i < 9; i++) {
      time.advance(Duration.ofSeconds(1));
      all.add(refresh(all.get(i)).ok());
    }
    withToken(login, all.get(9)).get("/account/whoami").ok();
    endsSoftly(withToken(login, all.get(8)).get("/account/whoami"));
    endsSoftly(withToken(login, all.get(1)).get("/account/whoami"));
    endsForGood(withToken(login, all.get(0)).get("/account/whoami"));
  }

  private JsonNode logIn(String members) {
    return nobody()
        .post(
            "/login",
            "{%s'type':'m.login.password','user':'alice','password':'secret-alice'}"
                .formatted(members))
        .ok();
  }

  private Reply refresh(JsonNode tokens) {
    String token = tokens.path("refresh_token").asText();
    return nobody().post("/refresh", "{'refresh_token':'" + token + "'}");
  }

  private Client withToken(JsonNode login, JsonNode tokens) {
    return Client.of(
        server,
        login.<ObjectNode>deepCopy().put("access_token", tokens.path("access_token").asText()));
  }
}
