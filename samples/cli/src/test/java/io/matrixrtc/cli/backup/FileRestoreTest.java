package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.cli.Run;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup restore --from-file}, on a store on disk. */
class FileRestoreTest {
  private static final int ALL = 100_000;

  @TempDir private Path directory;

  private Run restore(SavedBackup backup, String... more) throws Exception {
    Path file = backup.writeTo(directory.resolve("keys.json"));
    return restore(file, backup.key, more);
  }

  private Run restore(Path file, BackupKey key, String... more) {
    String[] line = {
      "backup", "restore",
      "--from-file", file.toString(),
      "--recovery-key", key.toRecoveryKey(),
      "--store", store().toString()
    };
    String[] all = Arrays.copyOf(line, line.length + more.length);
    System.arraycopy(more, 0, all, line.length, more.length);
    return Run.of(all);
  }

  private Path store() {
    return directory.resolve("keys.db");
  }

  private List<RoomKeyInfo> held() throws Exception {
    try (SqliteCryptoStore store = new StoreFile(store()).openExisting();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      return keys.keys().infos(Optional.empty(), ALL);
    }
  }

  private static ObjectNode summary(Run run) throws Exception {
    return Json.parseObject(run.out().lines().reduce((first, last) -> last).orElseThrow());
  }

  @Test
  void allUsableKeysAreInTheStoreAndTheRestIsListed_CLI_RESTORE() throws Exception {
    SavedBackup backup = SavedBackup.of(1_200, 7);
    backup.addDamaged("!room0:example.org", "bad");
    Run run = restore(backup, "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    ObjectNode summary = summary(run);
    assertThat(summary.path("type").asText()).isEqualTo("summary");
    assertThat(summary.path("state").asText()).isEqualTo("done");
    assertThat(summary.path("total").asLong()).isEqualTo(1_201);
    assertThat(summary.path("imported").asLong()).isEqualTo(1_200);
    assertThat(summary.path("known").asLong()).isZero();
    assertThat(summary.path("damaged").asLong()).isEqualTo(1);
    assertThat(summary.path("seconds").asDouble()).isPositive();
    assertThat(summary.path("keysPerSecond").asLong()).isPositive();
    assertThat(summary.path("peakHeapMb").isIntegralNumber()).isTrue();
    assertThat(run.out())
        .contains(
            "{\"type\":\"damaged\",\"room\":\"!room0:example.org\",\"session\":\"bad\","
                + "\"reason\":\"missing_field\"}");
    assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).startsWith("{"));
    assertThat(held()).hasSize(1_200);
    assertThat(held()).extracting(RoomKeyInfo::firstKnownIndex).contains(0L, 1L, 2L);
    assertThat(Files.exists(directory.resolve("keys.db.spool"))).isTrue();
    assertThat(Files.size(directory.resolve("keys.db.spool"))).isZero();
  }

  @Test
  void theSameFileAgainBringsNothingAndAnotherOneTheRest_CLI_RESTORE() throws Exception {
    SavedBackup backup = SavedBackup.of(20, 2);
    assertThat(restore(backup).exitCode()).isZero();
    Run again = restore(directory.resolve("keys.json"), backup.key, "--json");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(summary(again).path("imported").asLong()).isZero();
    assertThat(summary(again).path("known").asLong()).isEqualTo(20);
    backup.add("!new:example.org", 0);
    Run more = restore(backup, "--json");
    assertThat(more.exitCode()).as(more.err()).isZero();
    assertThat(summary(more).path("imported").asLong()).isEqualTo(1);
    assertThat(summary(more).path("known").asLong()).isEqualTo(20);
    assertThat(held()).hasSize(21);
  }

  @Test
  void withoutATerminalThereAreLinesOfJson_CLI_RESTORE() throws Exception {
    Run run = restore(SavedBackup.of(3, 1));
    ObjectNode last = Json.parseObject(run.out().lines().reduce((a, b) -> b).orElseThrow());
    assertThat(last.path("type").asText()).isEqualTo("summary");
    assertThat(last.path("imported").asInt()).isEqualTo(3);
  }

  @Test
  void theKeyOfTheStoreIsItsOwnersAlone_CLI_SECRETS() throws Exception {
    SavedBackup backup = SavedBackup.of(3, 1);
    Run run = restore(backup);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("keys.db.key"))))
        .isEqualTo("rw-------");
    assertThat(run.out() + run.err())
        .doesNotContain(backup.key.toRecoveryKey())
        .doesNotContain(backup.key.toSecret());
    Files.move(directory.resolve("keys.db.key"), directory.resolve("elsewhere"));
    restore(backup).failedWith("keys.db.key", "Put that back");
  }

  @Test
  void whatIsWrongIsSaidInOneSentence_CLI_SENTENCE() throws Exception {
    SavedBackup backup = SavedBackup.of(3, 1);
    Path file = backup.writeTo(directory.resolve("keys.json"));
    restore(directory.resolve("none.json"), backup.key).failedWith("--from-file", "none.json");
    restore(file, SavedBackup.of(4, 1).key)
        .failedWith("opens none of the 3 keys", "another backup");
    Path cut = directory.resolve("cut.json");
    String text = Files.readString(file);
    Files.writeString(cut, text.substring(0, text.length() - 1));
    restore(cut, backup.key).failedWith("cut.json", "is not a whole answer");
    Run.of(
            "backup",
            "restore",
            "--from-file",
            file.toString(),
            "--recovery-key",
            "EsTc",
            "--store",
            store().toString())
        .failedWith("not whole", "twelve groups");
  }

  @Test
  void twoAtOnceAreRefused_CLI_RESTORE() throws Exception {
    SavedBackup backup = SavedBackup.of(3, 1);
    try (SqliteCryptoStore other = new StoreFile(store()).open()) {
      assertThat(other.syncToken()).isEmpty();
      restore(backup).failedWith("another program has", "keys.db");
    }
    assertThat(restore(backup).exitCode()).isZero();
  }
}
