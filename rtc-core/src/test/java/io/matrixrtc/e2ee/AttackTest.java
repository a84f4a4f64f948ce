package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.HostileMessages;
import io.matrixrtc.olm.PreKeyMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a homeserver, another member, or both together can try on a machine. Beside each attack is
 * its control: the same thing with the one forged part put right.
 */
class AttackTest {
  private static final String TYPE = "org.example.test";
  private static final UserDevice ALICE = new UserDevice("@alice:example.org", "ALICE1");
  private static final UserDevice BOB = new UserDevice("@bob:example.org", "BOB1");
  private static final UserDevice MALLORY = new UserDevice("@mallory:example.org", "MALLORY1");
  private static final ObjectNode CONTENT = Json.newObject().put("text", "hello");

  private final MachineNetwork network = new MachineNetwork(1);
  private OlmMachine bob;
  private ForgedSender alice;

  @BeforeEach
  void start() throws Exception {
    bob = network.open(BOB.userId(), BOB.deviceId());
    network.settle(bob);
    alice = new ForgedSender(ALICE, network.random(), bob);
    alice.startSession(oneTimeKeyOf(BOB));
  }

  private Curve25519PublicKey oneTimeKeyOf(UserDevice device) throws Exception {
    JsonNode keys = network.claim(Set.of(device)).path("one_time_keys");
    JsonNode key = keys.path(device.userId()).path(device.deviceId()).elements().next();
    return Curve25519PublicKey.fromBase64(key.path("key").textValue());
  }

  private ToDeviceResult receive(OlmMachine machine, JsonNode event) throws Exception {
    List<ToDeviceResult> results = network.sync(machine, List.of(event));
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private void assertRefused(OlmMachine machine, JsonNode event, UndecryptableReason reason)
      throws Exception {
    ToDeviceResult result = receive(machine, event);
    assertThat(result).isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    assertThat(((ToDeviceResult.UnableToDecrypt) result).reason()).isEqualTo(reason);
  }

  private ToDeviceResult.Decrypted assertAccepted(OlmMachine machine, JsonNode event)
      throws Exception {
    ToDeviceResult result = receive(machine, event);
    assertThat(result).isInstanceOf(ToDeviceResult.Decrypted.class);
    return (ToDeviceResult.Decrypted) result;
  }

  private static ObjectNode contentOf(ObjectNode event) {
    return (ObjectNode) event.path("content");
  }

  /** The homeserver says that a message of alice is mallory's, with and without mallory's help. */
  @Test
  void attackForgedSender() throws Exception {
    ObjectNode relabelled = alice.event(TYPE).put("sender", MALLORY.userId());
    assertRefused(bob, relabelled, UndecryptableReason.OTHER_SENDER);
    ObjectNode claimed =
        alice
            .event(TYPE, payload -> payload.put("sender", MALLORY.userId()))
            .put("sender", MALLORY.userId());
    assertRefused(bob, claimed, UndecryptableReason.BAD_SENDER_DEVICE_KEYS);
    assertThat(assertAccepted(bob, alice.event(TYPE)).info().sender()).isEqualTo(ALICE.userId());
  }

  /** A message for bob is brought to carol, as it is and under her key. */
  @Test
  void attackReRoutedCiphertext() throws Exception {
    OlmMachine carol = network.open("@carol:example.org", "CAROL1");
    network.settle(carol);
    ObjectNode forBob = alice.event(TYPE);
    assertRefused(carol, forBob, UndecryptableReason.NOT_FOR_THIS_DEVICE);
    ObjectNode underHerKey = forBob.deepCopy();
    ObjectNode ciphertext = (ObjectNode) contentOf(underHerKey).path("ciphertext");
    JsonNode message = ciphertext.elements().next();
    ciphertext.removeAll();
    ciphertext.set(carol.identityKeys().curve25519().toBase64(), message);
    assertRefused(carol, underHerKey, UndecryptableReason.NO_SESSION);
    assertAccepted(bob, forBob);
  }

  /** A sender writes other keys into the payload than its session was made with. */
  @Test
  void attackMismatchedKeys() throws Exception {
    String other = Account.generate(network.random()).identityKeys().ed25519().toBase64();
    for (Map.Entry<String, UndecryptableReason> forged :
        Map.of(
                "keys", UndecryptableReason.BAD_SENDER_DEVICE_KEYS,
                "recipient_keys", UndecryptableReason.OTHER_RECIPIENT_KEY)
            .entrySet()) {
      assertRefused(
          bob,
          alice.event(
              TYPE, payload -> ((ObjectNode) payload.get(forged.getKey())).put("ed25519", other)),
          forged.getValue());
    }
    ForgedSender stranger = new ForgedSender(ALICE, network.random(), bob);
    assertRefused(
        bob,
        alice.event(TYPE, p -> p.set("sender_device_keys", stranger.keys.deviceKeys())),
        UndecryptableReason.BAD_SENDER_DEVICE_KEYS);
    assertAccepted(bob, alice.event(TYPE));
  }

  /**
   * Mallory publishes carol's identity key and one-time keys as its own, so that bob's message to
   * mallory opens at carol, to whom the homeserver then brings it.
   */
  @Test
  void attackUnknownKeyShareTowardsAReceiver() throws Exception {
    OlmMachine carol = network.open("@carol:example.org", "CAROL1");
    network.introduce(bob, carol);
    publishStolen(carol);
    ObjectNode stolen = deliverFromBob(MALLORY);
    assertRefused(carol, stolen, UndecryptableReason.OTHER_RECIPIENT);
    assertAccepted(carol, deliverFromBob(carol.device()));
  }

  /** Mallory's device: its own Ed25519 key, and what carol's device is reached with. */
  private void publishStolen(OlmMachine carol) throws Exception {
    Account account = Account.generate(network.random());
    ObjectNode keys = new OwnDevice(MALLORY, account).deviceKeys();
    keys.remove("signatures");
    ((ObjectNode) keys.path("keys"))
        .put("curve25519:MALLORY1", carol.identityKeys().curve25519().toBase64());
    SignedJson.sign(
        keys, MALLORY.userId(), "ed25519:MALLORY1", message -> account.sign(message).toBytes());
    network.deviceKeys.put(MALLORY, keys);
    ObjectNode key = Json.newObject().put("key", oneTimeKeyOf(carol.device()).toBase64());
    SignedJson.sign(
        key, MALLORY.userId(), "ed25519:MALLORY1", message -> account.sign(message).toBytes());
    network.oneTimeKeys.put(MALLORY, new LinkedHashMap<>(Map.of("signed_curve25519:AAAA", key)));
  }

  private ObjectNode deliverFromBob(UserDevice to) throws Exception {
    Map<UserDevice, DeliveryOutcome> outcomes = network.deliver(bob, TYPE, CONTENT, to);
    assertThat(outcomes).containsEntry(to, new DeliveryOutcome.Sent());
    return (ObjectNode) Objects.requireNonNull(network.queues.remove(to)).get(0);
  }

  /** Mallory publishes alice's identity key as its own and relabels alice's message. */
  @Test
  void attackUnknownKeyShareTowardsASender() throws Exception {
    Account account = Account.generate(network.random());
    ObjectNode keys = new OwnDevice(MALLORY, account).deviceKeys();
    keys.remove("signatures");
    ((ObjectNode) keys.path("keys"))
        .put("curve25519:MALLORY1", alice.account.identityKeys().curve25519().toBase64());
    SignedJson.sign(
        keys, MALLORY.userId(), "ed25519:MALLORY1", message -> account.sign(message).toBytes());
    network.deviceKeys.put(MALLORY, keys);
    follow(MALLORY);
    ObjectNode good = alice.event(TYPE);
    ObjectNode relabelled = good.deepCopy().put("sender", MALLORY.userId());
    assertRefused(bob, relabelled, UndecryptableReason.OTHER_SENDER);
    ToDeviceResult.Decrypted next = assertAccepted(bob, alice.event(TYPE));
    assertThat(next.info().sender()).isEqualTo(ALICE.userId());
    assertThat(next.info().senderDevice()).contains(ALICE.deviceId());
  }

  private void follow(UserDevice device) throws Exception {
    bob.trackUsers(Set.of(device.userId()), network.now);
    network.sync(bob, List.of(), Set.of(device.userId()));
    network.settle(bob);
  }

  @Test
  void attackReplay() throws Exception {
    ObjectNode first = alice.event(TYPE);
    ObjectNode second = alice.event(TYPE);
    assertAccepted(bob, first);
    assertRefused(bob, first, UndecryptableReason.REPLAYED);
    assertAccepted(bob, second);
    assertRefused(bob, second, UndecryptableReason.REPLAYED);
    assertRefused(bob, first, UndecryptableReason.REPLAYED);
  }

  /** A key of small order in each place where a peer can put one; with a good one it works. */
  @Test
  void attackSmallOrderKeys() throws Exception {
    // In a one-time key, properly signed by a device that means ill.
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    follow(ALICE);
    assertThat(bob.find(ALICE)).isPresent();
    for (byte[] small : SMALL_ORDER) {
      offer(Base64.getEncoder().withoutPadding().encodeToString(small));
      Map<UserDevice, DeliveryOutcome> outcomes = network.deliver(bob, TYPE, CONTENT, ALICE);
      assertThat(outcomes).containsEntry(ALICE, badOneTimeKey());
      network.pass(FailureBackoff.delay(20));
    }
    offer(Account.generate(network.random()).identityKeys().curve25519().toBase64());
    assertThat(network.deliver(bob, TYPE, CONTENT, ALICE))
        .containsEntry(ALICE, new DeliveryOutcome.Sent());
  }

  private static DeliveryOutcome badOneTimeKey() {
    return new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.BadOneTimeKey());
  }

  /** A device that lists an identity key of small order, and signs it. */
  @Test
  void attackSmallOrderIdentityKeys() throws Exception {
    for (byte[] small : SMALL_ORDER) {
      ObjectNode keys = alice.keys.deviceKeys();
      keys.remove("signatures");
      ((ObjectNode) keys.path("keys"))
          .put("curve25519:ALICE1", Base64.getEncoder().withoutPadding().encodeToString(small));
      MachineNetwork own = new MachineNetwork(9);
      OlmMachine carol = own.open("@carol:example.org", "CAROL1");
      own.settle(carol);
      own.deviceKeys.put(ALICE, alice.keys.sign(keys));
      carol.trackUsers(Set.of(ALICE.userId()), own.now);
      own.refresh(carol, ALICE.userId());
      ObjectNode oneTimeKey =
          Json.newObject()
              .put("key", Account.generate(own.random()).identityKeys().curve25519().toBase64());
      SignedJson.sign(
          oneTimeKey,
          ALICE.userId(),
          "ed25519:ALICE1",
          message -> alice.account.sign(message).toBytes());
      own.oneTimeKeys.put(ALICE, new LinkedHashMap<>(Map.of("signed_curve25519:AAAA", oneTimeKey)));
      Map<UserDevice, DeliveryOutcome> outcomes = own.deliver(carol, TYPE, CONTENT, ALICE);
      assertThat(outcomes).isNotNull();
      assertThat(outcomes.get(ALICE)).isInstanceOf(DeliveryOutcome.NotEncrypted.class);
      assertThat(own.queues).doesNotContainKey(ALICE);
    }
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    follow(ALICE);
    offer(Account.generate(network.random()).identityKeys().curve25519().toBase64());
    assertThat(network.deliver(bob, TYPE, CONTENT, ALICE))
        .as("control: the same device with its own key")
        .containsEntry(ALICE, new DeliveryOutcome.Sent());
  }

  /** The first message of a session names a base key or a ratchet key of small order. */
  @Test
  void attackSmallOrderKeysInAPreKeyMessage() throws Exception {
    ObjectNode good = alice.event(TYPE);
    byte[] message = bodyOf(good);
    PreKeyMessage decoded = PreKeyMessage.decode(message);
    for (Curve25519PublicKey place :
        List.of(decoded.baseKey(), decoded.message().ratchetKey(), decoded.identityKey())) {
      for (byte[] small : SMALL_ORDER) {
        ObjectNode forged = good.deepCopy();
        if (place.equals(decoded.identityKey())) {
          contentOf(forged)
              .put("sender_key", Base64.getEncoder().withoutPadding().encodeToString(small));
        }
        ((ObjectNode) contentOf(forged).path("ciphertext").elements().next())
            .put(
                "body",
                Base64.getEncoder()
                    .withoutPadding()
                    .encodeToString(replaced(message, place.toBytes(), small)));
        assertRefused(bob, forged, UndecryptableReason.NO_SESSION);
      }
    }
    assertAccepted(bob, good);
  }

  /** A session in which we cannot answer is told as such, until a better one is there. */
  @Test
  void attackSmallOrderRatchetKeyThatIsAuthentic() throws Exception {
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    follow(ALICE);
    PreKeyMessage first =
        HostileMessages.withRatchetKeyOfSmallOrder(
            alice.account,
            bob.identityKeys().curve25519(),
            oneTimeKeyOf(BOB),
            Json.mapper().writeValueAsBytes(alice.payload(TYPE)),
            network.random());
    assertAccepted(bob, alice.eventOf(first));
    assertThat(network.deliver(bob, TYPE, CONTENT, ALICE))
        .containsEntry(
            ALICE, new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.SessionUnusable()));
    assertThat(network.queues).doesNotContainKey(ALICE);
    network.pass(Duration.ofSeconds(1));
    assertAccepted(bob, alice.event(TYPE));
    assertThat(network.deliver(bob, TYPE, CONTENT, ALICE))
        .as("control: the session that last received")
        .containsEntry(ALICE, new DeliveryOutcome.Sent());
  }

  private static byte[] bodyOf(ObjectNode event) {
    return Base64.getDecoder()
        .decode(contentOf(event).path("ciphertext").elements().next().path("body").textValue());
  }

  private static byte[] replaced(byte[] message, byte[] key, byte[] by) {
    String text = HexFormat.of().formatHex(message);
    String edited = text.replace(HexFormat.of().formatHex(key), HexFormat.of().formatHex(by));
    assertThat(edited).isNotEqualTo(text);
    return HexFormat.of().parseHex(edited);
  }

  private static final List<byte[]> SMALL_ORDER =
      List.of(
          new byte[32],
          littleEndian("0100000000000000000000000000000000000000000000000000000000000000"),
          littleEndian("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
          littleEndian("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
          littleEndian("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));

  private static byte[] littleEndian(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** Alice's device offers a one-time key with this text. */
  private void offer(String key) throws Exception {
    ObjectNode signed = Json.newObject().put("key", key);
    SignedJson.sign(
        signed, ALICE.userId(), "ed25519:ALICE1", message -> alice.account.sign(message).toBytes());
    network.oneTimeKeys.put(ALICE, new LinkedHashMap<>(Map.of("signed_curve25519:AAAA", signed)));
  }

  /** 44 characters without padding are 33 bytes: not a key, wherever one is read. */
  @Test
  void attack33ByteKeys() throws Exception {
    byte[] bytes = new byte[33];
    new Random(1).nextBytes(bytes);
    String tooLong = Base64.getEncoder().encodeToString(bytes);
    assertThat(tooLong).hasSize(44).doesNotContain("=");
    ObjectNode event = alice.event(TYPE);
    ObjectNode forged = event.deepCopy();
    contentOf(forged).put("sender_key", tooLong);
    assertThat(receive(bob, forged)).isInstanceOf(ToDeviceResult.Invalid.class);
    assertAccepted(bob, event);
    assertRefused(
        bob,
        alice.event(TYPE, p -> ((ObjectNode) p.get("keys")).put("ed25519", tooLong)),
        UndecryptableReason.MALFORMED_PAYLOAD);
    // In a list of devices, with a good signature over it.
    ObjectNode keys = alice.keys.deviceKeys();
    keys.remove("signatures");
    ((ObjectNode) keys.path("keys")).put("curve25519:ALICE1", tooLong);
    SignedJson.sign(
        keys, ALICE.userId(), "ed25519:ALICE1", message -> alice.account.sign(message).toBytes());
    network.deviceKeys.put(ALICE, keys);
    follow(ALICE);
    assertThat(bob.find(ALICE)).isEmpty();
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    follow(ALICE);
    assertThat(bob.find(ALICE)).isPresent();
    // In a one-time key, claimed by a device that has no session yet.
    OlmMachine carol = network.open("@carol:example.org", "CAROL1");
    network.settle(carol);
    carol.trackUsers(Set.of(ALICE.userId()), network.now);
    network.refresh(carol, ALICE.userId());
    offer(tooLong);
    assertThat(network.deliver(carol, TYPE, CONTENT, ALICE)).containsEntry(ALICE, badOneTimeKey());
    offer(tooLong.substring(0, 42) + "A");
    network.pass(FailureBackoff.delay(20));
    assertThat(network.deliver(carol, TYPE, CONTENT, ALICE))
        .containsEntry(ALICE, new DeliveryOutcome.Sent());
  }

  /** Of two members with one name the checks see the one that the app sees. */
  @Test
  void attackDuplicateJsonKeys() throws Exception {
    String mallory = "\"sender\":\"" + MALLORY.userId() + "\"";
    UnaryOperator<String> last = text -> text.substring(0, text.length() - 1) + "," + mallory + "}";
    UnaryOperator<String> first = text -> "{" + mallory + "," + text.substring(1);
    assertRefused(bob, alice.event(edited(last)), UndecryptableReason.OTHER_SENDER);
    ToDeviceResult.Decrypted shown = assertAccepted(bob, alice.event(edited(first)));
    assertThat(shown.event().path("sender").textValue()).isEqualTo(ALICE.userId());
    assertThat(Json.mapper().writeValueAsString(shown.event())).doesNotContain(MALLORY.userId());
  }

  private byte[] edited(UnaryOperator<String> edit) throws Exception {
    return edit.apply(Json.mapper().writeValueAsString(alice.payload(TYPE))).getBytes(UTF_8);
  }

  /** Nesting is refused before it costs a stack, in a payload and in a signed object. */
  @Test
  void attackDeepNesting() throws Exception {
    for (int depth : new int[] {Json.MAX_DEPTH - 1, Json.MAX_DEPTH, 100_000}) {
      assertRefused(bob, alice.event(nested(depth)), UndecryptableReason.MALFORMED_PAYLOAD);
    }
    assertAccepted(bob, alice.event(nested(Json.MAX_DEPTH - 2)));
  }

  /** In device keys that are properly signed, at whatever depth. */
  @Test
  void attackDeepNestingInASignedObject() throws Exception {
    // As an answer is text, where the parser counts from the outermost object: two levels above.
    ObjectNode keys = alice.keys.deviceKeys();
    keys.remove("signatures");
    ObjectNode signed = alice.keys.sign(keys);
    String text = Json.mapper().writeValueAsString(signed);
    for (int depth : new int[] {Json.MAX_DEPTH, 100_000}) {
      String deep = withNested(text, depth);
      assertThatThrownBy(() -> Json.parseObject(deep)).isInstanceOf(MalformedJsonException.class);
    }
    assertThat(Json.parseObject(withNested(text, Json.MAX_DEPTH - 1)).has("unsigned")).isTrue();
  }

  private static String withNested(String object, int depth) {
    return "{\"unsigned\":" + "[".repeat(depth) + "]".repeat(depth) + "," + object.substring(1);
  }

  private byte[] nested(int depth) throws Exception {
    String arrays = "[".repeat(depth) + "]".repeat(depth);
    return edited(text -> text.replace("\"hello\"", arrays));
  }

  /**
   * Ten megabytes: garbage is refused, a true message is taken, and both leave the rest working.
   */
  @Test
  void attackTenMegabyteBodies() throws Exception {
    byte[] garbage = new byte[10 << 20];
    new Random(1).nextBytes(garbage);
    ObjectNode event = alice.event(TYPE);
    for (int type = 0; type < 2; type++) {
      ObjectNode forged = event.deepCopy();
      ((ObjectNode) contentOf(forged).path("ciphertext").elements().next())
          .put("type", type)
          .put("body", Base64.getEncoder().withoutPadding().encodeToString(garbage));
      assertThat(receive(bob, forged)).isInstanceOf(ToDeviceResult.Invalid.class);
    }
    assertAccepted(bob, event);
    byte[] message =
        Base64.getDecoder()
            .decode(contentOf(event).path("ciphertext").elements().next().path("body").textValue());
    byte[] stretched = Arrays.copyOf(message, garbage.length);
    ObjectNode forged = event.deepCopy();
    ((ObjectNode) contentOf(forged).path("ciphertext").elements().next())
        .put("body", Base64.getEncoder().withoutPadding().encodeToString(stretched));
    assertThat(receive(bob, forged)).isNotInstanceOf(ToDeviceResult.Decrypted.class);
    assertAccepted(bob, alice.event(edited(text -> text.replace("hello", "x".repeat(10 << 20)))));
    assertAccepted(bob, alice.event(TYPE));
  }
}
