package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.VectorFile;
import io.matrixrtc.e2ee.OutgoingRequest.KeysQuery;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole syncs, and the verdict of matrix-sdk-crypto on each event in them. */
class ToDeviceVectorsTest {
  /** What an error of a room event may be here. */
  private static final Map<String, Predicate<RoomDecryptionFailure>> ROOM_ERRORS =
      Map.ofEntries(
          Map.entry("missing_room_key", RoomDecryptionFailure.MissingRoomKey.class::isInstance),
          Map.entry("unknown_index", RoomDecryptionFailure.UnknownIndex.class::isInstance),
          Map.entry("unknown_message_index", RoomDecryptionFailure.UnknownIndex.class::isInstance),
          Map.entry("unable_to_decrypt", ToDeviceVectorsTest::isUnreadable),
          Map.entry(
              "mismatched_identity_keys", RoomDecryptionFailure.OwnerMismatch.class::isInstance),
          untrusted("unsigned_sender_device", VerificationState.UNSIGNED_DEVICE),
          untrusted("unknown_sender_device", VerificationState.NO_DEVICE),
          untrusted("mismatched_sender", VerificationState.MISMATCHED_SENDER),
          untrusted("verification_violation", VerificationState.VERIFICATION_VIOLATION),
          untrusted("sender_identity_violation", VerificationState.VERIFICATION_VIOLATION),
          untrusted(
              "sender_identity_verification_violation", VerificationState.VERIFICATION_VIOLATION),
          Map.entry("replayed", RoomDecryptionFailure.Replayed.class::isInstance));

  private static boolean isUnreadable(RoomDecryptionFailure failure) {
    return failure instanceof RoomDecryptionFailure.Malformed
        || failure instanceof RoomDecryptionFailure.UnsupportedAlgorithm
        || failure instanceof RoomDecryptionFailure.NotAuthentic
        || failure instanceof RoomDecryptionFailure.MalformedPayload
        || failure instanceof RoomDecryptionFailure.OtherRoom;
  }

  private static Map.Entry<String, Predicate<RoomDecryptionFailure>> untrusted(
      String error, VerificationState state) {
    return Map.entry(error, new RoomDecryptionFailure.UntrustedSender(state)::equals);
  }

  /** What a short reason of the file may be here. */
  private static final Map<String, Set<UndecryptableReason>> REASONS =
      Map.ofEntries(
          Map.entry(
              "payload_check_failed",
              EnumSet.range(
                  UndecryptableReason.MALFORMED_PAYLOAD,
                  UndecryptableReason.UNKNOWN_SENDER_DEVICE)),
          bad("sender_device_keys_ed25519"),
          bad("sender_device_keys_curve25519"),
          bad("sender_device_keys_signature"),
          bad("sender_device_keys_user_id"),
          Map.entry(
              "missing_sender_device_keys", Set.of(UndecryptableReason.SENDER_DEVICE_KEYS_MISSING)),
          Map.entry("identity_key_mismatch", Set.of(UndecryptableReason.NO_SESSION)),
          Map.entry("no_session_can_decrypt", Set.of(UndecryptableReason.NO_SESSION)),
          Map.entry("non_contributory", Set.of(UndecryptableReason.NO_SESSION)),
          Map.entry(
              "session_cannot_decrypt",
              Set.of(UndecryptableReason.NO_SESSION, UndecryptableReason.REPLAYED)),
          Map.entry("sender_not_trusted", Set.of(UndecryptableReason.UNTRUSTED_SENDER)));

  private static Map.Entry<String, Set<UndecryptableReason>> bad(String why) {
    return Map.entry(why, Set.of(UndecryptableReason.BAD_SENDER_DEVICE_KEYS));
  }

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @TestFactory
  Stream<DynamicTest> verdictsOfTheSdk() {
    Optional<JsonNode> found = VectorFile.read("to-device.json");
    Assumptions.assumeTrue(found.isPresent(), "no to-device.json in this folder");
    JsonNode cases = found.orElseThrow().get("cases");
    assertThat(cases).isNotEmpty();
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            vector ->
                dynamicTest(
                    vector.get("id").textValue() + " " + vector.path("title").textValue(),
                    () -> check(vector)));
  }

  private void check(JsonNode vector) throws Exception {
    String kind = vector.get("kind").textValue();
    assertThat(kind).isIn("to-device", "room-event");
    MemoryCryptoStore store = new MemoryCryptoStore();
    OlmMachine machine = receiver(vector, store);
    for (JsonNode response : vector.get("keys_query_responses")) {
      feed(machine, response);
      verifyOwnIdentity(machine, vector.get("receiver"));
    }
    for (Map.Entry<String, JsonNode> user : vector.path("local_trust").properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        assertThat(device.getValue().textValue()).isEqualTo("verified");
        UserDevice address = new UserDevice(user.getKey(), device.getKey());
        assertThat(machine.setLocalTrust(address, LocalTrust.VERIFIED)).isTrue();
      }
    }
    for (JsonNode sync : vector.get("syncs")) {
      List<ToDeviceResult> results = sync(machine, exact(sync.get("events")), Set.of());
      assertThat(results).hasSameSizeAs(sync.get("expect"));
      for (int i = 0; i < results.size(); i++) {
        check(results.get(i), sync.get("expect").get(i), sync.path("why").textValue());
      }
    }
    if (vector.has("room_keys_after")) {
      assertThat(store.roomKeys(Optional.empty(), 1_000))
          .hasSize(vector.get("room_keys_after").intValue());
    }
    assertThat(vector.has("decrypt")).isEqualTo(kind.equals("room-event"));
    for (JsonNode attempt : vector.path("decrypt")) {
      checkRoomEvent(machine, attempt);
    }
  }

  private static void checkRoomEvent(OlmMachine machine, JsonNode attempt) throws Exception {
    ObjectNode event = (ObjectNode) exact(attempt.get("event"));
    RoomEventResult result =
        machine
            .rooms()
            .decrypt(
                attempt.get("room_id").textValue(),
                event,
                policy(attempt.get("trust_requirement").textValue()));
    JsonNode expect = attempt.get("expect");
    if (expect.get("result").textValue().equals("ok")) {
      assertThat(result)
          .isInstanceOfSatisfying(
              RoomEventResult.Decrypted.class,
              decrypted -> assertThat(decrypted.event()).isEqualTo(expect.get("event")));
      return;
    }
    assertThat(expect.get("result").textValue()).isEqualTo("error");
    assertThat(result).isInstanceOf(RoomEventResult.UnableToDecrypt.class);
    RoomDecryptionFailure failure = ((RoomEventResult.UnableToDecrypt) result).failure();
    Predicate<RoomDecryptionFailure> allowed =
        ROOM_ERRORS.getOrDefault(expect.get("error").textValue(), other -> false);
    assertThat(allowed.test(failure)).as("%s", failure).isTrue();
  }

  private static TrustPolicy policy(String requirement) {
    return switch (requirement) {
      case "Untrusted" -> TrustPolicy.ALL;
      case "CrossSigned", "CrossSignedOrLegacy" -> TrustPolicy.CROSS_SIGNED;
      default -> throw new AssertionError("unknown requirement");
    };
  }

  /** The receiver's user compared the own master key, of which it holds the private half. */
  private static void verifyOwnIdentity(OlmMachine machine, JsonNode receiver) throws Exception {
    if (!receiver.path("own_identity_verified").asBoolean()) {
      return;
    }
    byte[] seed = Base64Text.decode(receiver.at("/cross_signing/master_seed").textValue());
    String own = machine.device().userId();
    if (machine.identity(own).isPresent()) {
      assertThat(machine.verifyIdentity(own, Ed25519KeyPair.fromSeed(seed).publicKey())).isTrue();
    }
  }

  private static OlmMachine receiver(JsonNode vector, MemoryCryptoStore store) throws Exception {
    JsonNode receiver = vector.get("receiver");
    Deque<byte[]> script = new ArrayDeque<>();
    script.add(hex(receiver.get("ed25519_seed")));
    script.add(hex(receiver.get("curve25519_private")));
    receiver.get("one_time_keys").forEach(key -> script.add(hex(key.get("private"))));
    receiver.get("fallback_keys").forEach(key -> script.add(hex(key.get("private"))));
    Account account =
        Account.generate(bytes -> System.arraycopy(script.remove(), 0, bytes, 0, bytes.length));
    account.generateOneTimeKeys(receiver.get("one_time_keys").size());
    receiver.get("fallback_keys").forEach(key -> account.generateFallbackKey());
    assertThat(script).isEmpty();

    RandomSource random = new Random(7)::nextBytes;
    StateKey key = StateKey.generate(random);
    UserDevice device =
        new UserDevice(receiver.get("user_id").textValue(), receiver.get("device_id").textValue());
    store.write(
        Changes.builder()
            .account(
                new StoredAccount(
                    device,
                    Sealed.of(account.seal(key, random)),
                    false,
                    Optional.empty(),
                    Optional.empty()))
            .build());
    TrustPolicy policy = policy(vector.get("trust_requirement").textValue());
    OlmMachine machine =
        OlmMachine.open(
            device, new OlmMachine.Settings(TrustPolicy.ALL, policy), store, key, random);
    assertThat(machine.identityKeys().ed25519().toBase64())
        .isEqualTo(receiver.get("ed25519_public").textValue());
    assertThat(machine.identityKeys().curve25519().toBase64())
        .isEqualTo(receiver.get("curve25519_public").textValue());
    return machine;
  }

  private void feed(OlmMachine machine, JsonNode response) throws Exception {
    Set<String> users = new HashSet<>();
    response.get("device_keys").fieldNames().forEachRemaining(users::add);
    now = now.plus(Duration.ofHours(1));
    machine.trackUsers(users, now);
    sync(machine, List.of(), users);
    for (OutgoingRequest request : machine.outgoingRequests(now)) {
      if (request instanceof KeysQuery query) {
        machine.markSent(query.id(), (ObjectNode) exact(response), now);
      }
    }
  }

  private List<ToDeviceResult> sync(
      OlmMachine machine, Iterable<JsonNode> events, Set<String> changed) throws Exception {
    List<JsonNode> list = new ArrayList<>();
    events.forEach(list::add);
    return machine.receiveSync(
        new SyncChanges(list, changed, Set.of(), 50, Optional.empty(), "s" + now), now);
  }

  private static void check(ToDeviceResult result, JsonNode expect, String why) throws Exception {
    switch (expect.get("result").textValue()) {
      case "decrypted" -> checkDecrypted(result, expect);
      case "unable_to_decrypt" -> {
        assertThat(result).isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
        UndecryptableReason reason = ((ToDeviceResult.UnableToDecrypt) result).reason();
        assertThat(
                reason == UndecryptableReason.UNTRUSTED_SENDER
                    ? "UnverifiedSenderDevice"
                    : "DecryptionFailure")
            .isEqualTo(expect.get("reason").textValue());
        if (why != null && REASONS.containsKey(why)) {
          assertThat(REASONS.get(why)).contains(reason);
        }
      }
      case "plaintext" -> assertThat(result).isInstanceOf(ToDeviceResult.PlainText.class);
      case "invalid" -> assertThat(result).isInstanceOf(ToDeviceResult.Invalid.class);
      default -> throw new AssertionError("unknown result " + expect.get("result"));
    }
  }

  private static void checkDecrypted(ToDeviceResult result, JsonNode expect) throws Exception {
    assertThat(result).isInstanceOf(ToDeviceResult.Decrypted.class);
    ToDeviceResult.Decrypted decrypted = (ToDeviceResult.Decrypted) result;
    JsonNode event = exact(expect.get("event"));
    Map<String, JsonNode> seen = new LinkedHashMap<>();
    decrypted.event().properties().forEach(member -> seen.put(member.getKey(), member.getValue()));
    assertThat(event).isNotEmpty();
    event.properties().forEach(member -> assertThat(seen).contains(member));
    EncryptionInfo info = decrypted.info();
    assertThat(info.sender()).isEqualTo(event.get("sender").textValue());
    assertThat(info.senderDevice().orElse(null)).isEqualTo(expect.get("sender_device").textValue());
    assertThat(info.senderKey().toBase64()).isEqualTo(expect.get("sender_curve25519").textValue());
    assertThat(info.verification() == VerificationState.VERIFIED)
        .isEqualTo(expect.get("sender_verified").booleanValue());
  }

  /** The same tree, read as the library reads JSON. */
  private static JsonNode exact(JsonNode node) throws Exception {
    return Json.parse(node.toString());
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.textValue());
  }
}
