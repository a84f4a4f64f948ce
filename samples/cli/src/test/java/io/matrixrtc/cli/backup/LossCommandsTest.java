package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cli.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that make, fill, replace and delete backups, and what they ask before. */
class LossCommandsTest {
  private static final int KEYS = 9;

  @TempDir private Path folder;
  private BackupHome home;
  private String recoveryKey;

  @BeforeEach
  void makeBackup() throws Exception {
    home = BackupHome.in(folder);
    home.fill("one.db", SavedBackup.of(KEYS, 2));
    String phrase = home.write("phrase", "a phrase of mine\n").toString();
    recoveryKey = home.enable("one.db", "--passphrase-file", phrase);
  }

  @AfterEach
  void stop() {
    home.close();
  }

  private long inBackup() {
    return BackupHome.told(home.online("status", "one.db"), "backup").path("count").asLong();
  }

  @Test
  void theBackupIsReplacedWhenTheRightLossIsConfirmed_CLI_LOSS() {
    home.online("enable", "two.db").failedWith("there is a backup already", "--replace");
    home.online("enable", "two.db", "--replace")
        .failedWith("9 keys are only in the backup", "--confirm-loss 9");
    for (String wrong : new String[] {"8", "10", "0", "-1"}) {
      home.online("enable", "two.db", "--replace", "--confirm-loss=" + wrong)
          .failedWith("--confirm-loss 9");
    }
    home.online("enable", "two.db", "--confirm-loss", "9").failedWith("--replace");
    assertThat(inBackup()).isEqualTo(KEYS);
    String newKey =
        home.enable("two.db", "--replace", "--confirm-loss", "9", "--replace-secret-storage");
    assertThat(newKey).startsWith("Es").isNotEqualTo(recoveryKey);
    assertThat(inBackup()).isZero();
    home.online("restore", "three.db", "--recovery-key", recoveryKey).failedWith("opens neither");
  }

  @Test
  void whoHasAllKeysReplacesTheBackupWithoutConfirming_CLI_LOSS() {
    home.enable("one.db", "--replace", "--replace-secret-storage");
    assertThat(inBackup()).isEqualTo(KEYS);
  }

  @Test
  void theBackupIsDeletedWhenTheRightLossIsConfirmed_CLI_LOSS() {
    home.online("disable", "two.db").failedWith("9 keys are only in the backup", "restore");
    for (String wrong : new String[] {"8", "10", "0", "-1"}) {
      home.online("disable", "two.db", "--confirm-loss=" + wrong).failedWith("--confirm-loss 9");
    }
    home.online("disable", "two.db", "--confirm-loss", "all").misusedWith("--confirm-loss");
    assertThat(inBackup()).isEqualTo(KEYS);
    Run right = home.online("disable", "two.db", "--confirm-loss", "9");
    assertThat(BackupHome.done(right, "disabled").path("versionsDeleted").asInt()).isEqualTo(1);
    home.online("restore", "two.db").failedWith("there is no backup on the server");
  }

  @Test
  void thePassphraseOpensTheBackup_CLI_RESTORE() throws Exception {
    Path phrase = home.write("typed", "a phrase of mine");
    Run restored = home.online("restore", "two.db", "--recovery-key-file", phrase.toString());
    assertThat(BackupHome.done(restored, "summary").path("imported").asInt()).isEqualTo(KEYS);
    assertThat(BackupHome.held(home.file("two.db"))).hasSize(KEYS);
    Path wrong = home.write("wrong", "a phrase of yours");
    home.online("restore", "three.db", "--recovery-key-file", wrong.toString())
        .failedWith("opens neither", "original");
  }

  @Test
  void anUploadBringsWhatIsNewAndTheNextOneNothing_CLI_UPLOAD() throws Exception {
    home.fill("one.db", SavedBackup.of(KEYS + 4, 2)); // other ones
    Run first = home.online("upload", "one.db");
    assertThat(BackupHome.done(first, "upload").path("remaining").asInt()).isZero();
    assertThat(inBackup()).isEqualTo(2 * KEYS + 4);
    assertThat(home.online("verify", "one.db", "--all").exitCode()).isZero();
    int puts = home.puts();
    assertThat(puts).isEqualTo(2); // one when the backup was made
    Run second = home.online("upload", "one.db");
    assertThat(BackupHome.done(second, "upload").path("remaining").asInt()).isZero();
    assertThat(inBackup()).isEqualTo(2 * KEYS + 4);
    assertThat(home.puts()).isEqualTo(puts);
  }
}
