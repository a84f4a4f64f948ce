package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The way of two devices from registration to the first key on the other side. */
class FirstCallTest extends ServerTest {

  @Test
  void twoDevicesMeetInARoomAndSendAKeyToEachOther() {
    Client alice = register("alice");
    Client bob = register("bob");
    assertThat(alice.get("/account/whoami").ok().path("device_id").asText()).isEqualTo("ALICE1");

    alice.uploadDeviceKeys("A");
    bob.uploadDeviceKeys("B");
    String upload = "{'one_time_keys':{'signed_curve25519:AA':{'key':'one'}}}";
    JsonNode counts = bob.post("/keys/upload", upload).ok().path("one_time_key_counts");
    assertThat(counts.path("signed_curve25519").asInt()).isEqualTo(1);

    String room =
        alice.createRoom(
            "{'preset':'private_chat','power_level_content_override':{'events':{'org.matrix.msc3401.call.member':0}}}");
    JsonNode bobFirst = bob.firstSync();
    alice.invite(room, bob);
    JsonNode invited = bob.syncAfter(bobFirst);
    assertThat(names(invited.path("rooms").path("invite"))).containsExactly(room);
    JsonNode aliceFirst = alice.firstSync();
    bob.join(room);

    JsonNode aliceSees = alice.syncAfter(aliceFirst);
    assertThat(texts(aliceSees.path("device_lists").path("changed"))).contains("@bob:test");
    String query = "{'device_keys':{'@bob:test':[]}}";
    JsonNode keys = alice.post("/keys/query", query).ok().path("device_keys");
    assertThat(keys.at("/@bob:test/BOB1/keys/ed25519:BOB1").asText()).isEqualTo("B");
    String claim = "{'one_time_keys':{'@bob:test':{'BOB1':'signed_curve25519'}}}";
    JsonNode claimed = alice.post("/keys/claim", claim).ok();
    assertThat(claimed.at("/one_time_keys/@bob:test/BOB1/signed_curve25519:AA/key").asText())
        .isEqualTo("one");

    JsonNode bobSecond = bob.syncAfter(invited);
    assertThat(bobSecond.path("device_one_time_keys_count").path("signed_curve25519").asInt(-1))
        .isZero();
    CompletableFuture<Reply> waiting = bob.waitForNews(bobSecond, 30_000);
    awaitWaitingSyncs(1);
    alice.sendToDevice(bob, "m.room.encrypted", "t1", "{'ciphertext':'c'}");
    JsonNode woken = waiting.join().ok();
    JsonNode message = woken.path("to_device").path("events").path(0);
    assertThat(message.path("sender").asText()).isEqualTo("@alice:test");
    assertThat(message.at("/content/ciphertext").asText()).isEqualTo("c");

    String member = "_@bob:test_BOB1_m.call";
    bob.setState(room, "org.matrix.msc3401.call.member", member, "{'device_id':'BOB1'}");
    JsonNode seen =
        joined(alice.syncAfter(aliceSees), room).path("timeline").path("events").path(0);
    assertThat(seen.path("state_key").asText()).isEqualTo(member);
    assertThat(seen.at("/content/device_id").asText()).isEqualTo("BOB1");
  }
}
