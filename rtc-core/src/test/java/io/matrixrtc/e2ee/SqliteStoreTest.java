package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the SQLite store does beyond the contract of all stores. */
class SqliteStoreTest {
  private static final UserDevice BOB = new UserDevice("@b:x.org", "B");
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("store.db");
  }

  private SqliteCryptoStore open() throws Exception {
    return open(StoreSecret.key(KEY));
  }

  private SqliteCryptoStore open(StoreSecret secret) throws Exception {
    return SqliteCryptoStore.open(file(), secret, RandomSource.secure());
  }

  private static Changes token(String token) {
    return Changes.builder().syncToken(token).build();
  }

  private void sql(String statement) throws Exception {
    try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement run = raw.createStatement()) {
      run.execute(statement);
    }
  }

  private String ask(String query) throws Exception {
    try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement run = raw.createStatement();
        ResultSet found = run.executeQuery(query)) {
      return found.next() ? found.getString(1) : "nothing";
    }
  }

  @Test
  void storeCloseFromAnotherThreadLetsTheTransactionEnd() throws Exception {
    SqliteCryptoStore store = open();
    AtomicInteger written = new AtomicInteger();
    CompletableFuture<Integer> writer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                while (true) {
                  store.write(token("t" + (written.get() + 1)));
                  written.incrementAndGet();
                }
              } catch (CryptoStoreException.Closed e) {
                return written.get();
              } catch (CryptoStoreException e) {
                throw new IllegalStateException(e);
              }
            });
    await().untilAtomic(written, greaterThan(5));
    store.close();
    int last = writer.get(30, TimeUnit.SECONDS);
    try (SqliteCryptoStore again = open()) {
      assertThat(again.syncToken()).contains("t" + last);
    }
  }

  @Test
  void storeCloseAQuestionThatMemoryCouldAnswerFailsAsClosed() throws Exception {
    SqliteCryptoStore store = open();
    store.write(Changes.builder().messageHash("h").build());
    assertThat(store.hasMessageHash("h")).as("control: while it is open").isTrue();
    store.close();
    assertThatThrownBy(() -> store.hasMessageHash("h"))
        .isInstanceOf(CryptoStoreException.Closed.class);
  }

  @Test
  void storeHashesOfAWriteThatFailedAreNotKnown() throws Exception {
    try (SqliteCryptoStore store = open()) {
      store.write(Changes.builder().messageHash("before").build());
      assertThat(store.hasMessageHash("before")).as("asked, so in memory").isTrue();
      sql(
          "CREATE TRIGGER full BEFORE INSERT ON single_value"
              + " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
      Changes both = Changes.builder().messageHash("new").syncToken("t").build();
      assertThatThrownBy(() -> store.write(both))
          .isInstanceOf(CryptoStoreException.Unavailable.class);
      assertThat(store.hasMessageHash("new")).isFalse();
      assertThat(store.hasMessageHash("before")).isTrue();
      sql("DROP TRIGGER full");
      store.write(both);
      assertThat(store.hasMessageHash("new")).as("control: without the failure").isTrue();
    }
  }

  /** The rows are taken away behind the store's back: what it still knows, it knows from memory. */
  @Test
  void storeHashesAreReadOnceAndKeptOverWrites() throws Exception {
    try (SqliteCryptoStore store = open()) {
      store.write(Changes.builder().messageHash("first").build());
      assertThat(store.hasMessageHash("none")).as("the question that reads").isFalse();
      sql("DELETE FROM message_hashes");
      store.write(Changes.builder().messageHash("second").build());
      assertThat(store.hasMessageHash("first")).isTrue();
      assertThat(store.hasMessageHash("second")).isTrue();
      store.erase();
      assertThat(store.hasMessageHash("first")).as("erased from memory, too").isFalse();
    }
    try (SqliteCryptoStore store = open()) {
      store.write(Changes.builder().messageHash("third").build());
      sql("DELETE FROM message_hashes");
      assertThat(store.hasMessageHash("third")).as("control: nothing was read before").isFalse();
    }
  }

  @Test
  void storeKeyAnotherKeyIsRefusedAndChangesNothing() throws Exception {
    try (SqliteCryptoStore store = open()) {
      store.write(token("t"));
    }
    byte[] before = Files.readAllBytes(file());
    byte[] other = KEY.clone();
    other[31] ^= 1;
    for (StoreSecret wrong :
        List.of(StoreSecret.key(other), StoreSecret.passphrase("pass".toCharArray()))) {
      assertThatThrownBy(() -> open(wrong))
          .isInstanceOf(CryptoStoreException.WrongKey.class)
          .hasMessageContaining("store.db");
    }
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
    try (SqliteCryptoStore store = open()) {
      assertThat(store.syncToken()).as("control: the right key").contains("t");
    }
  }

  @Test
  void storeKeyFromAPassphrase() throws Exception {
    try (SqliteCryptoStore store = open(StoreSecret.passphrase("correct horse".toCharArray()))) {
      store.write(token("t"));
    }
    assertThat(
            ask("SELECT kdf || memory_kib || ',' || passes || ',' || parallelism FROM store_key"))
        .isEqualTo("argon2id65536,3,1");
    assertThatThrownBy(() -> open(StoreSecret.passphrase("correct house".toCharArray())))
        .isInstanceOf(CryptoStoreException.WrongKey.class);
    assertThatThrownBy(() -> open()).isInstanceOf(CryptoStoreException.WrongKey.class);
    try (SqliteCryptoStore store = open(StoreSecret.passphrase("correct horse".toCharArray()))) {
      assertThat(store.syncToken()).contains("t");
    }
  }

  @Test
  void storeKdfEachStoreHasASaltOfItsOwn() throws Exception {
    StoreSecret secret = StoreSecret.passphrase("p".toCharArray());
    open(secret).close();
    String first = ask("SELECT hex(salt) FROM store_key");
    Files.delete(file());
    open(secret).close();
    assertThat(ask("SELECT hex(salt) FROM store_key")).hasSize(32).isNotEqualTo(first);
  }

  @Test
  void storeKdfParametersOutOfRangeAreNotBelieved() throws Exception {
    StoreSecret secret = StoreSecret.passphrase("p".toCharArray());
    open(secret).close();
    for (String damage :
        List.of(
            "memory_kib = 1048577",
            "memory_kib = 7",
            "memory_kib = 15, parallelism = 2",
            "passes = 101",
            "passes = 0",
            "parallelism = 17",
            "parallelism = 0",
            "salt = x'00'")) {
      sql("CREATE TABLE kept AS SELECT * FROM store_key");
      sql("UPDATE store_key SET " + damage);
      assertThatThrownBy(() -> open(secret))
          .as(damage)
          .isInstanceOf(CryptoStoreException.Unreadable.class)
          .hasMessageContaining("store key");
      sql("DELETE FROM store_key");
      sql("INSERT INTO store_key SELECT * FROM kept");
      sql("DROP TABLE kept");
    }
    open(secret).close();
  }

  /** Stores that were made with other parameters than those of new ones. */
  @Test
  void storeKdfTheStoredParametersAreUsed() throws Exception {
    char[] passphrase = "p".toCharArray();
    open(StoreSecret.passphrase(passphrase)).close();
    byte[] salt = HexFormat.of().parseHex(ask("SELECT hex(salt) FROM store_key"));
    for (int[] other :
        new int[][] {{8, 1, 1}, {128, 1, 16}, {64 << 10, 2, 1}, {32 << 10, 3, 1}, {256, 100, 2}}) {
      byte[] key = new byte[StateKey.BYTES];
      Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
      argon2.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withSalt(salt)
              .withMemoryAsKB(other[0])
              .withIterations(other[1])
              .withParallelism(other[2])
              .build());
      argon2.generateBytes(new String(passphrase).getBytes(StandardCharsets.UTF_8), key);
      try (StateKey outer = StateKey.copyOf(key)) {
        byte[] sealed =
            new RowSeal(outer, RandomSource.secure()).seal(new byte[32], "store key").toBytes();
        sql(
            "UPDATE store_key SET memory_kib = %d, passes = %d, parallelism = %d, sealed = x'%s'"
                .formatted(other[0], other[1], other[2], HexFormat.of().formatHex(sealed)));
      }
      try (SqliteCryptoStore store = open(StoreSecret.passphrase(passphrase))) {
        assertThat(store.stateKey().copySecret()).as("%s", other).isEqualTo(new byte[32]);
      }
      sql("UPDATE store_key SET passes = passes - 1, memory_kib = memory_kib + 1");
      sql("UPDATE store_key SET passes = 1 WHERE passes = 0");
      assertThatThrownBy(() -> open(StoreSecret.passphrase(passphrase)))
          .as("control: with others it is another key")
          .isInstanceOf(CryptoStoreException.WrongKey.class);
    }
  }

  @Test
  void storeNewerSchemaIsRefused() throws Exception {
    open().close();
    int version = Integer.parseInt(ask("PRAGMA user_version"));
    assertThat(version).as("as many golden stores there are").isEqualTo(4);
    for (int newer : new int[] {version + 1, 1000}) {
      sql("PRAGMA user_version = " + newer);
      assertThatThrownBy(this::open)
          .isInstanceOf(CryptoStoreException.NewerSchema.class)
          .hasMessageContaining("version " + newer);
      assertThat(ask("PRAGMA user_version")).isEqualTo(Integer.toString(newer));
    }
    sql("PRAGMA user_version = " + version);
    open().close();
  }

  @Test
  void storeSyncEachCommitIsOnDisk() throws Exception {
    try (SqliteCryptoStore store = open()) {
      store.write(token("t"));
      assertThat(store.settings())
          .containsEntry("journal_mode", "wal")
          .containsEntry("synchronous", "2") // FULL
          .containsEntry("busy_timeout", "5000");
    }
    assertThat(Integer.parseInt(ask("PRAGMA user_version"))).isGreaterThanOrEqualTo(2);
  }

  @Test
  void storeBulkWritesAreThereAndTheNextWriteIsDurableAgain() throws Exception {
    RowChanges none = RowChanges.none();
    try (SqliteCryptoStore store = open()) {
      store.writeBulk(token("bulk"), none);
      assertThat(store.settings()).containsEntry("synchronous", "2");
      sql(
          "CREATE TRIGGER full BEFORE INSERT ON single_value"
              + " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
      assertThatThrownBy(() -> store.writeBulk(token("fails"), none))
          .isInstanceOf(CryptoStoreException.Unavailable.class)
          .hasMessageContaining("full");
      sql("DROP TRIGGER full");
      assertThat(store.settings()).containsEntry("synchronous", "2");
      assertThat(store.syncToken()).contains("bulk");
    }
    try (SqliteCryptoStore again = open()) {
      assertThat(again.syncToken()).contains("bulk");
    }
  }

  @Test
  void storeLogIsCutAfterAWriteThatMadeItLong() throws Exception {
    Path log = folder.resolve("store.db-wal");
    Sealed mebibyte = Sealed.of(new byte[1 << 20]);
    Changes.Builder much = Changes.builder();
    for (int i = 1; i <= 72; i++) {
      much.inboxEvent(new StoredInboxEvent(i, mebibyte));
    }
    try (SqliteCryptoStore store = open()) {
      assertThat(store.settings())
          .containsEntry("wal_autocheckpoint", "8192")
          .containsEntry("journal_size_limit", "67108864")
          .containsEntry("cache_size", "-16384");
      store.write(much.build());
      assertThat(Files.size(log)).isGreaterThan(64 << 20);
      store.write(token("t"));
      assertThat(Files.size(log)).isLessThanOrEqualTo(64 << 20);
      assertThat(store.syncToken()).contains("t");
      assertThat(store.inboxIds()).hasSize(72);
    }
  }

  @Test
  void storeOwnerNobodyElseReadsTheFiles() throws Exception {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    try (SqliteCryptoStore store = open()) {
      store.write(token("t"));
      try (var files = Files.list(folder)) {
        List<Path> all = files.toList();
        assertThat(all).hasSizeGreaterThanOrEqualTo(4);
        for (Path one : all) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
              .as("%s", one)
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void aFailedTransactionLeavesNothingAndEndsTheMachine() throws Exception {
    MachineNetwork network = new MachineNetwork(5);
    try (SqliteCryptoStore store = open()) {
      OlmMachine machine =
          OlmMachine.open(BOB, MachineNetwork.ALL, store, store.stateKey(), network.random());
      network.sync(machine, List.of());
      String before = store.syncToken().orElseThrow();
      sql(
          "CREATE TRIGGER full BEFORE INSERT ON single_value WHEN new.name = 'sync token'"
              + " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
      assertThatThrownBy(() -> network.sync(machine, List.of(clear())))
          .isInstanceOf(CryptoStoreException.Unavailable.class)
          .hasMessageContaining("full");
      sql("DROP TRIGGER full");
      assertThatThrownBy(() -> network.sync(machine, List.of()))
          .as("used no more")
          .isInstanceOf(IllegalStateException.class);
      assertThat(store.syncToken()).contains(before);
      assertThat(store.inboxIds()).as("written before the failure, and undone").isEmpty();

      OlmMachine again =
          OlmMachine.open(BOB, MachineNetwork.ALL, store, store.stateKey(), network.random());
      network.sync(again, List.of(clear()));
      assertThat(store.inboxIds()).as("control: without the failure").containsExactly(1L);
    }
  }

  private static ObjectNode clear() {
    var event = Json.newObject().put("type", "org.example").put("sender", "@c:x.org");
    event.putObject("content");
    return event;
  }

  @Test
  void aFileThatIsNoDatabaseIsUnavailable() throws Exception {
    Files.writeString(file(), "no database at all, but long enough to look at: ".repeat(100));
    assertThatThrownBy(this::open).isInstanceOf(CryptoStoreException.Unavailable.class);
    assertThatThrownBy(
            () ->
                SqliteCryptoStore.open(
                    folder.resolve("none/store.db"), StoreSecret.key(KEY), RandomSource.secure()))
        .isInstanceOf(CryptoStoreException.Unavailable.class);
  }

  @Test
  void storeRowDamagedAndMovedValuesAreRefusedByName() throws Exception {
    MachineNetwork network = new MachineNetwork(6);
    try (SqliteCryptoStore store = open()) {
      OlmMachine bob =
          OlmMachine.open(BOB, MachineNetwork.ALL, store, store.stateKey(), network.random());
      network.introduce(bob, network.open("@a:x.org", "A"), network.open("@c:x.org", "C"));
      assertThat(store.devices("@a:x.org")).as("control").hasSize(1);
      sql(
          "UPDATE device SET sealed = (SELECT sealed FROM device WHERE user_id = '@c:x.org')"
              + " WHERE user_id = '@a:x.org'");
      assertThatThrownBy(() -> store.devices("@a:x.org"))
          .isInstanceOf(CryptoStoreException.Unreadable.class)
          .hasMessageContaining("device");
      assertThat(store.devices("@c:x.org")).as("the others are read").hasSize(1);
      sql("UPDATE single_value SET sealed = x'0102' WHERE name = 'sync token'");
      assertThatThrownBy(store::syncToken)
          .isInstanceOf(CryptoStoreException.Unreadable.class)
          .hasMessageContaining("sync token");
      sql(
          "UPDATE single_value SET sealed = (SELECT sealed FROM single_value WHERE name ="
              + " 'account facts') WHERE name = 'account'");
      assertThatThrownBy(
              () ->
                  OlmMachine.open(
                      BOB, MachineNetwork.ALL, store, store.stateKey(), network.random()))
          .isInstanceOf(CryptoStoreException.Unreadable.class)
          .hasMessageContaining("account");
    }
  }

  @Test
  void storeSecretsAreNotInTheFiles() throws Exception {
    MachineNetwork network = new MachineNetwork(7);
    String token = "a-sync-token-of-some-length";
    try (SqliteCryptoStore store = open()) {
      OlmMachine bob =
          OlmMachine.open(BOB, MachineNetwork.ALL, store, store.stateKey(), network.random());
      var event = clear();
      event.putObject("content").put("text", "very-visible-content");
      bob.receiveSync(
          new SyncChanges(List.of(event), Set.of(), Set.of(), 0, Optional.empty(), token),
          network.now);
      bob.trackUsers(List.of("@visible:x.org"), network.now);
      StringBuilder files = new StringBuilder();
      try (var all = Files.list(folder)) {
        for (Path one : all.toList()) {
          files.append(Files.readString(one, StandardCharsets.ISO_8859_1));
        }
      }
      byte[] stateKey = store.stateKey().copySecret();
      assertThat(files.toString())
          .contains("@visible:x.org") // control: names of rows are in the clear
          .doesNotContain(token)
          .doesNotContain("very-visible-content")
          .doesNotContain(new String(KEY, StandardCharsets.ISO_8859_1))
          .doesNotContain(new String(stateKey, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void storeLeaseHoldsInsideOneProcess() throws Exception {
    SqliteCryptoStore first = open();
    assertThatThrownBy(this::open)
        .isInstanceOf(CryptoStoreException.InUse.class)
        .hasMessageContaining("store.db")
        .hasMessageContaining("close the other program");
    Path link = folder.resolve("link.db");
    Files.createSymbolicLink(link, file());
    assertThatThrownBy(
            () -> SqliteCryptoStore.open(link, StoreSecret.key(KEY), RandomSource.secure()))
        .as("by another name")
        .isInstanceOf(CryptoStoreException.InUse.class);
    first.close();
    first.close();
    open().close();
  }

  @Test
  void storeLeaseHoldsBetweenProcessesAndEndsWithThem() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file().toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.equals("open")) {
        line = out.readLine();
      }
      assertThat(line).isEqualTo("open");
      assertThatThrownBy(this::open).isInstanceOf(CryptoStoreException.InUse.class);
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    try (SqliteCryptoStore store = open()) {
      assertThat(store.syncToken()).as("committed before the kill").contains("of the holder");
    }
  }

  /** Opens the store, writes, and holds it until killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      SqliteCryptoStore store =
          SqliteCryptoStore.open(Path.of(args[0]), StoreSecret.key(KEY), RandomSource.secure());
      store.write(token("of the holder"));
      System.out.println("open");
      Thread.currentThread().join();
    }
  }

  @Test
  void closingWipesTheKey() throws Exception {
    SqliteCryptoStore store = open();
    StateKey key = store.stateKey();
    store.close();
    assertThatThrownBy(key::copySecret).isInstanceOf(IllegalStateException.class);
    assertThat(StoreSecret.key(KEY)).hasToString("StoreSecret[key]");
    assertThat(StoreSecret.passphrase("secret".toCharArray()))
        .hasToString("StoreSecret[passphrase]");
  }
}
