package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.Run;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a backup with the embedded homeserver, by the commands alone. */
class ServerBackupTest {
  private static final int KEYS = 120;

  @TempDir private Path directory;
  private EmbeddedServer server;
  private Path password;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedServer.start(0);
    WorldServer.Account account = server.account("alice");
    password = Files.writeString(directory.resolve("password"), account.password() + "\n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private Run backup(String command, String store, String... more) {
    List<String> line = new ArrayList<>(List.of("backup", command, "--store"));
    line.add(file(store).toString());
    line.addAll(List.of(more));
    return Run.of(line.toArray(String[]::new));
  }

  private Run online(String command, String store, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--homeserver", server.baseUrl().toString(), "--user", "alice"));
    all.addAll(List.of("--password-file", password.toString(), "--json"));
    return backup(command, store, all.toArray(String[]::new));
  }

  private static ObjectNode line(Run run, String type) {
    assertThat(run.exitCode()).as("%s%s", run.out(), run.err()).isZero();
    return run.out()
        .lines()
        .map(ServerBackupTest::parse)
        .filter(object -> object.path("type").asText().equals(type))
        .reduce((first, last) -> last)
        .orElseThrow(() -> new AssertionError("no line of " + type + " in " + run.out()));
  }

  private static ObjectNode parse(String line) {
    try {
      return Json.parseObject(line);
    } catch (MalformedJsonException e) {
      throw new AssertionError(line, e);
    }
  }

  private void keysFromAFile(String store) throws Exception {
    SavedBackup saved = SavedBackup.of(KEYS, 3);
    Path answer = saved.writeTo(file("saved.json"));
    Path key = Files.writeString(file("saved.key"), saved.key.toRecoveryKey());
    assertThat(
            backup(
                    "restore",
                    store,
                    "--from-file",
                    answer.toString(),
                    "--recovery-key-file",
                    key.toString())
                .exitCode())
        .isZero();
  }

  @Test
  void oneDeviceMakesABackupAndTheNextOneBringsItAll_CLI_BACKUP() throws Exception {
    keysFromAFile("one.db");
    ObjectNode before = line(online("status", "one.db"), "backup");
    assertThat(before.path("exists").asBoolean()).isFalse();
    Run refused = backup("upload", "one.db");
    refused.failedWith("does not want a backup", "backup enable");

    Run enabled = online("enable", "one.db");
    String recoveryKey = line(enabled, "enabled").path("recoveryKey").asText();
    assertThat(recoveryKey).startsWith("Es");
    assertThat(line(enabled, "upload").path("remaining").asLong()).isZero();
    online("enable", "one.db").failedWith("there is a backup already", "--replace");
    ObjectNode status = line(online("status", "one.db"), "backup");
    assertThat(status.path("count").asInt()).isEqualTo(KEYS);
    assertThat(status.path("mayUpload").asBoolean()).isTrue();
    assertThat(line(online("preference", "one.db"), "summary").path("preference").asText())
        .isEqualTo("on");
    ObjectNode verified = line(online("verify", "one.db", "--all"), "summary");
    assertThat(verified.path("same").asInt()).isEqualTo(KEYS);

    online("restore", "two.db").failedWith("--recovery-key");
    online("restore", "two.db", "--recovery-key", SavedBackup.of(5, 1).key.toRecoveryKey())
        .failedWith("opens neither");
    ObjectNode restored =
        line(online("restore", "two.db", "--recovery-key", recoveryKey), "summary");
    assertThat(restored.path("state").asText()).isEqualTo("done");
    assertThat(restored.path("imported").asInt()).isEqualTo(KEYS);
    assertThat(line(online("verify", "two.db"), "summary").path("checked").asInt()).isEqualTo(50);
    ObjectNode losses = line(online("status", "two.db"), "losses");
    assertThat(losses.path("notUploaded").asInt()).isZero();
    assertThat(losses.path("notDownloaded").asInt()).isZero();

    online("disable", "three.db").failedWith(KEYS + " keys are only in the backup");
    assertThat(line(online("disable", "two.db"), "disabled").path("versionsDeleted").asInt())
        .isEqualTo(1);
    online("restore", "three.db").failedWith("there is no backup on the server");
    assertThat(line(online("preference", "three.db"), "summary").path("preference").asText())
        .isEqualTo("off");
  }

  @Test
  void theKeyOfTheBackupItselfOpensItToo_CLI_BACKUP() throws Exception {
    keysFromAFile("one.db");
    assertThat(online("enable", "one.db").exitCode()).isZero();
    String key =
        line(backup("recovery-key", "one.db", "--json"), "recoveryKey")
            .path("recoveryKey")
            .asText();
    ObjectNode restored = line(online("restore", "two.db", "--recovery-key", key), "summary");
    assertThat(restored.path("imported").asInt()).isEqualTo(KEYS);
    Run again = online("restore", "two.db"); // its key is kept
    assertThat(line(again, "summary").path("known").asInt()).isEqualTo(KEYS);
    backup("recovery-key", "three.db").failedWith("there is no store");
  }

  /**
   * A secret storage that is there is used, or replaced when that is said; never displaced unasked.
   */
  @Test
  void secretStorageThatIsThereStays_CLI_BACKUP() throws Exception {
    keysFromAFile("one.db");
    String first = line(online("enable", "one.db"), "enabled").path("recoveryKey").asText();
    assertThat(online("disable", "one.db").exitCode()).isZero();
    online("enable", "one.db").failedWith("a secret storage already", "--replace-secret-storage");
    online("enable", "one.db", "--recovery-key", SavedBackup.of(5, 1).key.toRecoveryKey())
        .failedWith("does not open");
    String passphrase = Files.writeString(file("phrase"), "a new phrase\n").toString();
    online("enable", "one.db", "--recovery-key", first, "--passphrase-file", passphrase)
        .failedWith("--passphrase-file is for a new secret storage");
    assertThat(line(online("status", "one.db"), "backup").path("exists").asBoolean())
        .as("nothing was made")
        .isFalse();
    ObjectNode kept = line(online("enable", "one.db", "--recovery-key", first), "enabled");
    assertThat(kept.has("recoveryKey")).isFalse();
    ObjectNode restored = line(online("restore", "two.db", "--recovery-key", first), "summary");
    assertThat(restored.path("imported").asInt()).isEqualTo(KEYS);

    online("enable", "one.db", "--recovery-key", first).failedWith("--replace");
    Run replaced =
        online(
            "enable",
            "one.db",
            "--replace",
            "--replace-secret-storage",
            "--passphrase-file",
            passphrase);
    String second = line(replaced, "enabled").path("recoveryKey").asText();
    assertThat(second).startsWith("Es").isNotEqualTo(first);
    online("restore", "three.db", "--recovery-key", first).failedWith("opens neither");
    assertThat(
            line(online("restore", "three.db", "--recovery-key-file", passphrase), "summary")
                .path("imported")
                .asInt())
        .isEqualTo(KEYS);
  }

  @Test
  void aKeyFileGoesOutAndIn_CLI_KEYFILE() throws Exception {
    keysFromAFile("one.db");
    Path phrase = Files.writeString(file("phrase"), "a phrase\n");
    Path wrong = Files.writeString(file("wrong"), "another\n");
    String keys = file("keys.txt").toString();
    Run exported =
        backup("export", "one.db", keys, "--passphrase-file", phrase.toString(), "--json");
    assertThat(line(exported, "summary").path("exported").asInt()).isEqualTo(KEYS);
    assertThat(Files.readString(file("keys.txt"))).startsWith("-----BEGIN MEGOLM SESSION DATA");
    backup("export", "one.db", keys, "--passphrase-file", phrase.toString())
        .failedWith("exists already");
    backup("import", "two.db", keys, "--passphrase-file", wrong.toString())
        .failedWith("wrong passphrase");
    Run imported =
        backup("import", "two.db", keys, "--passphrase-file", phrase.toString(), "--json");
    assertThat(line(imported, "summary").path("imported").asInt()).isEqualTo(KEYS);
  }

  @Test
  void anExportByTimeTakesWhatCameThenAndWhatIsNotKnown_CLI_KEYFILE() throws Exception {
    keysFromAFile("one.db"); // from a backup: when they came is not known
    String phrase = Files.writeString(file("phrase"), "a phrase\n").toString();
    String all = file("all.txt").toString();
    Run unknown =
        backup(
            "export",
            "one.db",
            all,
            "--passphrase-file",
            phrase,
            "--until",
            "2020-01-01",
            "--json");
    assertThat(line(unknown, "summary").path("exported").asInt()).isEqualTo(KEYS);
    assertThat(line(unknown, "summary").path("timeUnknown").asInt()).isEqualTo(KEYS);
    backup("import", "two.db", all, "--passphrase-file", phrase); // and here it is
    String none = file("none.txt").toString();
    Run past =
        backup(
            "export",
            "two.db",
            none,
            "--passphrase-file",
            phrase,
            "--until",
            "2020-01-01",
            "--json");
    assertThat(line(past, "summary").path("exported").asInt()).isZero();
    Run since =
        backup(
            "export",
            "two.db",
            file("some.txt").toString(),
            "--passphrase-file",
            phrase,
            "--since",
            "2020-01-01T00:00:00Z",
            "--json");
    assertThat(line(since, "summary").path("exported").asInt()).isEqualTo(KEYS);
    assertThat(line(since, "summary").path("timeUnknown").asInt()).isZero();
    assertThat(
            backup("export", "one.db", none, "--passphrase-file", phrase, "--since", "yesterday")
                .exitCode())
        .isEqualTo(2);
  }

  @Test
  void thePreferenceIsSetAndShownAndMakesOrDeletesNothing_CLI_BACKUP() throws Exception {
    keysFromAFile("one.db");
    assertThat(line(online("preference", "one.db"), "summary").path("preference").asText())
        .isEqualTo("undetermined");
    assertThat(line(online("status", "one.db"), "uploads").path("allowed").asBoolean()).isFalse();
    Run on = online("preference", "one.db", "on");
    assertThat(line(on, "summary").path("preference").asText()).isEqualTo("on");
    assertThat(line(on, "preference").path("notice").asText()).isEqualTo("written");
    assertThat(line(on, "next").path("command").asText()).isEqualTo("enable");
    Run status = online("status", "one.db");
    assertThat(line(status, "preference").path("notice").asText()).isEqualTo("on_by_account");
    assertThat(line(status, "uploads").path("allowed").asBoolean()).isTrue();
    assertThat(line(status, "backup").path("exists").asBoolean()).isFalse();
    assertThat(online("enable", "one.db").exitCode()).isZero();
    Run off = online("preference", "one.db", "off");
    assertThat(line(off, "next").path("command").asText()).isEqualTo("disable");
    Run after = online("status", "one.db");
    assertThat(line(after, "preference").path("notice").asText()).isEqualTo("off_by_account");
    assertThat(line(after, "uploads").path("allowed").asBoolean()).isFalse();
    assertThat(line(after, "backup").path("count").asInt()).isEqualTo(KEYS); // it stays
    backup("upload", "one.db").failedWith("does not want a backup");
    Run ignored = online("status", "one.db", "--ignore-preference");
    assertThat(line(ignored, "preference").path("notice").asText()).isEqualTo("ignored");
    assertThat(line(ignored, "uploads").path("allowed").asBoolean()).isTrue();
    assertThat(online("preference", "one.db", "perhaps").exitCode()).isEqualTo(2);
  }

  @Test
  void whatStandsInTheWayIsOneSentence_CLI_SENTENCE() {
    backup("status", "new.db").failedWith("there is no login", "--homeserver");
    backup("status", "new.db", "--homeserver", "http://127.0.0.1:1", "--user", "alice")
        .failedWith("--password-file");
    backup(
            "status",
            "new.db",
            "--homeserver",
            "http://127.0.0.1:1",
            "--user",
            "alice",
            "--password-file",
            password.toString())
        .failedWith("does not answer");
  }
}
