package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysTest extends ServerTest {
  private static final String CLAIM =
      "{'one_time_keys':{'@bob:test':{'BOB1':'signed_curve25519'}}}";

  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private static Reply upload(Client client, String member, String... idsAndKeys) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < idsAndKeys.length; i += 2) {
      keys.append(i == 0 ? "" : ",")
          .append(
              "'signed_curve25519:%s':{'key':'%s'}".formatted(idsAndKeys[i], idsAndKeys[i + 1]));
    }
    return client.post("/keys/upload", "{'" + member + "':{" + keys + "}}");
  }

  private static int count(JsonNode sync) {
    return sync.at("/device_one_time_keys_count/signed_curve25519").asInt(-1);
  }

  private JsonNode claim() {
    return alice.post("/keys/claim", CLAIM).ok().at("/one_time_keys/@bob:test/BOB1");
  }

  @Test
  void deviceKeysMustNameTheCallersOwnDevice() {
    String other =
        "{'device_keys':{'user_id':'@bob:test','device_id':'BOB1','keys':{'ed25519:BOB1':'x'}}}";
    alice.post("/keys/upload", other).fails(400, "M_BAD_JSON");
    alice.post("/keys/upload", other.replace("@bob", "@alice")).fails(400, "M_BAD_JSON");
    alice.post("/keys/upload", "{'device_keys':null}").fails(400, "M_BAD_JSON");
    bob.post("/keys/upload", other).ok();
  }

  @Test
  void theCountIsAlwaysToldAlsoWhereItIsZero_HS_SYNC_COUNTS() {
    assertThat(
            bob.post("/keys/upload", "{}")
                .ok()
                .at("/one_time_key_counts/signed_curve25519")
                .asInt(-1))
        .isZero();
    JsonNode first = bob.firstSync();
    assertThat(count(first)).isZero();
    assertThat(first.path("device_unused_fallback_key_types").isArray()).isTrue();
    upload(bob, "one_time_keys", "A", "1", "B", "2").ok();
    assertThat(count(bob.syncAfter(first))).isEqualTo(2);
  }

  @Test
  void keysAreHandedOutOnceInTheOrderOfUpload_HS_OTK_ORDER() {
    upload(bob, "one_time_keys", "Z", "1", "Y", "2").ok();
    upload(bob, "one_time_keys", "A", "3").ok();
    assertThat(claim().toString()).isEqualTo("{\"signed_curve25519:Z\":{\"key\":\"1\"}}");
    assertThat(names(claim())).containsExactly("signed_curve25519:Y");
    assertThat(names(claim())).containsExactly("signed_curve25519:A");
    assertThat(claim().isMissingNode()).isTrue();
  }

  @Test
  void claimsAtTheSameTimeGetDifferentKeys_HS_OTK_ORDER() {
    String[] keys = new String[40];
    for (int i = 0; i < keys.length; i += 2) {
      keys[i] = "K" + i;
      keys[i + 1] = "k" + i;
    }
    upload(bob, "one_time_keys", keys).ok();
    upload(bob, "fallback_keys", "F", "f").ok();
    List<CompletableFuture<Reply>> claims = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      claims.add(alice.callAsync("POST", "/keys/claim", CLAIM));
    }
    List<String> claimed = new ArrayList<>();
    for (CompletableFuture<Reply> claim : claims) {
      claimed.addAll(names(claim.join().ok().at("/one_time_keys/@bob:test/BOB1")));
    }
    assertThat(claimed).hasSize(25);
    assertThat(new HashSet<>(claimed)).as("twenty keys and the fallback key").hasSize(21);
    assertThat(claimed.stream().filter("signed_curve25519:F"::equals)).hasSize(5);
  }

  @Test
  void aKnownIdIsIgnoredWithTheSameKeyAndRefusedWithAnother_HS_OTK_CLASH() {
    upload(bob, "one_time_keys", "A", "1").ok();
    Reply same = upload(bob, "one_time_keys", "A", "1");
    assertThat(same.ok().at("/one_time_key_counts/signed_curve25519").asInt()).isEqualTo(1);
    Reply other = upload(bob, "one_time_keys", "B", "2", "A", "other").fails(400, "M_UNKNOWN");
    assertThat(other.body().path("error").asText())
        .contains("One time key signed_curve25519:A already exists");
    assertThat(count(bob.firstSync())).as("the refused upload left nothing").isEqualTo(1);
    claim();
    upload(bob, "one_time_keys", "A", "other").fails(400, "M_UNKNOWN");
    assertThat(
            upload(bob, "one_time_keys", "A", "1")
                .ok()
                .at("/one_time_key_counts/signed_curve25519")
                .asInt())
        .as("a claimed key does not come back")
        .isZero();
  }

  @Test
  void theFallbackKeyComesAgainAndAgainWhenNothingElseIsLeft_HS_FALLBACK_USED() {
    upload(bob, "fallback_keys", "F", "f").ok();
    upload(bob, "one_time_keys", "A", "1").ok();
    JsonNode before = bob.firstSync();
    assertThat(texts(before.path("device_unused_fallback_key_types")))
        .containsExactly("signed_curve25519");
    assertThat(names(claim())).containsExactly("signed_curve25519:A");
    JsonNode afterOne = bob.syncAfter(before);
    assertThat(texts(afterOne.path("device_unused_fallback_key_types"))).hasSize(1);
    assertThat(names(claim())).containsExactly("signed_curve25519:F");
    assertThat(names(claim())).containsExactly("signed_curve25519:F");
    JsonNode used = bob.syncAfter(afterOne);
    assertThat(texts(used.path("device_unused_fallback_key_types"))).isEmpty();
  }

  @Test
  void anotherFallbackKeyIsUnusedAgainTheSameOneIsNot_HS_FALLBACK_NEW() {
    upload(bob, "fallback_keys", "F", "f").ok();
    claim();
    upload(bob, "fallback_keys", "F", "f").ok();
    assertThat(texts(bob.firstSync().path("device_unused_fallback_key_types"))).isEmpty();
    upload(bob, "fallback_keys", "G", "g").ok();
    assertThat(texts(bob.firstSync().path("device_unused_fallback_key_types"))).hasSize(1);
    assertThat(names(claim())).containsExactly("signed_curve25519:G");
  }

  @Test
  void aClaimWakesTheDevicesSync_HS_SYNC_CLAIM() {
    upload(bob, "one_time_keys", "A", "1").ok();
    CompletableFuture<Reply> waiting = bob.waitForNews(bob.firstSync(), 30_000);
    awaitWaitingSyncs(1);
    claim();
    assertThat(count(waiting.join().ok())).isZero();
  }

  @Test
  void devicesWithoutKeysAreLeftOutOfClaims() {
    JsonNode answer = alice.post("/keys/claim", CLAIM).ok();
    assertThat(answer.path("one_time_keys").isEmpty()).isTrue();
    assertThat(answer.path("failures").isObject()).isTrue();
    alice
        .post("/keys/claim", "{'one_time_keys':{'@bob:test':{'BOB1':1}}}")
        .fails(400, "M_BAD_JSON");
    alice.post("/keys/claim", "{'one_time_keys':{'@bob:test':1}}").fails(400, "M_BAD_JSON");
    upload(bob, "one_time_keys", "", "1").fails(400, "M_BAD_JSON");
  }

  @Test
  void otherServersAreFailuresAndUnknownLocalUsersAreNot_HS_KEYS_FAILURES() {
    bob.uploadDeviceKeys("one");
    upload(bob, "one_time_keys", "A", "1").ok();
    JsonNode query =
        alice
            .post(
                "/keys/query",
                "{'timeout':10000,'device_keys':{'@bob:test':[],'@none:test':[],'@x:example.net':[],'@y:example.net':[],'@z:example.org:8448':[]}}")
            .ok();
    assertThat(names(query.path("failures"))).containsExactly("example.net", "example.org:8448");
    assertThat(query.at("/failures/example.net/status").asInt()).isEqualTo(503);
    assertThat(names(query.path("device_keys"))).containsExactly("@bob:test");
    JsonNode claim =
        alice
            .post(
                "/keys/claim",
                "{'one_time_keys':{'@bob:test':{'BOB1':'signed_curve25519'},'@x:example.net':{'D':'signed_curve25519'},'@none:test':{'D':'signed_curve25519'}}}")
            .ok();
    assertThat(names(claim.path("failures"))).containsExactly("example.net");
    assertThat(names(claim.path("one_time_keys"))).containsExactly("@bob:test");
  }

  @Test
  void queriesShowTheDevicesAskedForWithTheirNames() {
    bob.uploadDeviceKeys("one");
    bob.put("/devices/BOB1", "{'display_name':'Desk'}").ok();
    Client second = bob.logIn("BOB2");
    second.uploadDeviceKeys("two");
    register("carol");
    JsonNode answer =
        alice
            .post(
                "/keys/query", "{'device_keys':{'@bob:test':[],'@carol:test':[],'@none:test':[]}}")
            .ok();
    JsonNode devices = answer.path("device_keys");
    assertThat(names(devices)).containsExactly("@bob:test", "@carol:test");
    assertThat(devices.path("@carol:test").isEmpty()).isTrue();
    assertThat(names(devices.path("@bob:test"))).containsExactly("BOB1", "BOB2");
    assertThat(devices.at("/@bob:test/BOB1/unsigned/device_display_name").asText())
        .isEqualTo("Desk");
    assertThat(devices.at("/@bob:test/BOB2/keys/ed25519:BOB2").asText()).isEqualTo("two");
    JsonNode one = alice.post("/keys/query", "{'device_keys':{'@bob:test':['BOB2']}}").ok();
    assertThat(names(one.at("/device_keys/@bob:test"))).containsExactly("BOB2");
    second.post("/logout", "{}").ok();
    JsonNode after = alice.post("/keys/query", "{'device_keys':{'@bob:test':[]}}").ok();
    assertThat(names(after.at("/device_keys/@bob:test"))).containsExactly("BOB1");
  }

  @Test
  void aDeletedDevicesKeysAreGone() {
    Client second = bob.logIn("BOB2");
    upload(second, "one_time_keys", "A", "1").ok();
    upload(second, "fallback_keys", "F", "1").ok();
    second.post("/logout", "{}").ok();
    bob.logIn("BOB2");
    String claim = CLAIM.replace("BOB1", "BOB2");
    assertThat(alice.post("/keys/claim", claim).ok().path("one_time_keys").isEmpty()).isTrue();
  }

  @Test
  void fieldsThatTheServerDoesNotKnowSurvive() {
    bob.post(
            "/keys/upload",
            "{'device_keys':{'user_id':'@bob:test','device_id':'BOB1','keys':{},'dehydrated':true,'x':1.50}}")
        .ok();
    JsonNode keys =
        alice
            .post("/keys/query", "{'device_keys':{'@bob:test':[]}}")
            .ok()
            .at("/device_keys/@bob:test/BOB1");
    assertThat(keys.path("dehydrated").asBoolean()).isTrue();
    assertThat(keys.path("x").asDouble()).isEqualTo(1.5);
  }
}
