package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.download.OpenerPool;
import io.matrixrtc.cli.Main;
import io.matrixrtc.cli.Run;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restore of a new backup that first imports what an earlier one's has on disk, and is
 * interrupted there.
 */
class DrainInterruptedTest {
  /** Of several transactions; opening them takes a JVM that just started some seconds. */
  private static final int KEYS = 3_000;

  @TempDir private Path folder;

  /** Has the whole answer of an earlier backup in the spool, and imported nothing of it. */
  private void fetchOnly(SavedBackup saved) throws Exception {
    StoreFile files = new StoreFile(folder.resolve("a.db"));
    byte[] answer = saved.answer.toString().getBytes(UTF_8);
    BackupVersion earlier =
        new BackupVersion("earlier", BackupAuth.of(saved.key.publicKey()), KEYS, "e");
    try (SqliteCryptoStore store = files.openExisting();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure());
        DiskSpoolFile spool = new DiskSpoolFile(files.spool())) {
      Archive archive = Archive.of(keys.keys());
      StoredBackupKey.Held current = StoredBackupKey.read(archive).orElseThrow();
      StoredBackupKey.write(archive, saved.key, "earlier");
      FullDownload download =
          new FullDownload(
              ArchiveDownloadStore.open(archive), spool, "restore", OpenerPool.direct());
      Instant now = Instant.now();
      download.start(earlier, saved.key, false, now);
      download.received(answer, answer.length, now);
      download.ended(now);
      try (BackupKey key = current.key()) {
        StoredBackupKey.write(archive, key, current.version());
      }
    }
  }

  private int held() throws Exception {
    StoreFile files = new StoreFile(folder.resolve("a.db"));
    try (SqliteCryptoStore store = files.openExisting();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      return keys.keys().infos(Optional.empty(), KEYS + 1).size();
    }
  }

  @Test
  void ctrlCPausesItAndTheSameCommandGoesOn_CLI_RESTORE() throws Exception {
    try (EmbeddedServer server = EmbeddedServer.start(0)) {
      Path password =
          Files.writeString(folder.resolve("password"), server.account("alice").password());
      List<String> restore = new ArrayList<>(List.of("backup", "restore"));
      List<String> account =
          List.of(
              "--store",
              folder.resolve("a.db").toString(),
              "--homeserver",
              server.baseUrl().toString(),
              "--user",
              "alice",
              "--password-file",
              password.toString());
      restore.addAll(account);
      List<String> enable = new ArrayList<>(List.of("backup", "enable"));
      enable.addAll(account);
      assertThat(Run.of(enable.toArray(String[]::new)).exitCode()).isZero();
      fetchOnly(SavedBackup.of(KEYS, 3));
      assertThat(held()).isZero();

      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName()));
      command.addAll(restore);
      command.add("--json");
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        assertThat(out.readLine()).contains("\"progress\"");
        process.toHandle().destroy(); // SIGTERM alone: the other one closes the pipes, too
        assertThat(out.lines().reduce((first, last) -> last).orElse("nothing"))
            .contains("\"summary\"", "\"state\":\"paused\"");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(held()).isLessThan(KEYS);

      Run again = Run.of(restore.toArray(String[]::new));
      assertThat(again.exitCode()).as("%s%s", again.out(), again.err()).isZero();
      assertThat(held()).isEqualTo(KEYS);
    }
  }
}
