package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.KeysApi;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Our clients on a Synapse that runs already; system property {@code interop.homeserver}. */
@Tag("interop")
class SynapseTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String TYPE = "org.example.test";

  private final String suffix = UUID.randomUUID().toString().substring(0, 8);
  private World world;

  @BeforeEach
  void start() {
    world = new World("Synapse", URI.create(System.getProperty("interop.homeserver")));
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  private String name(String localpart) {
    return (localpart + "-" + suffix).toLowerCase(Locale.ROOT);
  }

  private static ObjectNode text(String text) {
    return Json.newObject().put("text", text);
  }

  private static List<String> texts(OurDevice device) {
    return device.decrypted(TYPE).stream().map(one -> one.content().path("text").asText()).toList();
  }

  private static void awaitTexts(OurDevice device, String... texts) {
    await().atMost(SOON).untilAsserted(() -> assertThat(texts(device)).containsExactly(texts));
  }

  @Test
  void deviceKeysAndOneTimeKeysAreThereAfterTheFirstSync() throws Exception {
    OurDevice alice = world.ours(name("alice"));
    DeviceAddress address = alice.address();
    ObjectNode query = Json.newObject();
    query.putObject("device_keys").putArray(address.userId());
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode keys =
                  World.get(alice.client().matrix().keys().query(query))
                      .orThrow()
                      .path("device_keys")
                      .path(address.userId())
                      .path(address.deviceId());
              assertThat(keys.path("keys").path("curve25519:" + address.deviceId()).asText())
                  .isEqualTo(alice.curve25519());
            });
    assertThat(
            World.get(alice.client().matrix().keys().upload(Json.newObject()))
                .orThrow()
                .path("one_time_key_counts")
                .path("signed_curve25519")
                .intValue())
        .isEqualTo(50);
  }

  @Test
  void toDeviceMessagesGoBothWaysAndNameTheSendingDevice() throws Exception {
    OurDevice alice = world.ours(name("alice"));
    OurDevice bob = world.ours(name("bob"));
    assertThat(alice.send(TYPE, text("one"), bob.address())).isEqualTo(new Outcome.Sent());
    awaitTexts(bob, "one");
    assertThat(bob.send(TYPE, text("two"), alice.address())).isEqualTo(new Outcome.Sent());
    awaitTexts(alice, "two");
    assertThat(alice.send(TYPE, text("three"), bob.address())).isEqualTo(new Outcome.Sent());
    awaitTexts(bob, "one", "three");
    assertThat(bob.decrypted(TYPE))
        .allSatisfy(
            one -> {
              assertThat(one.info().sender()).isEqualTo(alice.address().userId());
              assertThat(one.info().senderDevice()).contains(alice.address().deviceId());
            });
  }

  @Test
  void deviceListsTellOfNewAndOfRemovedDevices() throws Exception {
    OurDevice alice = world.ours(name("alice"));
    MatrixSession first = world.register(name("bob"));
    OurDevice bob = world.ours(first);
    String room = world.room(alice);
    bob.joinRoom(room);
    OurCall call = OurCall.join(alice, room);
    OurCall other = OurCall.join(bob, room);
    await().atMost(SOON).until(() -> alice.knows(bob.address()));

    OurDevice second = world.ours(world.login(first.userId()));
    await().atMost(SOON).until(() -> alice.knows(second.address()));
    World.get(second.client().matrix().account().logout()).orThrow();
    await().atMost(SOON).until(() -> !alice.knows(second.address()));
    assertThat(alice.knows(bob.address())).as("the device that stayed").isTrue();
    call.close();
    other.close();
  }

  @Test
  void oneTimeKeysUsedUpTheFallbackKeyDoes() throws Exception {
    OurDevice alice = world.ours(name("alice"));
    MatrixSession session = world.register(name("bob"));
    try (MemoryCryptoStore store = new MemoryCryptoStore()) {
      OurDevice bob = world.ours(session, store);
      KeysApi keys = alice.client().matrix().keys();
      await().atMost(SOON).until(() -> bob.uploadsNothing());
      bob.close();
      assertThat(OneTimeKeys.useUp(keys, bob.address())).isPositive();
      assertThat(OneTimeKeys.claim(keys, bob.address()))
          .isEqualTo(OneTimeKeys.Claimed.FALLBACK_KEY);
      assertThat(alice.send(TYPE, text("by fallback"), bob.address()))
          .isEqualTo(new Outcome.Sent());
      OurDevice back = world.ours(session, store);
      awaitTexts(back, "by fallback");
      back.close();
    }
  }

  @Test
  void callKeysGoRoundAndALeaveMakesNewOnes() throws Exception {
    OurDevice alice = world.ours(name("alice"));
    OurDevice bob = world.ours(name("bob"));
    OurDevice carol = world.ours(name("carol"));
    String room = world.room(alice);
    bob.joinRoom(room);
    carol.joinRoom(room);
    OurCall atAlice = OurCall.join(alice, room);
    OurCall atBob = OurCall.join(bob, room);
    OurCall atCarol = OurCall.join(carol, room);
    CallKeyScenarios.awaitKeysOfAll(List.of(atAlice, atBob, atCarol));

    CallKey before = atAlice.ownKey();
    atBob.leave();
    await().atMost(SOON).until(() -> !atAlice.ownKey().equals(before));
    CallKeyScenarios.awaitKeysOfAll(List.of(atAlice, atCarol));
    assertThat(atBob.keysOf(alice.address())).doesNotContain(atAlice.ownKey());
    List.of(atAlice, atBob, atCarol).forEach(OurCall::close);
  }
}
