package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every check on receipt: one thing wrong is refused, and the same message put right, over the same
 * session, is accepted.
 */
class ToDeviceChecksTest {
  private static final String TYPE = "org.example.test";
  private static final UserDevice ALICE = new UserDevice("@alice:example.org", "ALICE1");

  private final MachineNetwork network = new MachineNetwork(1);
  private final MemoryCryptoStore bobStore = new MemoryCryptoStore();
  private OlmMachine bob;
  private ForgedSender alice;

  private OlmMachine openBob() throws Exception {
    return network.open(new UserDevice("@bob:example.org", "BOB1"), MachineNetwork.ALL, bobStore);
  }

  @BeforeEach
  void start() throws Exception {
    bob = openBob();
    network.settle(bob);
    alice = new ForgedSender(ALICE, network.random(), bob);
    alice.startSession(oneTimeKey());
  }

  private Curve25519PublicKey oneTimeKey() throws Exception {
    JsonNode key =
        network
            .claim(Set.of(bob.device()))
            .path("one_time_keys")
            .path("@bob:example.org")
            .path("BOB1")
            .elements()
            .next();
    return Curve25519PublicKey.fromBase64(key.path("key").textValue());
  }

  /** Makes alice's device known to bob. */
  private void aliceIsKnown() throws Exception {
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    bob.trackUsers(Set.of(ALICE.userId()), network.now);
    network.sync(bob, List.of(), Set.of(ALICE.userId()));
    network.settle(bob);
    assertThat(bob.find(ALICE)).isPresent();
  }

  private ToDeviceResult receive(JsonNode event) throws Exception {
    List<ToDeviceResult> results = network.sync(bob, List.of(event));
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private void assertRefused(JsonNode event, UndecryptableReason reason) throws Exception {
    ToDeviceResult result = receive(event);
    assertThat(result).isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    assertThat(((ToDeviceResult.UnableToDecrypt) result).reason()).isEqualTo(reason);
  }

  private ToDeviceResult.Decrypted assertAccepted(JsonNode event) throws Exception {
    ToDeviceResult result = receive(event);
    assertThat(result).isInstanceOf(ToDeviceResult.Decrypted.class);
    return (ToDeviceResult.Decrypted) result;
  }

  /** Refused with the change, accepted without it. */
  private void assertPayloadRefused(Consumer<ObjectNode> change, UndecryptableReason reason)
      throws Exception {
    assertRefused(alice.event(TYPE, change), reason);
    assertAccepted(alice.event(TYPE));
  }

  private static ObjectNode content(ObjectNode event) {
    return (ObjectNode) event.path("content");
  }

  private static ObjectNode ciphertext(ObjectNode event) {
    return (ObjectNode) content(event).path("ciphertext").elements().next();
  }

  /** Damages a good event's envelope; the undamaged event is then accepted. */
  private void assertInvalid(Consumer<ObjectNode> damage) throws Exception {
    ObjectNode good = alice.event(TYPE);
    ObjectNode bad = good.deepCopy();
    damage.accept(bad);
    assertThat(receive(bad)).isInstanceOf(ToDeviceResult.Invalid.class);
    assertAccepted(good);
  }

  @Test
  void td1EnvelopeMustParse() throws Exception {
    assertInvalid(event -> event.remove("content"));
    assertInvalid(event -> event.put("sender", 1));
    assertInvalid(event -> content(event).remove("algorithm"));
    assertInvalid(event -> content(event).remove("sender_key"));
    assertInvalid(event -> content(event).put("sender_key", "AAAA"));
    assertInvalid(event -> content(event).putObject("ciphertext"));
    assertInvalid(event -> content(event).put("ciphertext", "x"));
    assertInvalid(event -> ciphertext(event).put("type", 2));
    assertInvalid(event -> ciphertext(event).put("type", "0"));
    assertInvalid(event -> ciphertext(event).put("type", 4294967296L));
    assertInvalid(event -> ciphertext(event).put("body", "not base64!"));
    assertInvalid(event -> ciphertext(event).put("body", "AwoK"));
    assertInvalid(event -> ciphertext(event).remove("body"));
  }

  @Test
  void td1OneBadEntryAmongSeveralMakesTheEventInvalid() throws Exception {
    String other = alice.account.identityKeys().curve25519().toBase64();
    assertInvalid(
        event ->
            ((ObjectNode) content(event).path("ciphertext"))
                .putObject(other)
                .put("type", 0)
                .put("body", "AA"));
  }

  @Test
  void td2UnknownAlgorithmsAreNotDecrypted() throws Exception {
    ObjectNode good = alice.event(TYPE);
    ObjectNode bad = good.deepCopy();
    content(bad).put("algorithm", "m.olm.v2.curve25519-aes-sha2");
    assertRefused(bad, UndecryptableReason.UNSUPPORTED_ALGORITHM);
    assertAccepted(good);
  }

  @Test
  void td3TheMessageMustBeForOurKey() throws Exception {
    ObjectNode good = alice.event(TYPE);
    ObjectNode bad = good.deepCopy();
    ObjectNode ciphertexts = (ObjectNode) content(bad).path("ciphertext");
    JsonNode message = ciphertexts.remove(bob.identityKeys().curve25519().toBase64());
    ciphertexts.set(alice.account.identityKeys().curve25519().toBase64(), message);
    assertRefused(bad, UndecryptableReason.NOT_FOR_THIS_DEVICE);
    assertAccepted(good);
  }

  @Test
  void td3OurKeyIsLookedUpAmongSeveral_ours() throws Exception {
    ObjectNode event = alice.event(TYPE);
    ObjectNode ciphertexts = (ObjectNode) content(event).path("ciphertext");
    JsonNode ours = ciphertexts.elements().next().deepCopy();
    ciphertexts.removeAll();
    ciphertexts.set("A".repeat(43), ours);
    ciphertexts.set(bob.identityKeys().curve25519().toBase64(), ours);
    assertAccepted(event);
  }

  @Test
  void td4SenderKeyMustBeTheOneInsideThePreKeyMessage() throws Exception {
    Account other = Account.generate(network.random());
    ObjectNode good = alice.event(TYPE);
    ObjectNode bad = good.deepCopy();
    content(bad).put("sender_key", other.identityKeys().curve25519().toBase64());
    assertRefused(bad, UndecryptableReason.NO_SESSION);
    assertAccepted(good);
  }

  @Test
  void td4AnAlteredMessageIsRefusedAndBurnsNothing() throws Exception {
    ObjectNode good = alice.event(TYPE);
    ObjectNode bad = good.deepCopy();
    byte[] body = Base64.getDecoder().decode(ciphertext(bad).path("body").textValue());
    body[body.length - 1] ^= 1;
    ciphertext(bad).put("body", Base64.getEncoder().encodeToString(body));
    assertRefused(bad, UndecryptableReason.NO_SESSION);
    assertAccepted(good);
  }

  @Test
  void aOneTimeKeyStartsOneSessionAlsoAfterARestart() throws Exception {
    Curve25519PublicKey key = oneTimeKey();
    alice.startSession(key);
    assertAccepted(alice.event(TYPE));
    bob.close();
    bob = openBob();
    ForgedSender second =
        new ForgedSender(new UserDevice(ALICE.userId(), "ALICE2"), network.random(), bob);
    second.startSession(key);
    assertRefused(second.event(TYPE), UndecryptableReason.NO_SESSION);
    second.startSession(oneTimeKey());
    assertAccepted(second.event(TYPE));
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void tdReplayIsToldFromABrokenSession() throws Exception {
    ObjectNode event = alice.event(TYPE);
    assertAccepted(event);
    assertRefused(event, UndecryptableReason.REPLAYED);
    assertAccepted(alice.event(TYPE));
    assertThat(network.sync(bob, List.of(alice.event(TYPE), event)))
        .extracting(result -> result.getClass().getSimpleName())
        .containsExactly("Decrypted", "UnableToDecrypt");
  }

  @Test
  void tdReplayWithinOneSyncIsSeenToo() throws Exception {
    ObjectNode event = alice.event(TYPE);
    List<ToDeviceResult> results = network.sync(bob, List.of(event, event));
    assertThat(results.get(0)).isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(((ToDeviceResult.UnableToDecrypt) results.get(1)).reason())
        .isEqualTo(UndecryptableReason.REPLAYED);
  }

  @Test
  void payloadMustHaveEveryMember() throws Exception {
    for (String member :
        List.of("type", "content", "sender", "recipient", "keys", "recipient_keys")) {
      assertPayloadRefused(
          payload -> payload.remove(member), UndecryptableReason.MALFORMED_PAYLOAD);
    }
    assertPayloadRefused(
        payload -> payload.putArray("content"), UndecryptableReason.MALFORMED_PAYLOAD);
    assertPayloadRefused(
        payload -> payload.putObject("keys").put("ed25519", "?"),
        UndecryptableReason.MALFORMED_PAYLOAD);
  }

  @Test
  void payloadMustBeOneJsonObjectInUtf8() throws Exception {
    for (String text : List.of("", "nothing", "[]", "{} {}")) {
      assertRefused(
          alice.event(text.getBytes(StandardCharsets.UTF_8)),
          UndecryptableReason.MALFORMED_PAYLOAD);
    }
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void malformedUtf8IsMalformed_ours() throws Exception {
    byte[] plaintext = Json.mapper().writeValueAsBytes(alice.payload(TYPE));
    byte[] broken = plaintext.clone();
    int at = new String(plaintext, StandardCharsets.US_ASCII).indexOf("hello");
    broken[at] = (byte) 0xFF;
    assertRefused(alice.event(broken), UndecryptableReason.MALFORMED_PAYLOAD);
    assertAccepted(alice.event(plaintext));
  }

  @Test
  void td5RecipientMustBeUs() throws Exception {
    assertPayloadRefused(
        payload -> payload.put("recipient", "@carol:example.org"),
        UndecryptableReason.OTHER_RECIPIENT);
  }

  @Test
  void td6SenderMustBeTheEventsSender() throws Exception {
    ObjectNode bad = alice.event(TYPE);
    bad.put("sender", "@mallory:example.org");
    assertRefused(bad, UndecryptableReason.OTHER_SENDER);
    assertPayloadRefused(
        payload -> payload.put("sender", "@mallory:example.org"), UndecryptableReason.OTHER_SENDER);
  }

  @Test
  void td7RecipientKeyMustBeOurs() throws Exception {
    assertPayloadRefused(
        payload ->
            payload
                .putObject("recipient_keys")
                .put("ed25519", alice.account.identityKeys().ed25519().toBase64()),
        UndecryptableReason.OTHER_RECIPIENT_KEY);
  }

  @Test
  void td8SenderDeviceKeysMustBeTheSenders() throws Exception {
    UndecryptableReason bad = UndecryptableReason.BAD_SENDER_DEVICE_KEYS;
    ForgedSender other =
        new ForgedSender(new UserDevice(ALICE.userId(), "OTHER"), network.random(), bob);
    OwnDevice sameKeysOtherUser =
        new OwnDevice(new UserDevice("@mallory:example.org", "M"), alice.account);
    assertPayloadRefused(
        payload -> payload.set("sender_device_keys", sameKeysOtherUser.deviceKeys()), bad);
    assertPayloadRefused(
        payload -> payload.set("sender_device_keys", other.keys.deviceKeys()), bad);
    assertPayloadRefused(payload -> payload.put("sender_device_keys", "no object"), bad);
    assertPayloadRefused(
        payload -> ((ObjectNode) payload.path("sender_device_keys")).remove("signatures"), bad);
    assertPayloadRefused(
        payload -> ((ObjectNode) payload.path("sender_device_keys")).put("added", "later"), bad);
  }

  /** The known keys themselves are not verified again; whatever differs from them is. */
  @Test
  void td8AKnownDevicesSentKeysAreCheckedAsStrictly() throws Exception {
    aliceIsKnown();
    UndecryptableReason bad = UndecryptableReason.BAD_SENDER_DEVICE_KEYS;
    assertPayloadRefused(
        payload -> ((ObjectNode) payload.path("sender_device_keys")).remove("signatures"), bad);
    assertPayloadRefused(
        payload -> ((ObjectNode) payload.path("sender_device_keys")).put("added", "later"), bad);
    assertPayloadRefused(
        payload ->
            ((ObjectNode) payload.at("/sender_device_keys/signatures/" + ALICE.userId()))
                .put("ed25519:ALICE1", "A".repeat(86)),
        bad);
    Account other = Account.generate(network.random());
    assertPayloadRefused(
        payload ->
            payload.putObject("keys").put("ed25519", other.identityKeys().ed25519().toBase64()),
        bad);
  }

  @Test
  void td8SenderDeviceKeysMustHoldTheClaimedEd25519Key() throws Exception {
    Account other = Account.generate(network.random());
    assertPayloadRefused(
        payload ->
            payload.putObject("keys").put("ed25519", other.identityKeys().ed25519().toBase64()),
        UndecryptableReason.BAD_SENDER_DEVICE_KEYS);
  }

  @Test
  void td8SenderDeviceKeysWithAnotherCurve25519KeyAreRefusedThoughSigned() throws Exception {
    Account other = Account.generate(network.random());
    assertPayloadRefused(
        payload ->
            payload.set(
                "sender_device_keys",
                resigned(
                    keys ->
                        ((ObjectNode) keys.path("keys"))
                            .put(
                                "curve25519:ALICE1",
                                other.identityKeys().curve25519().toBase64()))),
        UndecryptableReason.BAD_SENDER_DEVICE_KEYS);
  }

  @Test
  void td8ReadsTheUnstableNameButNotBoth() throws Exception {
    ObjectNode keys = alice.keys.deviceKeys();
    assertRefused(
        alice.event(TYPE, payload -> payload.set("org.matrix.msc4147.device_keys", keys)),
        UndecryptableReason.MALFORMED_PAYLOAD);
    assertAccepted(
        alice.event(
            TYPE,
            payload ->
                payload.set(
                    "org.matrix.msc4147.device_keys", payload.remove("sender_device_keys"))));
  }

  @Test
  void td9RoomKeysNeedNoKnownDeviceAndNameNone() throws Exception {
    ToDeviceResult.Decrypted result =
        assertAccepted(alice.event("m.room_key", payload -> payload.remove("sender_device_keys")));
    assertThat(result.info().senderDevice()).isEmpty();
    assertThat(result.info().verification()).isEqualTo(VerificationState.NO_DEVICE);
    assertThat(result.content().path("session_key").textValue()).isEmpty();
    assertRefused(
        alice.event(TYPE, payload -> payload.remove("sender_device_keys")),
        UndecryptableReason.UNKNOWN_SENDER_DEVICE);
  }

  @Test
  void td10BundlesMustCarryTheSendersDeviceKeys() throws Exception {
    aliceIsKnown();
    for (String type : List.of("m.room_key_bundle", "io.element.msc4268.room_key_bundle")) {
      assertRefused(
          alice.event(type, payload -> payload.remove("sender_device_keys")),
          UndecryptableReason.SENDER_DEVICE_KEYS_MISSING);
      assertAccepted(alice.event(type));
    }
    assertAccepted(alice.event(TYPE, payload -> payload.remove("sender_device_keys")));
  }

  @Test
  void td11TheClaimedKeyMustBeTheKnownDevices() throws Exception {
    aliceIsKnown();
    Account other = Account.generate(network.random());
    assertPayloadRefused(
        payload -> {
          payload.remove("sender_device_keys");
          payload.putObject("keys").put("ed25519", other.identityKeys().ed25519().toBase64());
        },
        UndecryptableReason.OTHER_SENDER_KEY);
  }

  @Test
  void tdPinAFreshAccountIsNotTheKnownDeviceItClaims_ours() throws Exception {
    aliceIsKnown();
    ForgedSender impostor = new ForgedSender(ALICE, network.random(), bob);
    impostor.startSession(oneTimeKey());
    assertRefused(impostor.event(TYPE), UndecryptableReason.OTHER_SENDER_KEY);
    ForgedSender other =
        new ForgedSender(new UserDevice(ALICE.userId(), "NEW"), network.random(), bob);
    other.startSession(oneTimeKey());
    assertAccepted(other.event(TYPE));
    assertAccepted(alice.event(TYPE));
    network.deviceKeys.remove(ALICE);
    network.deviceKeys.put(new UserDevice(ALICE.userId(), "NEW"), Json.newObject());
    network.sync(bob, List.of(), Set.of(ALICE.userId()));
    network.settle(bob);
    assertThat(bob.find(ALICE)).isEmpty();
    assertRefused(impostor.event(TYPE), UndecryptableReason.OTHER_SENDER_KEY);
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void tdPinADeletedDeviceStaysBlocked_ours() throws Exception {
    aliceIsKnown();
    bob.setLocalTrust(ALICE, LocalTrust.BLOCKED);
    network.deviceKeys.remove(ALICE);
    network.deviceKeys.put(new UserDevice(ALICE.userId(), "NEW"), Json.newObject());
    network.sync(bob, List.of(), Set.of(ALICE.userId()));
    network.settle(bob);
    assertThat(bob.find(ALICE)).isEmpty();
    assertRefused(alice.event(TYPE), UndecryptableReason.UNTRUSTED_SENDER);
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    network.sync(bob, List.of(), Set.of(ALICE.userId()));
    network.settle(bob);
    bob.setLocalTrust(ALICE, LocalTrust.UNSET);
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void tdReplayOfAFallbackKeyMessageIsSeenWhenItsSessionIsGone() throws Exception {
    network.sync(bob, List.of()); // says that the server knows fallback keys
    network.settle(bob);
    assertThat(network.fallbackKeys).containsKey(bob.device());
    network.oneTimeKeys.remove(bob.device());
    ForgedSender sender =
        new ForgedSender(new UserDevice(ALICE.userId(), "NEW"), network.random(), bob);
    sender.startSession(oneTimeKey());
    ObjectNode first = sender.event(TYPE);
    assertAccepted(first);
    Curve25519PublicKey peer = sender.account.identityKeys().curve25519();
    StoredSession.Key session = bobStore.sessions(peer).get(0).key();
    bob.close();
    bobStore.write(Changes.builder().removeSession(session).build());
    bob = openBob();
    assertRefused(first, UndecryptableReason.REPLAYED);
    assertThat(bobStore.sessions(peer)).isEmpty();
    assertAccepted(sender.event(TYPE)); // a new message, whose fallback key still starts a session
  }

  @Test
  void td11AnUnknownDeviceMustSendItsKeys() throws Exception {
    assertRefused(
        alice.event(TYPE, payload -> payload.remove("sender_device_keys")),
        UndecryptableReason.UNKNOWN_SENDER_DEVICE);
    ToDeviceResult.Decrypted accepted = assertAccepted(alice.event(TYPE));
    assertThat(accepted.info().senderDevice()).contains("ALICE1");
    assertThat(bob.find(ALICE)).as("not stored as a device").isEmpty();
    aliceIsKnown();
    assertAccepted(alice.event(TYPE, payload -> payload.remove("sender_device_keys")));
  }

  @Test
  void td11TheSendingDeviceIsNamedByTheSessionNotByTheContent() throws Exception {
    ToDeviceResult.Decrypted accepted =
        assertAccepted(
            alice.event(
                TYPE,
                payload -> {
                  payload.put("sender_device", "OTHER");
                  payload.putObject("content").put("device_id", "OTHER");
                }));
    assertThat(accepted.info())
        .isEqualTo(
            new EncryptionInfo(
                ALICE.userId(),
                Optional.of("ALICE1"),
                alice.account.identityKeys().curve25519(),
                VerificationState.UNSIGNED_DEVICE));
  }

  /** With the default policies, knowing of Alice's device that it signed itself. */
  private void bobIsStrict() throws Exception {
    bob =
        network.open(
            new UserDevice("@bob:example.org", "BOB2"),
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore());
    network.settle(bob);
    alice = new ForgedSender(ALICE, network.random(), bob);
    JsonNode key =
        network
            .claim(Set.of(bob.device()))
            .at("/one_time_keys/@bob:example.org/BOB2")
            .elements()
            .next();
    alice.startSession(Curve25519PublicKey.fromBase64(key.path("key").textValue()));
    aliceIsKnown();
  }

  @Test
  void tdBundlesAreJudgedWhenTheyAreUsed_ours() throws Exception {
    bobIsStrict();
    assertThat(assertAccepted(alice.event("m.room_key_bundle")).info().verification())
        .isEqualTo(VerificationState.UNSIGNED_DEVICE);
    assertRefused(alice.event(TYPE), UndecryptableReason.UNTRUSTED_SENDER); // control
    bob.setLocalTrust(ALICE, LocalTrust.BLOCKED);
    assertRefused(alice.event("m.room_key_bundle"), UndecryptableReason.UNTRUSTED_SENDER);
  }

  @Test
  void td12UnsignedDevicesDoNotMeetTheDefaultPolicy() throws Exception {
    bobIsStrict();
    for (String refused : List.of(TYPE, "m.dummy", "m.secret.send")) {
      assertRefused(alice.event(refused), UndecryptableReason.UNTRUSTED_SENDER);
    }
    for (String exempt :
        List.of(
            "m.room_key",
            "m.room_key.withheld",
            "m.room_key_request",
            "m.secret.request",
            "m.key.verification.start")) {
      assertAccepted(alice.event(exempt));
    }
    bob.setLocalTrust(ALICE, LocalTrust.VERIFIED);
    assertThat(assertAccepted(alice.event(TYPE)).info().verification())
        .isEqualTo(VerificationState.VERIFIED);
  }

  @Test
  void td12BlockedDevicesAreRefused_ours() throws Exception {
    aliceIsKnown();
    bob.setLocalTrust(ALICE, LocalTrust.BLOCKED);
    assertRefused(alice.event(TYPE), UndecryptableReason.UNTRUSTED_SENDER);
    bob.setLocalTrust(ALICE, LocalTrust.UNSET);
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void secretsOfTheMachineAreBlankedInWhatIsHandedOn_B106() throws Exception {
    aliceIsKnown();
    Map<String, String> secrets =
        Map.of("m.secret.send", "secret", "m.forwarded_room_key", "session_key");
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
      ToDeviceResult.Decrypted result =
          assertAccepted(
              alice.event(
                  secret.getKey(),
                  payload -> payload.putObject("content").put(secret.getValue(), "TOP SECRET")));
      assertThat(result.content().path(secret.getValue()).textValue()).isEmpty();
      assertThat(result.event().toString()).doesNotContain("TOP SECRET");
    }
    ToDeviceResult.Decrypted app =
        assertAccepted(
            alice.event(TYPE, payload -> payload.putObject("content").put("secret", "the app's")));
    assertThat(app.content().path("secret").textValue()).isEqualTo("the app's");
  }

  @Test
  void whatIsInvalidStopsNothingAndResultsKeepTheirOrder_B101_B105() throws Exception {
    aliceIsKnown();
    ObjectNode first = alice.event(TYPE);
    ObjectNode clear = Json.newObject().put("type", "m.x").put("sender", ALICE.userId());
    clear.putObject("content");
    ObjectNode refused = alice.event(TYPE, payload -> payload.put("recipient", "@x:y"));
    ObjectNode last = alice.event(TYPE);
    assertThat(
            network.sync(
                bob, List.of(first, Json.newObject(), clear, refused, TextNode.valueOf("x"), last)))
        .hasExactlyElementsOfTypes(
            ToDeviceResult.Decrypted.class,
            ToDeviceResult.Invalid.class,
            ToDeviceResult.PlainText.class,
            ToDeviceResult.UnableToDecrypt.class,
            ToDeviceResult.Invalid.class,
            ToDeviceResult.Decrypted.class);
  }

  @Test
  void td13DehydratedDevicesAreDropped() throws Exception {
    ObjectNode bad =
        alice.event(
            TYPE,
            payload ->
                payload.set("sender_device_keys", resigned(keys -> keys.put("dehydrated", true))));
    assertThat(network.sync(bob, List.of(bad))).isEmpty();
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void td13AlsoRoomKeysOfDehydratedDevicesAreDropped_B102() throws Exception {
    ObjectNode bad =
        alice.event(
            "m.room_key",
            payload ->
                payload.set("sender_device_keys", resigned(keys -> keys.put("dehydrated", true))));
    assertThat(network.sync(bob, List.of(bad))).isEmpty();
    assertThat(bobStore.roomKeys(Optional.empty(), 10)).isEmpty();
    network.deviceKeys.put(ALICE, resigned(keys -> keys.put("dehydrated", true)));
    bob.trackUsers(Set.of(ALICE.userId()), network.now);
    network.settle(bob);
    ObjectNode known = alice.event("m.room_key", payload -> payload.remove("sender_device_keys"));
    assertThat(network.sync(bob, List.of(known))).as("listed as dehydrated").isEmpty();
    assertThat(bobStore.roomKeys(Optional.empty(), 10)).isEmpty();
    network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
    network.refresh(bob, ALICE.userId());
    assertAccepted(alice.event("m.room_key"));
    assertThat(bobStore.roomKeys(Optional.empty(), 10)).hasSize(1);
  }

  @Test
  void aDeletedDeviceThatSendsItsKeysIsAnUnsignedDevice_B97() throws Exception {
    aliceIsKnown();
    network.deviceKeys.remove(ALICE);
    network.deviceKeys.put(new UserDevice(ALICE.userId(), "NEW"), Json.newObject());
    network.refresh(bob, ALICE.userId());
    assertThat(bob.find(ALICE)).isEmpty();
    assertThat(assertAccepted(alice.event(TYPE)).info().verification())
        .isEqualTo(VerificationState.UNSIGNED_DEVICE);
    assertRefused(
        alice.event(TYPE, payload -> payload.remove("sender_device_keys")),
        UndecryptableReason.UNKNOWN_SENDER_DEVICE);
  }

  @Test
  void aRefusedPayloadHasStillUsedItsMessageKey() throws Exception {
    ObjectNode bad = alice.event(TYPE, payload -> payload.put("recipient", "@carol:example.org"));
    assertRefused(bad, UndecryptableReason.OTHER_RECIPIENT);
    assertRefused(bad, UndecryptableReason.REPLAYED);
    assertAccepted(alice.event(TYPE));
  }

  @Test
  void clearEventsArePlainTextWhateverTheirType() throws Exception {
    ObjectNode event = Json.newObject().put("type", "m.room_key").put("sender", ALICE.userId());
    event.putObject("content");
    assertThat(receive(event)).isInstanceOf(ToDeviceResult.PlainText.class);
  }

  @Test
  void resultsShowNoContent() throws Exception {
    ToDeviceResult.Decrypted accepted = assertAccepted(alice.event(TYPE));
    assertThat(accepted.content().path("text").textValue()).isEqualTo("hello");
    assertThat(accepted.toString()).contains(TYPE).doesNotContain("hello");
  }

  @Test
  void truncatedAndRandomMessagesChangeNothing() throws Exception {
    ObjectNode good = alice.event(TYPE);
    byte[] body = Base64.getDecoder().decode(ciphertext(good).path("body").textValue());
    List<ObjectNode> bad = new ArrayList<>();
    for (int length = 0; length < body.length; length += 7) {
      ObjectNode cut = good.deepCopy();
      ciphertext(cut)
          .put(
              "body",
              Base64.getEncoder().withoutPadding().encodeToString(Arrays.copyOf(body, length)));
      bad.add(cut);
    }
    assertThat(network.sync(bob, bad))
        .hasSameSizeAs(bad)
        .noneMatch(ToDeviceResult.Decrypted.class::isInstance);
    assertAccepted(good);
  }

  private ObjectNode resigned(Consumer<ObjectNode> change) {
    ObjectNode keys = alice.keys.deviceKeys();
    change.accept(keys);
    keys.remove("signatures");
    try {
      return SignedJson.sign(
          keys, ALICE.userId(), "ed25519:ALICE1", message -> alice.account.sign(message).toBytes());
    } catch (CanonicalJsonException e) {
      throw new AssertionError(e);
    }
  }
}
