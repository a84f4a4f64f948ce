package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.DownloadRunner;
import io.matrixrtc.backup.service.SavedAnswer;
import io.matrixrtc.backup.service.VersionAnswer;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore says when its server fails. */
class RestoreRunTest {
  private static final int KEYS = 30;

  @TempDir private Path directory;
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  /** A server whose first answer ends like this; the second is whole. */
  private record Failing(SavedAnswer whole, FetchFailure failure, boolean[] failed)
      implements BackupSource {
    @Override
    public Reading read(String version, Body body) {
      if (failed[0]) {
        return whole.read(version, body);
      }
      failed[0] = true;
      body.failed(failure);
      return () -> {};
    }

    @Override
    public CompletionStage<VersionAnswer> version() {
      return whole.version();
    }
  }

  private DownloadState run(FetchFailure.Kind kind) throws Exception {
    SavedBackup backup = SavedBackup.of(KEYS, 2);
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    RestoreRun run = new RestoreRun(new RestoreDisplay(out, out, true, false), Optional.empty());
    try (OfflineRoomKeys keys =
            OfflineRoomKeys.open(
                new MemoryCryptoStore(),
                StateKey.copyOf(new byte[StateKey.BYTES]),
                RandomSource.secure());
        DiskSpoolFile spool = new DiskSpoolFile(directory.resolve("spool"));
        BackupThreads threads = new BackupThreads()) {
      SavedAnswer saved =
          new SavedAnswer(
              backup.writeTo(directory.resolve("keys.json")), backup.key, threads.reader());
      BackupVersion version = saved.savedVersion();
      FetchFailure failure = new FetchFailure(kind, Optional.empty());
      DownloadRunner runner =
          new DownloadRunner(
              new FullDownload(
                  ArchiveDownloadStore.open(Archive.of(keys.keys())),
                  spool,
                  "restore",
                  threads.openers()),
              run.heard(new Failing(saved, failure, new boolean[1])),
              threads.scheduler(),
              run);
      DownloadState end = run.await(runner, version, backup.key).orElseThrow().state();
      run.shown();
      return end;
    }
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLoginThatEndedEndsItWithASentence_CLI_RESTORE() {
    assertThatThrownBy(() -> run(FetchFailure.Kind.LOGGED_OUT))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("no longer valid")
        .hasMessageContaining("--store");
  }

  @Test
  void anAnswerThatBreaksOffIsSaidAndAskedForAgain_CLI_RESTORE() throws Exception {
    assertThat(run(FetchFailure.Kind.TRY_AGAIN)).isEqualTo(DownloadState.DONE);
    assertThat(told()).contains("broke off", "trying again");
  }

  @Test
  void aBackupThatIsGoneIsSaid_CLI_RESTORE() throws Exception {
    assertThat(run(FetchFailure.Kind.GONE)).isEqualTo(DownloadState.FAILED);
    assertThat(told()).contains("was deleted");
  }
}
