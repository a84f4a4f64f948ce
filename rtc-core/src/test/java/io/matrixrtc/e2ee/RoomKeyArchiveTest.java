package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.IdentityKeys;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room keys in and out of a machine, with the rows of whoever moves them. */
class RoomKeyArchiveTest {
  private static final UserDevice DEVICE = new UserDevice("@alice:a.example", "A");
  private static final RowKey JOB = new RowKey("job", "1", "");

  @TempDir private Path folder;
  private final MachineNetwork network = new MachineNetwork(54);
  private final FailingStore store = new FailingStore(new MemoryCryptoStore());
  private final IdentityKeys sender = Account.generate(network.random()).identityKeys();
  private OlmMachine machine;
  private RoomKeyArchive archive;

  @BeforeEach
  void open() throws Exception {
    machine = network.open(DEVICE, MachineNetwork.ALL, store);
    archive = machine.rooms().keys();
  }

  private GroupSession session() {
    return GroupSession.generate(SessionConfig.V1, network.random());
  }

  private RoomKeyCopy copy(GroupSession session, boolean shared) {
    return copy(session, shared, sender.curve25519());
  }

  private static RoomKeyCopy copy(
      GroupSession session, boolean shared, Curve25519PublicKey senderKey) {
    try (SessionKey key = session.sessionKey();
        InboundGroupSession inbound = InboundGroupSession.fromSessionKey(key, SessionConfig.V1)) {
      return new RoomKeyCopy(
          new RoomKeyId("!r:x", session.sessionId()),
          senderKey,
          Optional.empty(),
          shared,
          inbound.exportAtFirstKnownIndex());
    }
  }

  private RoomKeyImport merge(Optional<String> version, RoomKeyCopy... keys) throws Exception {
    return archive.merge(List.of(keys), version, new ExtraWrites());
  }

  @Test
  void roomMergeAnImportTellsWhatItDid_B126() throws Exception {
    GroupSession session = session();
    RoomKeyCopy early = copy(session, false);
    session.encrypt(new byte[0]);
    RoomKeyCopy late = copy(session, false);
    assertThat(merge(Optional.empty(), late)).isEqualTo(new RoomKeyImport(1, 0, 0));
    assertThat(merge(Optional.empty(), late)).isEqualTo(new RoomKeyImport(0, 0, 1));
    assertThat(merge(Optional.empty(), early)).isEqualTo(new RoomKeyImport(0, 1, 0));
    assertThat(merge(Optional.empty(), late)).isEqualTo(new RoomKeyImport(0, 0, 1));
    assertThat(archive.info(early.id()).orElseThrow().firstKnownIndex()).isZero();
    assertThat(machine.rooms().takeArrivedKeys()).containsExactly(early.id());
  }

  @Test
  void roomMergeSeesTheCopiesOfItsOwnBatch() throws Exception {
    GroupSession session = session();
    RoomKeyCopy early = copy(session, false);
    session.encrypt(new byte[0]);
    RoomKeyCopy late = copy(session, false);
    RoomKeyCopy unconnected =
        copy(session, true, Account.generate(network.random()).identityKeys().curve25519());
    assertThat(merge(Optional.of("1"), late, unconnected, early, late))
        .isEqualTo(new RoomKeyImport(1, 1, 2));
    assertThat(archive.info(early.id()).orElseThrow().firstKnownIndex()).isZero();
    assertThat(archive.info(early.id()).orElseThrow().sharedHistory()).isFalse();
    assertThat(archive.infos(List.of(early.id(), new RoomKeyId("!other:x", "s"))))
        .containsOnlyKeys(early.id());
  }

  @Test
  void roomMergeAnImportBringsNoTrustAndTakesNone() throws Exception {
    RoomFixture rooms = new RoomFixture(55);
    OlmMachine alice = rooms.open(RoomFixture.ALICE_DEVICE);
    OlmMachine bob = rooms.open(RoomFixture.BOB_DEVICE);
    rooms.network.introduce(alice, bob);
    RoomMembers both = RoomFixture.joined(RoomFixture.ALICE, RoomFixture.BOB);
    rooms.say(alice, RoomFixture.joined(RoomFixture.ALICE), "before bob");
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, both, "x");
    rooms.read(bob, rooms.event(alice, encrypted));
    RoomKeyInfo before = bob.rooms().keys().info(encrypted.key()).orElseThrow();
    assertThat(before.firstKnownIndex()).isEqualTo(1);
    try (RoomKeyCopy all = alice.rooms().keys().find(encrypted.key()).orElseThrow()) {
      assertThat(bob.rooms().keys().merge(List.of(all), Optional.of("1"), new ExtraWrites()))
          .isEqualTo(new RoomKeyImport(0, 1, 0));
    }
    RoomKeyInfo after = bob.rooms().keys().info(encrypted.key()).orElseThrow();
    assertThat(after.firstKnownIndex()).isZero();
    assertThat(after.source()).isEqualTo(RoomKeySource.DIRECT);
    assertThat(after.sender()).isEqualTo(before.sender());
  }

  @Test
  void backupProofOfAnOwnerIsNotForgotten() throws Exception {
    RoomFixture rooms = new RoomFixture(56);
    OlmMachine alice = rooms.open(RoomFixture.ALICE_DEVICE);
    OlmMachine bob = rooms.open(RoomFixture.BOB_DEVICE);
    rooms.network.introduce(alice, bob);
    RoomMembers both = RoomFixture.joined(RoomFixture.ALICE, RoomFixture.BOB);
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, both, "x");
    rooms.read(bob, rooms.event(alice, encrypted));
    RoomKeyArchive keys = bob.rooms().keys();
    RoomKeyCopy imported = copy(session(), false);
    keys.merge(List.of(imported), Optional.of("1"), new ExtraWrites());
    assertThat(keys.forget(List.of(encrypted.key(), imported.id()), new ExtraWrites())).isOne();
    assertThat(keys.info(encrypted.key())).isPresent();
    assertThat(keys.info(imported.id())).isEmpty();
    keys.merge(List.of(imported), Optional.of("1"), new ExtraWrites());
    assertThat(keys.info(imported.id())).as("it can be had again").isPresent();
  }

  @Test
  void backupMarkAKeyThatBecameBetterIsBackedUpAgain() throws Exception {
    GroupSession session = session();
    RoomKeyCopy early = copy(session, false);
    session.encrypt(new byte[0]);
    RoomKeyCopy late = copy(session, false);
    merge(Optional.empty(), late);
    assertThat(archive.notBackedUp("7", 10)).hasSize(1);
    archive.markBackedUp("7", List.of(late), new ExtraWrites());
    assertThat(archive.notBackedUp("7", 10)).isEmpty();
    assertThat(archive.backupCount("7")).isEqualTo(new BackupCount(1, 1));
    assertThat(archive.notBackedUp("8", 10)).as("of another version").hasSize(1);
    merge(Optional.empty(), early);
    assertThat(archive.notBackedUp("7", 10))
        .singleElement()
        .satisfies(key -> assertThat(key.firstKnownIndex()).isZero());
    archive.markBackedUp("7", List.of(late), new ExtraWrites());
    assertThat(archive.notBackedUp("7", 10)).as("a worse copy was backed up").hasSize(1);
    archive.markBackedUp("7", List.of(early), new ExtraWrites());
    assertThat(archive.notBackedUp("7", 10)).isEmpty();
  }

  @Test
  void whatTheBackupHasLostIsBackedUpAgain_BACKUP_WORSE() throws Exception {
    GroupSession session = session();
    RoomKeyCopy early = copy(session, false);
    session.encrypt(new byte[0]);
    RoomKeyCopy late = copy(session, false);
    merge(Optional.of("7"), early);
    merge(Optional.of("7"), early);
    assertThat(archive.notBackedUp("7", 10)).as("control").isEmpty();
    merge(Optional.empty(), late);
    assertThat(archive.notBackedUp("7", 10)).as("from elsewhere it says nothing").isEmpty();
    merge(Optional.of("7"), late);
    assertThat(archive.notBackedUp("7", 10))
        .singleElement()
        .satisfies(key -> assertThat(key.firstKnownIndex()).isZero());
    archive.markBackedUp("7", List.of(early), new ExtraWrites());
    assertThat(archive.notBackedUp("7", 10)).isEmpty();
  }

  @Test
  void backupMarkWhatCameFromTheBackupIsThereUnlessOursIsBetter() throws Exception {
    GroupSession session = session();
    RoomKeyCopy early = copy(session, false);
    session.encrypt(new byte[0]);
    RoomKeyCopy late = copy(session, false);
    merge(Optional.of("7"), late);
    assertThat(archive.backupCount("7")).isEqualTo(new BackupCount(1, 1));
    merge(Optional.empty(), early);
    merge(Optional.of("7"), late);
    assertThat(archive.backupCount("7"))
        .as("the backup's copy is worse than ours")
        .isEqualTo(new BackupCount(1, 0));
    merge(Optional.of("7"), early);
    assertThat(archive.backupCount("7")).isEqualTo(new BackupCount(1, 1));
  }

  @Test
  void backupMarkACopyWithAnotherRatchetIsNotWhatIsHeld() throws Exception {
    RoomKeyCopy real = copy(session(), false);
    byte[] bytes = Base64Text.decode(real.sessionKey().toBase64());
    bytes[40] ^= 1; // in the ratchet
    RoomKeyCopy forged =
        new RoomKeyCopy(
            real.id(),
            real.senderKey(),
            Optional.empty(),
            false,
            ExportedSessionKey.fromBase64(Base64Text.encode(bytes)));
    merge(Optional.empty(), real);
    assertThat(merge(Optional.of("7"), forged)).isEqualTo(new RoomKeyImport(0, 0, 1));
    assertThat(archive.backupCount("7")).isEqualTo(new BackupCount(1, 0));
    merge(Optional.of("7"), real);
    assertThat(archive.backupCount("7")).as("the control").isEqualTo(new BackupCount(1, 1));
  }

  @Test
  void backupMarkAKeyThatMayBeSharedFurtherIsBackedUpAgain() throws Exception {
    GroupSession session = session();
    merge(Optional.of("7"), copy(session, false));
    assertThat(machine.rooms().takeArrivedKeys()).hasSize(1);
    assertThat(archive.notBackedUp("7", 10)).isEmpty();
    assertThat(merge(Optional.empty(), copy(session, true))).isEqualTo(new RoomKeyImport(0, 1, 0));
    assertThat(archive.notBackedUp("7", 10)).hasSize(1);
    assertThat(machine.rooms().takeArrivedKeys()).hasSize(1);
  }

  @Test
  void backupMarkStaysWhereOnlyTheOwnerIsProven() throws Exception {
    RoomFixture rooms = new RoomFixture(57);
    OlmMachine alice = rooms.open(RoomFixture.ALICE_DEVICE);
    OlmMachine bob = rooms.open(RoomFixture.BOB_DEVICE);
    rooms.network.introduce(alice, bob);
    RoomMembers both = RoomFixture.joined(RoomFixture.ALICE, RoomFixture.BOB);
    RoomKeyId id = rooms.encrypt(alice, both, "x").key();
    RoomKeyArchive keys = bob.rooms().keys();
    try (RoomKeyCopy copy = alice.rooms().keys().find(id).orElseThrow()) {
      keys.merge(List.of(copy), Optional.of("7"), new ExtraWrites());
    }
    assertThat(bob.rooms().takeArrivedKeys()).containsExactly(id);
    assertThat(keys.info(id).orElseThrow().source()).isEqualTo(RoomKeySource.IMPORTED);
    rooms.network.sync(bob);
    assertThat(keys.info(id).orElseThrow().source()).isEqualTo(RoomKeySource.DIRECT);
    assertThat(keys.backupCount("7")).isEqualTo(new BackupCount(1, 1));
    assertThat(bob.rooms().takeArrivedKeys()).isEmpty();
  }

  @Test
  void exportGoesThroughAllKeysPageByPage() throws Exception {
    List<RoomKeyCopy> keys = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      keys.add(copy(session(), i % 2 == 0));
    }
    archive.merge(keys, Optional.empty(), new ExtraWrites());
    assertThat(archive.infos(Optional.empty(), 30))
        .extracting(RoomKeyInfo::id)
        .containsExactlyInAnyOrderElementsOf(keys.stream().map(RoomKeyCopy::id).toList());
    List<RoomKeyId> seen = new ArrayList<>();
    Optional<RoomKeyId> after = Optional.empty();
    List<RoomKeyCopy> page = archive.export(after, 10);
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(10);
      for (RoomKeyCopy copy : page) {
        seen.add(copy.id());
        RoomKeyCopy original =
            keys.stream().filter(k -> k.id().equals(copy.id())).findFirst().orElseThrow();
        assertThat(copy.sessionKey().toBase64()).isEqualTo(original.sessionKey().toBase64());
        assertThat(copy.sharedHistory()).isEqualTo(original.sharedHistory());
        assertThat(copy.senderKey()).isEqualTo(sender.curve25519());
        copy.close();
      }
      after = Optional.of(seen.get(seen.size() - 1));
      page = archive.export(after, 10);
    }
    assertThat(seen)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(keys.stream().map(RoomKeyCopy::id).toList());
  }

  @Test
  void extraRowsAreInTheTransactionOfTheKeys() throws Exception {
    RoomKeyCopy key = copy(session(), false);
    int writes = store.writes;
    archive.merge(
        List.of(key), Optional.of("7"), new ExtraWrites().put(JOB, "first".getBytes(UTF_8)));
    assertThat(store.writes).isEqualTo(writes + 1);
    assertThat(archive.row(JOB)).contains("first".getBytes(UTF_8));
    store.fails = true;
    assertThatThrownBy(
            () ->
                archive.merge(
                    List.of(copy(session(), false)),
                    Optional.of("7"),
                    new ExtraWrites().put(JOB, "second".getBytes(UTF_8))))
        .isInstanceOf(CryptoStoreException.class);
    store.fails = false;
    open();
    assertThat(archive.row(JOB)).contains("first".getBytes(UTF_8));
    assertThat(archive.backupCount("7")).isEqualTo(new BackupCount(1, 1));
    archive.write(new ExtraWrites().forget(JOB));
    assertThat(archive.row(JOB)).isEmpty();
  }

  @Test
  void storeRowAnExtraRowOpensInItsOwnPlaceOnly() throws Exception {
    RowKey other = new RowKey("job", "2", "");
    archive.write(new ExtraWrites().put(JOB, new byte[] {1}).put(other, new byte[] {2}));
    assertThat(archive.rows("job", Optional.empty(), 10)).containsOnlyKeys(JOB, other);
    Sealed moved = store.extraRows().find(JOB).orElseThrow();
    store.write(Changes.builder().build(), new RowChanges(Map.of(other, Optional.of(moved))));
    assertThatThrownBy(() -> archive.row(other))
        .isInstanceOf(CryptoStoreException.Unreadable.class);
    assertThat(archive.row(JOB)).contains(new byte[] {1});
  }

  @Test
  void aCopyNamesItsOwnSessionAndShowsNoKey() throws Exception {
    GroupSession session = session();
    try (RoomKeyCopy copy = copy(session, false)) {
      assertThat(copy.toString())
          .contains(session.sessionId())
          .doesNotContain(copy.sessionKey().toBase64());
      ExportedSessionKey key = copy.sessionKey();
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new RoomKeyCopy(
                      new RoomKeyId("!r:x", "other"),
                      sender.curve25519(),
                      Optional.empty(),
                      false,
                      key));
    }
    assertThat(new ExtraWrites().put(JOB, new byte[] {1}).toString()).doesNotContain("[1]");
  }

  @Test
  void thousandsOfKeysAreOneTransactionInSqlite() throws Exception {
    try (StoreSecret secret = StoreSecret.key(new byte[32]);
        SqliteCryptoStore sqlite =
            SqliteCryptoStore.open(folder.resolve("s.db"), secret, network.random())) {
      OlmMachine big =
          OlmMachine.open(DEVICE, MachineNetwork.ALL, sqlite, sqlite.stateKey(), network.random());
      List<RoomKeyCopy> keys = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        keys.add(copy(session(), false));
      }
      assertThat(
              big.rooms()
                  .keys()
                  .merge(keys, Optional.of("7"), new ExtraWrites().put(JOB, new byte[] {1})))
          .isEqualTo(new RoomKeyImport(2_000, 0, 0));
      assertThat(big.rooms().keys().backupCount("7")).isEqualTo(new BackupCount(2_000, 2_000));
      assertThat(big.rooms().keys().notBackedUp("7", 10)).isEmpty();
      assertThat(big.rooms().keys().notBackedUp("8", 10)).hasSize(10);
      assertThat(big.rooms().keys().row(JOB)).isPresent();
      big.close();
    }
  }
}
