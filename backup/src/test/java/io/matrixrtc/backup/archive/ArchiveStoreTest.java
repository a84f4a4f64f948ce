package io.matrixrtc.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadEffect;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.download.OpenerPool;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, marks, job and list of damaged entries in the crypto store, in memory and on disk. */
class ArchiveStoreTest {
  private static final String ROOM = "!room:example.org";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;

  /** What is done with a store that is open. */
  @FunctionalInterface
  private interface With {
    void run(Archive archive) throws Exception;
  }

  private void onDisk(With with) throws Exception {
    byte[] key = new byte[StoreSecret.KEY_BYTES];
    try (StoreSecret secret = StoreSecret.key(key);
        SqliteCryptoStore store =
            SqliteCryptoStore.open(directory.resolve("a.db"), secret, RandomSource.secure())) {
      open(store, store.stateKey(), with);
    }
  }

  private static void open(CryptoStore store, StateKey key, With with) throws Exception {
    try (OfflineRoomKeys keys = OfflineRoomKeys.open(store, key, TestRandom.of(5))) {
      with.run(Archive.of(keys.keys()));
    }
  }

  private static DownloadJob job(String owner, long done) {
    return new DownloadJob(
        "3", "public", "e", 9, DownloadState.IMPORTING, true, 9, done, done, 0, 0, 0, owner, NOW);
  }

  @Test
  void keysAreTheSameAfterTheStoreWasOpenedAgain() throws Exception {
    onDisk(
        archive -> {
          try (ExportedRoomKey late = TestKeys.roomKey(ROOM, 1, 4, false);
              ExportedRoomKey early = TestKeys.roomKey(ROOM, 1, 2, true);
              ExportedRoomKey other = TestKeys.roomKey(ROOM, 2, 0, false)) {
            RoomKeyVault vault = new ArchiveVault(archive);
            assertThat(vault.merge(List.of(late, other), Optional.of("3")))
                .isEqualTo(new RoomKeyVault.Merged(2, 0));
            assertThat(vault.merge(List.of(early, other), Optional.empty()))
                .isEqualTo(new RoomKeyVault.Merged(1, 1));
          }
        });
    onDisk(
        archive -> {
          RoomKeyVault vault = new ArchiveVault(archive);
          RoomKeyId one = TestKeys.roomKey(ROOM, 1, 0, false).id();
          RoomKeyId two = TestKeys.roomKey(ROOM, 2, 0, false).id();
          assertThat(vault.held(one, "3")).contains(new RoomKeyVault.Held(2, false));
          assertThat(vault.held(two, "3")).contains(new RoomKeyVault.Held(0, true));
          assertThat(vault.held(two, "4")).contains(new RoomKeyVault.Held(0, false));
          assertThat(vault.held(new RoomKeyId(ROOM, "none"), "3")).isEmpty();
          assertThat(vault.countNotBackedUp("3")).isEqualTo(1);
          List<RoomKeyVault.Kept> page = vault.keysAfter(Optional.empty(), 10);
          assertThat(page).extracting(kept -> kept.key().sharedHistory()).contains(true, false);
          assertThat(vault.keysAfter(Optional.of(page.get(1).key().id()), 10)).isEmpty();
        });
  }

  @Test
  void whatWasImprovedMeanwhileIsNotMarked() throws Exception {
    onDisk(
        archive -> {
          RoomKeyVault vault = new ArchiveVault(archive);
          try (ExportedRoomKey late = TestKeys.roomKey(ROOM, 1, 4, false);
              ExportedRoomKey early = TestKeys.roomKey(ROOM, 1, 2, false)) {
            vault.merge(List.of(late), Optional.empty());
            vault.merge(List.of(early), Optional.empty());
            vault.markBackedUp("3", List.of(new RoomKeyVault.Mark(late.id(), 4, false)));
            assertThat(vault.countNotBackedUp("3")).isEqualTo(1);
            vault.markBackedUp("3", List.of(new RoomKeyVault.Mark(late.id(), 2, false)));
            assertThat(vault.countNotBackedUp("3")).isZero();
            assertThat(vault.notBackedUp("3", 10)).isEmpty();
          }
        });
  }

  @Test
  void allMarksAreForgottenAtOnceAndNewOnesCount_C45() throws Exception {
    onDisk(
        archive -> {
          RoomKeyVault vault = new ArchiveVault(archive);
          try (ExportedRoomKey key = TestKeys.roomKey(ROOM, 1, 0, false)) {
            vault.merge(List.of(key), Optional.of("3"));
            assertThat(vault.countNotBackedUp("3")).isZero();
            vault.forgetMarks();
            assertThat(vault.countNotBackedUp("3")).isEqualTo(1);
            assertThat(vault.held(key.id(), "3")).contains(new RoomKeyVault.Held(0, false));
            vault.merge(List.of(key), Optional.of("3"));
            assertThat(vault.countNotBackedUp("3")).isZero();
          }
        });
  }

  @Test
  void jobKeysAndDamagedEntriesAreOneTransaction() throws Exception {
    DamagedEntry bad = new DamagedEntry(ROOM, "bad", Reason.MAC);
    onDisk(
        archive -> {
          ArchiveDownloadStore store = ArchiveDownloadStore.open(archive);
          assertThat(store.job()).isEmpty();
          assertThat(store.save(job("us", 0), "")).isTrue();
          assertThat(store.save(job("them", 0), "them")).isFalse();
          try (ExportedRoomKey key = TestKeys.roomKey(ROOM, 1, 0, false)) {
            assertThat(store.commit(job("them", 0), 70, 3, List.of(key), List.of(bad))).isEmpty();
            assertThat(store.held(List.of(key.id()), "3")).isEmpty();
            assertThat(store.damaged()).isEmpty();
            DownloadJob next =
                store.commit(job("us", 0), 70, 3, List.of(key), List.of(bad)).orElseThrow();
            assertThat(next.checkpoint()).isEqualTo(70);
            assertThat(next.imported()).isEqualTo(1);
            assertThat(next.unchanged()).isEqualTo(1);
            assertThat(next.failed()).isEqualTo(1);
            assertThat(store.held(List.of(key.id(), new RoomKeyId(ROOM, "none")), "3"))
                .isEqualTo(Map.of(key.id(), new RoomKeyVault.Held(0, true)));
          }
        });
    onDisk(
        archive -> {
          ArchiveDownloadStore store = ArchiveDownloadStore.open(archive);
          assertThat(store.job().orElseThrow().done()).isEqualTo(3);
          assertThat(store.damaged()).containsExactly(bad);
          assertThat(store.save(job("us", 0), "")).isTrue(); // from the start again
          assertThat(store.damaged()).isEmpty();
        });
  }

  @Test
  void dlTakeoverWhoOpensTheStoreNeedNotWaitForAnOwnerThatIsGone_ours() throws Exception {
    try (BackupKey key = BackupKey.generate(TestRandom.of(9))) {
      BackupVersion version = new BackupVersion("3", BackupAuth.of(key.publicKey()), 0, "e");
      onDisk(
          archive -> {
            ArchiveDownloadStore store = ArchiveDownloadStore.open(archive);
            assertThat(store.save(job("killed", 5), "")).isTrue();
            assertThat(start(store, version, key)) // control: in the same life of the store
                .noneMatch(DownloadEffect.Fetch.class::isInstance);
          });
      onDisk(
          archive ->
              assertThat(start(ArchiveDownloadStore.open(archive), version, key))
                  .anyMatch(DownloadEffect.Fetch.class::isInstance));
    }
  }

  private List<DownloadEffect> start(
      ArchiveDownloadStore store, BackupVersion version, BackupKey key) throws Exception {
    try (DiskSpoolFile spool = new DiskSpoolFile(directory.resolve("spool"))) {
      FullDownload download = new FullDownload(store, spool, "us", OpenerPool.direct());
      return download.start(version, key, true, NOW.minusSeconds(20));
    }
  }

  @Test
  void memoryDoesTheSame() throws Exception {
    byte[] secret = new byte[StoreSecret.KEY_BYTES];
    try (StateKey key = StateKey.copyOf(secret)) {
      open(
          new MemoryCryptoStore(),
          key,
          archive -> {
            RoomKeyVault vault = new ArchiveVault(archive);
            try (ExportedRoomKey one = TestKeys.roomKey(ROOM, 1, 0, false)) {
              vault.merge(List.of(one), Optional.of("3"));
              assertThat(vault.held(one.id(), "3")).contains(new RoomKeyVault.Held(0, true));
              assertThat(vault.countNotBackedUp("3")).isZero();
              assertThat(vault.notBackedUp("4", 5)).hasSize(1);
            }
          });
    }
  }
}
