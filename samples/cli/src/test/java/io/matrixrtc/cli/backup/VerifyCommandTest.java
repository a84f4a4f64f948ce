package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.Run;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup verify}, with things planted in the backup or the store. */
class VerifyCommandTest {
  private static final String ROOM = "!room:example.org";

  @TempDir private Path folder;
  private BackupHome home;

  @BeforeEach
  void start() throws Exception {
    home = BackupHome.in(folder);
  }

  @AfterEach
  void stop() {
    home.close();
  }

  /** The counts that are not 0, without those of the two sides. */
  private static Map<String, Long> counts(Run run) {
    ObjectNode summary = BackupHome.told(run, "summary");
    Map<String, Long> counts = new TreeMap<>();
    summary.properties().forEach(one -> counts.put(one.getKey(), one.getValue().asLong()));
    counts.keySet().removeAll(List.of("type", "inBackup", "inStore"));
    counts.values().removeIf(count -> count == 0);
    return counts;
  }

  private static ObjectNode damagedEntry() {
    ObjectNode entry =
        Json.newObject()
            .put("first_message_index", 0)
            .put("forwarded_count", 0)
            .put("is_verified", true);
    entry.putObject("session_data").put("ephemeral", "x").put("ciphertext", "").put("mac", "");
    return entry;
  }

  @Test
  void theSameKeysOnBothSidesAreRight_CLI_VERIFY() throws Exception {
    home.fill("one.db", SavedBackup.of(600, 3)); // more than a batch
    home.enable("one.db");
    Run all = home.online("verify", "one.db", "--all");
    assertThat(all.exitCode()).as("%s", all).isZero();
    assertThat(counts(all)).isEqualTo(Map.of("checked", 600L, "same", 600L));
    Run some = home.online("verify", "one.db", "--sample", "7");
    assertThat(some.exitCode()).as("%s", some).isZero();
    assertThat(counts(some)).isEqualTo(Map.of("checked", 7L, "same", 7L));
    ObjectNode summary = BackupHome.told(some, "summary");
    assertThat(summary.path("inBackup").asInt()).isEqualTo(600);
    assertThat(summary.path("inStore").asInt()).isEqualTo(600);
    assertThat(home.offline("verify", "one.db").out())
        .contains("600 keys in the backup, 600 in the store", "50 are the same", "0 DIFFERENT");
  }

  @Test
  void anotherKeyOfTheSameSessionIsAnAlarm_CLI_VERIFY() throws Exception {
    SavedBackup genuine = new SavedBackup(1);
    SavedBackup planted = new SavedBackup(1);
    genuine.add(ROOM, 0);
    planted.add(ROOM, 0);
    RoomKeyId bent = genuine.add(ROOM, 0);
    assertThat(planted.addBent(ROOM, 0)).isEqualTo(bent);
    RoomKeyId bentLater = genuine.add(ROOM, 0); // at the later one's first index it does not fit
    assertThat(planted.addBent(ROOM, 2)).isEqualTo(bentLater);
    RoomKeyId owned = genuine.add(ROOM, 0);
    assertThat(planted.addOfOtherDevice(ROOM, 0)).isEqualTo(owned);
    home.fill("one.db", planted);
    String key = home.enable("one.db");
    home.fill("two.db", genuine);
    Run run = home.online("verify", "two.db", "--recovery-key", key);
    run.failedWith("ALARM", "3 keys", "backup enable --replace");
    assertThat(counts(run)).isEqualTo(Map.of("checked", 4L, "same", 1L, "different", 3L));
    assertThat(run.out())
        .contains("{\"type\":\"different\",\"room\":\"" + ROOM + "\",\"session\":")
        .contains(bent.sessionId(), bentLater.sessionId(), owned.sessionId());
    assertThat(home.offline("verify", "two.db").out())
        .contains("ALARM: another key than ours: " + bent, "3 DIFFERENT");
  }

  @Test
  void damagedEntriesAreNamedWhetherTheKeyIsHereOrNot_CLI_VERIFY() throws Exception {
    SavedBackup saved = new SavedBackup(2);
    RoomKeyId held = saved.add(ROOM, 0);
    saved.add(ROOM, 0);
    home.fill("one.db", saved);
    home.enable("one.db");
    home.plant("one.db", held.roomId(), held.sessionId(), damagedEntry());
    home.plant("one.db", ROOM, "unheard-of", damagedEntry());
    Run run = home.online("verify", "one.db");
    run.failedWith("2 entries of the backup are damaged", "backup enable --replace");
    assertThat(counts(run)).isEqualTo(Map.of("checked", 3L, "same", 1L, "damaged", 2L));
    assertThat(run.out())
        .contains("\"session\":\"" + held.sessionId() + "\",\"reason\":\"")
        .contains("\"session\":\"unheard-of\",\"reason\":\"");
    for (int i = 0; i < 30; i++) {
      home.plant("one.db", ROOM, "more" + i, damagedEntry());
    }
    Run many = home.online("verify", "one.db", "--all");
    assertThat(counts(many)).containsEntry("damaged", 32L);
    assertThat(many.out().lines().filter(line -> line.contains("\"damaged\",")))
        .hasSize(BackupComparison.MAX_NAMED);
  }

  @Test
  void whatIsBetterOrOnlyOnOneSideIsCounted_CLI_VERIFY() throws Exception {
    SavedBackup backup = new SavedBackup(3);
    SavedBackup store = new SavedBackup(3);
    add(backup, 0, store, 2); // better in the backup
    add(backup, 3, store, 1); // better in the store
    add(backup, 5, store, 1);
    add(backup, 1, store, 1);
    store.remove(add(backup, 0, store, 0)); // only in the backup
    home.fill("one.db", backup);
    String key = home.enable("one.db");
    home.fill("two.db", store);
    Run worse = home.online("verify", "two.db", "--recovery-key", key);
    worse.failedWith("2 are worse there", "backup upload");
    Map<String, Long> counts = new TreeMap<>(Map.of("checked", 5L, "same", 1L));
    counts.putAll(Map.of("betterInBackup", 1L, "worseInBackup", 2L, "onlyInBackup", 1L));
    assertThat(counts(worse)).isEqualTo(counts);
    backup.remove(add(backup, 0, store, 0)); // only in the store
    home.fill("three.db", store);
    Run missing = home.online("verify", "three.db", "--recovery-key", key, "--sample", "2");
    missing.failedWith("1 keys of the store are missing in the backup");
    assertThat(counts(missing)).containsEntry("missing", 1L).containsEntry("checked", 2L);
    home.done(home.online("restore", "two.db", "--recovery-key", key), "summary");
    home.done(home.online("upload", "two.db"), "upload");
    assertThat(home.online("verify", "two.db").exitCode()).isZero(); // the advice is right
  }

  private static RoomKeyId add(SavedBackup one, long index, SavedBackup other, long otherIndex) {
    RoomKeyId id = one.add(ROOM, index);
    assertThat(other.add(ROOM, otherIndex)).isEqualTo(id);
    return id;
  }

  @Test
  void anEmptyStoreIsSaidAndIsNoSuccess_CLI_VERIFY() throws Exception {
    home.fill("one.db", SavedBackup.of(9, 2));
    String key = home.enable("one.db");
    Run run = home.online("verify", "empty.db", "--recovery-key", key);
    run.failedWith("the store has no key", "9", "backup restore");
    assertThat(counts(run)).isEqualTo(Map.of("checked", 9L, "onlyInBackup", 9L));
  }

  @Test
  void whatStandsInTheWayIsOneSentenceWithTheNextStep_CLI_SENTENCE() throws Exception {
    home.offline("verify", "new.db").failedWith("there is no login", "--homeserver");
    home.online("verify", "one.db").failedWith("no backup on the server", "backup enable");
    home.fill("full.db", SavedBackup.of(3, 1));
    home.enable("full.db");
    home.online("verify", "one.db").failedWith("--recovery-key");
    home.online("verify", "one.db", "--recovery-key", SavedBackup.of(4, 1).key.toRecoveryKey())
        .failedWith("opens neither", "original");
    home.online("verify", "one.db", "--recovery-key-file", folder.toString())
        .failedWith("--recovery-key-file", "is a folder");
    home.online("verify", "one.db", "--recovery-key-file", home.file("none").toString())
        .failedWith("--recovery-key-file", "none");
    Files.createDirectory(home.file("folder.db"));
    home.online("verify", "folder.db").failedWith("folder.db", "is a folder", "--store");
    home.online("verify", "one.db", "--sample", "0").misusedWith("--sample wants 1 or more");
    home.online("verify", "one.db", "--sample", "few").misusedWith("--sample");
    Run.of("backup", "verify").misusedWith("--store");
  }
}
