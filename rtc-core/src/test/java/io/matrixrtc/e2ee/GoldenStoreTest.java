package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.json.Json;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that each version of the schema wrote are read, and go on. */
class GoldenStoreTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void storeGoldenEachVersionIsReadAndGoesOn(int version) throws Exception {
    for (UserDevice device : List.of(GoldenStoreProgram.ALICE, GoldenStoreProgram.BOB)) {
      String name = GoldenStoreProgram.fileName(version, device);
      try (InputStream golden = GoldenStoreTest.class.getResourceAsStream("/golden/" + name)) {
        Files.copy(golden, folder.resolve(name));
      }
    }
    List<String> hashes = storedHashes(version);
    MachineNetwork network = new MachineNetwork(1);
    try (SqliteCryptoStore aliceStore =
            GoldenStoreProgram.open(folder, version, GoldenStoreProgram.ALICE);
        SqliteCryptoStore bobStore =
            GoldenStoreProgram.open(folder, version, GoldenStoreProgram.BOB)) {
      OlmMachine alice = GoldenStoreProgram.machine(network, GoldenStoreProgram.ALICE, aliceStore);
      OlmMachine bob = GoldenStoreProgram.machine(network, GoldenStoreProgram.BOB, bobStore);

      assertThat(hashes)
          .as("as the version wrote them")
          .hasSize(List.of(2, 2, 3, 3).get(version - 1));
      for (String hash : hashes) {
        assertThat(bobStore.hasMessageHash(hash)).isTrue();
      }
      assertThat(bobStore.hasMessageHash("another")).isFalse();
      assertThat(bob.syncToken()).isPresent();
      assertThat(bobStore.trackedUsers().keySet())
          .containsExactlyInAnyOrder("@alice:x.org", "@bob:x.org");
      assertThat(bob.find(GoldenStoreProgram.ALICE).orElseThrow().localTrust())
          .isEqualTo(LocalTrust.VERIFIED);
      assertThat(bob.find(GoldenStoreProgram.ALICE).orElseThrow().keys().ed25519())
          .isEqualTo(alice.identityKeys().ed25519());
      assertThat(bob.inbox().events(0, 10))
          .singleElement()
          .isInstanceOfSatisfying(
              ToDeviceResult.Decrypted.class,
              event -> {
                assertThat(event.id()).isEqualTo(2);
                assertThat(event.content().path("text").asText()).isEqualTo("waits");
                assertThat(event.info().senderDevice()).contains("ALICE");
              });

      CrossSigningStatus identity = bob.crossSigning().status();
      assertThat(identity.isComplete()).as("made since version 2").isEqualTo(version >= 2);
      assertThat(identity.deviceSigned()).isEqualTo(version >= 2);
      alice.crossSigning().bootstrap(network.now);
      network.settle(alice);
      assertThat(alice.crossSigning().status().isComplete())
          .as("and can be made in an older store")
          .isTrue();

      assertThat(alice.rooms().outboundSession(GoldenStoreProgram.ROOM).isPresent())
          .as("written to since version 3")
          .isEqualTo(version >= 3);
      assertThat(alice.rooms().keys().row(GoldenStoreProgram.ROW).isPresent())
          .isEqualTo(version >= 3);
      RoomEncryptionOutcome.Encrypted room = GoldenStoreProgram.say(network, alice);
      assertThat(room.index()).isEqualTo(version >= 3 ? 1 : 0);
      assertThat(room.shares())
          .isEqualTo(Map.of(GoldenStoreProgram.BOB, new RoomKeyShare.Served(0)));
      if (version < 3) {
        network.sync(bob);
        bob.acknowledge(List.of(3L));
      }
      assertThat(bob.rooms().keys().info(room.key())).isPresent();

      int sessions = bobStore.sessions(alice.identityKeys().curve25519()).size();
      network.deliver(
          alice,
          GoldenStoreProgram.TYPE,
          Json.newObject().put("text", "goes on"),
          GoldenStoreProgram.BOB);
      assertThat(network.sync(bob))
          .singleElement()
          .isInstanceOfSatisfying(
              ToDeviceResult.Decrypted.class,
              event -> {
                assertThat(event.id()).isEqualTo(4);
                assertThat(event.content().path("text").asText()).isEqualTo("goes on");
              });
      assertThat(bobStore.sessions(alice.identityKeys().curve25519()))
          .as("in the session that was stored")
          .hasSize(sessions);
    }
  }

  /** As many as an older schema kept, and batches of this one that push them out. */
  @Test
  void storeHashesOfAnOlderSchemaGoOldestFirstWhenNewOnesCome() throws Exception {
    String name = GoldenStoreProgram.fileName(3, GoldenStoreProgram.BOB);
    try (InputStream golden = GoldenStoreTest.class.getResourceAsStream("/golden/" + name)) {
      Files.copy(golden, folder.resolve(name));
    }
    int bound = CryptoStore.MAX_MESSAGE_HASHES;
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM message_hash");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + bound
              + ") INSERT INTO message_hash (position, hash) SELECT i + 500, 'old' || i FROM n");
    }
    Changes.Builder batch = Changes.builder();
    for (int i = 1; i <= 700; i++) {
      batch.messageHash("new" + i);
    }
    try (SqliteCryptoStore store = GoldenStoreProgram.open(folder, 3, GoldenStoreProgram.BOB)) {
      assertThat(store.hasMessageHash("old1")).isTrue();
      assertThat(store.hasMessageHash("old" + bound)).isTrue();
      store.write(batch.build());
      assertOldAndNew(store, bound);
    }
    try (SqliteCryptoStore store = GoldenStoreProgram.open(folder, 3, GoldenStoreProgram.BOB)) {
      assertOldAndNew(store, bound); // as the rows have it
    }
  }

  private static void assertOldAndNew(SqliteCryptoStore store, int bound) throws Exception {
    assertThat(store.hasMessageHash("old700")).isFalse();
    assertThat(store.hasMessageHash("old701")).isTrue();
    assertThat(store.hasMessageHash("old" + bound)).isTrue();
    assertThat(store.hasMessageHash("new1")).isTrue();
    assertThat(store.hasMessageHash("new700")).isTrue();
  }

  /** From the file itself, before it is opened as a store. */
  private List<String> storedHashes(int version) throws SQLException {
    List<String> hashes = new ArrayList<>();
    Path file = folder.resolve(GoldenStoreProgram.fileName(version, GoldenStoreProgram.BOB));
    String query =
        version < 4 ? "SELECT hash FROM message_hash" : "SELECT hashes FROM message_hashes";
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        hashes.addAll(List.of(rows.getString(1).split("\n")));
      }
    }
    return hashes;
  }
}
