package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.LibolmPickle;
import io.matrixrtc.olm.NormalMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.VodozemacPickle;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two libraries saved, through an import into a machine with a SQLite store. */
class DeviceImportPicklesTest {
  private static final UserDevice BOB = new UserDevice("@b:x.org", "B");
  private static final UserDevice ALICE = new UserDevice("@a:x.org", "A");
  private static final String TYPE = "org.example";

  @TempDir Path folder;

  private final MachineNetwork network = new MachineNetwork(17);

  private static JsonNode recorded(String library) throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            DeviceImportPicklesTest.class.getResourceAsStream("/pickles/" + library + ".json"))) {
      return Json.mapper().readTree(in);
    }
  }

  private static JsonNode named(JsonNode all, String name) {
    for (JsonNode each : all) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError(name);
  }

  private Account account(String library, JsonNode recorded, byte[] key) throws Exception {
    String pickle = recorded.path("pickle").textValue();
    if (library.equals("libolm")) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        byte[] seed = HexFormat.of().parseHex(recorded.path("seed").textValue());
        return opened.toAccount(seed, network.random());
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toAccount(network.random());
    }
  }

  private Session session(String library, String pickle, byte[] key) throws Exception {
    if (library.equals("libolm")) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        return opened.toSession(network.random());
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toSession(network.random());
    }
  }

  private SqliteCryptoStore store() throws Exception {
    return SqliteCryptoStore.open(
        folder.resolve("store.db"), StoreSecret.key(new byte[32]), network.random());
  }

  private OlmMachine open(SqliteCryptoStore store) throws Exception {
    return OlmMachine.open(BOB, MachineNetwork.ALL, store, store.stateKey(), network.random());
  }

  @ParameterizedTest
  @ValueSource(strings = {"libolm", "vodozemac"})
  void storeImportADeviceOfAnotherLibraryGoesOnInASqliteStore(String library) throws Exception {
    JsonNode all = recorded(library);
    byte[] key = all.path("key").textValue().getBytes(StandardCharsets.UTF_8);
    JsonNode device = named(all.path("accounts"), "no fallback key, one one-time key");
    JsonNode talk = named(all.path("sessions"), "inbound, both directions used");
    OlmMachine nobody = network.open("@c:x.org", "C");
    Session alicesSession = session(library, talk.path("peer_pickle").asText(), key);
    try (SqliteCryptoStore store = store()) {
      new DeviceImport(BOB, account(library, device, key))
          .session(
              new ForgedSender(ALICE, alicesRandom(), nobody).account.identityKeys().curve25519(),
              session(library, talk.path("pickle").asText(), key),
              network.now)
          .writeTo(store, store.stateKey(), network.random());
      OlmMachine bob = open(store);
      assertThat(bob.identityKeys().ed25519().toBase64())
          .isEqualTo(device.path("identity_keys").path("ed25519").textValue());
      network.settle(bob);

      // Its key that was never published is published now, and opens what is written to it.
      String unused = device.path("unpublished_one_time_keys").elements().next().textValue();
      assertThat(Objects.requireNonNull(network.oneTimeKeys.get(BOB)).values())
          .extracting(one -> one.path("key").textValue())
          .contains(unused);
      ForgedSender carol =
          new ForgedSender(new UserDevice("@c:x.org", "C2"), network.random(), bob);
      carol.startSession(Curve25519PublicKey.fromBase64(unused));
      assertRead(network.sync(bob, List.of(carol.event(TYPE))));

      // The session goes on in both directions, before a restart and after it.
      ForgedSender alice = new ForgedSender(ALICE, alicesRandom(), bob);
      alice.goOnIn(alicesSession);
      assertRead(network.sync(bob, List.of(alice.event(TYPE))));
      network.deviceKeys.put(ALICE, alice.keys.deviceKeys());
      bob.trackUsers(Set.of(ALICE.userId()), network.now);
      network.refresh(bob, ALICE.userId());
      assertThat(textAtAlice(bob, alicesSession)).contains("for alice");
      bob.close();
    }
    try (SqliteCryptoStore store = store()) {
      OlmMachine bob = open(store);
      ForgedSender alice = new ForgedSender(ALICE, alicesRandom(), bob);
      alice.goOnIn(alicesSession);
      assertRead(network.sync(bob, List.of(alice.event(TYPE))));
      assertThat(textAtAlice(bob, alicesSession)).contains("for alice");
      assertThat(store.sessions(alice.account.identityKeys().curve25519()))
          .as("the one that came along")
          .singleElement()
          .extracting(StoredSession::sessionId)
          .isEqualTo(talk.path("session_id").textValue());
    }
  }

  /** Alice has the same keys each time. */
  private static RandomSource alicesRandom() {
    return new MachineNetwork(3).random();
  }

  private static void assertRead(List<ToDeviceResult> results) {
    assertThat(results).singleElement().isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  private String textAtAlice(OlmMachine bob, Session alicesSession) throws Exception {
    network.deliver(bob, TYPE, Json.newObject().put("text", "for alice"), ALICE);
    JsonNode event = network.takeQueue(ALICE).get(0);
    JsonNode message = event.path("content").path("ciphertext").elements().next();
    assertThat(message.path("type").intValue()).as("no new session").isEqualTo(1);
    byte[] body = Base64Text.decode(message.path("body").textValue());
    return new String(alicesSession.decrypt(NormalMessage.decode(body)), StandardCharsets.UTF_8);
  }
}
