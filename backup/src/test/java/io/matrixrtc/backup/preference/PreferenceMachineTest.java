package io.matrixrtc.backup.preference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.preference.PreferenceEffect.Notice;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceMachineTest {
  private static final JsonNode NONE = MissingNode.getInstance();
  private static final ObjectNode ON = BackupPreference.stableContent(true);
  private static final ObjectNode OFF = BackupPreference.stableContent(false);

  private static PreferenceMachine machine(PreferenceSettings settings) {
    return new PreferenceMachine(settings, Optional.empty());
  }

  private static PreferenceMachine signedIn(JsonNode stable) {
    PreferenceMachine machine = machine(PreferenceSettings.DEFAULT);
    machine.start();
    machine.fetched(stable, NONE);
    return machine;
  }

  private static PreferenceEffect write(boolean on, boolean stable, Duration delay) {
    return stable
        ? new PreferenceEffect.Write("m.key_backup", BackupPreference.stableContent(on), delay)
        : new PreferenceEffect.Write(
            "m.org.matrix.custom.backup_disabled", BackupPreference.unstableContent(on), delay);
  }

  private static PreferenceEffect tell(Notice notice) {
    return new PreferenceEffect.Tell(notice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'enabled':true}; -; ON",
        "{'enabled':true}; {'disabled':true}; ON",
        "{'enabled':false}; {'disabled':false}; OFF",
        "{'enabled':false}; -; OFF",
        "-; {'disabled':true}; OFF",
        "{}; {'disabled':true}; OFF",
        "{'enabled':'true'}; {'disabled':true}; OFF",
        "-; {'disabled':false}; ON",
        "{'enabled':1}; {'disabled':false}; ON",
        "{'enabled':null}; {'disabled':false}; ON",
        "-; -; UNDETERMINED",
        "{}; {}; UNDETERMINED",
        "{'enabled':[true]}; {'disabled':'false'}; UNDETERMINED",
        "{'enabled':{'enabled':true}}; {'disabled':0}; UNDETERMINED",
        "{'m.key_backup':{'enabled':true}}; -; UNDETERMINED",
        "[true]; null; UNDETERMINED"
      })
  void prefTableOfBothNames_ours(String stable, String unstable, BackupPreference expected)
      throws Exception {
    assertThat(BackupPreference.read(node(stable), node(unstable))).isEqualTo(expected);
  }

  private static JsonNode node(String text) throws Exception {
    return text.equals("-") ? NONE : Json.parse(text.replace('\'', '"'));
  }

  @Test
  void prefWriteIsThatOneMemberAlone() {
    assertThat(BackupPreference.stableContent(true).toString()).isEqualTo("{\"enabled\":true}");
    assertThat(BackupPreference.unstableContent(true).toString()).isEqualTo("{\"disabled\":false}");
    assertThat(BackupPreference.unstableContent(false).toString()).isEqualTo("{\"disabled\":true}");
  }

  @Test
  void signInFollowsAndShows() {
    PreferenceMachine machine = machine(PreferenceSettings.DEFAULT);
    assertThat(machine.start()).containsExactly(new PreferenceEffect.Fetch(Duration.ZERO));
    assertThat(machine.value()).isEmpty();
    assertThat(machine.fetched(ON, NONE))
        .containsExactly(tell(Notice.ON_BY_ACCOUNT), new PreferenceEffect.UseBackup(false));
    PreferenceMachine off = machine(PreferenceSettings.DEFAULT);
    off.start();
    assertThat(off.fetched(OFF, NONE))
        .containsExactly(new PreferenceEffect.StopBackup(), tell(Notice.OFF_BY_ACCOUNT));
    PreferenceMachine creating = machine(new PreferenceSettings(false, Optional.empty(), true));
    creating.start();
    assertThat(creating.fetched(ON, NONE)).contains(new PreferenceEffect.UseBackup(true));
  }

  @Test
  void prefUndeterminedMeansNoBackupAndNoWriteByDefault() {
    PreferenceMachine machine = machine(PreferenceSettings.DEFAULT);
    machine.start();
    assertThat(machine.fetched(NONE, NONE))
        .containsExactly(new PreferenceEffect.StopBackup(), tell(Notice.UNDETERMINED));
    assertThat(machine.value()).contains(BackupPreference.UNDETERMINED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void prefUndeterminedDecidedByTheAppIsWrittenAndDeletesNothing(boolean on) {
    PreferenceMachine machine = machine(new PreferenceSettings(false, Optional.of(on), false));
    machine.start();
    assertThat(machine.fetched(NONE, NONE))
        .contains(
            tell(Notice.DECIDED_BY_APP),
            write(on, true, Duration.ZERO),
            write(on, false, Duration.ZERO));
    machine.written(BackupPreference.TYPE, on);
    List<PreferenceEffect> last = machine.written(BackupPreference.UNSTABLE_TYPE, on);
    assertThat(last).doesNotContain(new PreferenceEffect.DeleteBackup());
    assertThat(last.contains(new PreferenceEffect.UseBackup(true))).isEqualTo(on);
  }

  @Test
  void prefOnIsWrittenBeforeABackupIsMade_C49_C50() {
    PreferenceMachine machine = signedIn(NONE);
    assertThat(machine.userTurnsOn())
        .containsExactly(
            new PreferenceEffect.Persist(Optional.of(new Decision(true, true))),
            write(true, true, Duration.ZERO),
            write(true, false, Duration.ZERO));
    assertThat(machine.written(BackupPreference.TYPE, true)).isEmpty();
    assertThat(machine.written(BackupPreference.UNSTABLE_TYPE, true))
        .containsExactly(
            tell(Notice.WRITTEN),
            new PreferenceEffect.UseBackup(true),
            new PreferenceEffect.Persist(Optional.empty()));
    assertThat(machine.written(BackupPreference.UNSTABLE_TYPE, true)).isEmpty();
  }

  @Test
  void prefOffIsWrittenBeforeTheBackupIsDeleted_C51_ours() {
    PreferenceMachine machine = signedIn(ON);
    assertThat(machine.userTurnsOff())
        .containsExactly(
            new PreferenceEffect.Persist(Optional.of(new Decision(false, true))),
            new PreferenceEffect.StopBackup(),
            write(false, true, Duration.ZERO),
            write(false, false, Duration.ZERO));
    machine.written(BackupPreference.TYPE, false);
    assertThat(machine.written(BackupPreference.UNSTABLE_TYPE, false))
        .contains(new PreferenceEffect.DeleteBackup());
  }

  @Test
  void prefRetryUntilItIsThroughAndAcrossRestarts() {
    PreferenceMachine machine = signedIn(ON);
    machine.userTurnsOff();
    for (long seconds : new long[] {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
      assertThat(machine.writeFailed(BackupPreference.TYPE, false))
          .containsExactly(
              tell(Notice.NOT_WRITTEN), write(false, true, Duration.ofSeconds(seconds)));
    }
    PreferenceMachine restarted =
        new PreferenceMachine(PreferenceSettings.DEFAULT, Optional.of(new Decision(false, true)));
    assertThat(restarted.start())
        .containsExactly(write(false, true, Duration.ZERO), write(false, false, Duration.ZERO));
    assertThat(restarted.value()).contains(BackupPreference.OFF);
    assertThat(restarted.fetched(ON, NONE)).isEmpty();
  }

  @Test
  void anAnswerToAnOlderDecisionDoesNotCount() {
    PreferenceMachine machine = signedIn(NONE);
    machine.userTurnsOn();
    machine.userTurnsOff();
    assertThat(machine.written(BackupPreference.TYPE, true)).isEmpty();
    assertThat(machine.written(BackupPreference.UNSTABLE_TYPE, true)).isEmpty();
    assertThat(machine.writeFailed(BackupPreference.TYPE, true)).isEmpty();
    assertThat(machine.isWriting()).isTrue();
    machine.written(BackupPreference.TYPE, false);
    assertThat(machine.written(BackupPreference.UNSTABLE_TYPE, false)).isNotEmpty();
    assertThat(machine.isWriting()).isFalse();
  }

  @Test
  void aFailedFetchIsUnknownAndNotUndetermined() {
    PreferenceMachine machine = machine(new PreferenceSettings(false, Optional.of(true), true));
    machine.start();
    assertThat(machine.fetchFailed())
        .containsExactly(tell(Notice.UNKNOWN), new PreferenceEffect.Fetch(Duration.ofSeconds(5)));
    assertThat(machine.fetchFailed()).contains(new PreferenceEffect.Fetch(Duration.ofSeconds(10)));
    assertThat(machine.value()).isEmpty();
    assertThat(machine.fetched(ON, NONE)).contains(tell(Notice.ON_BY_ACCOUNT));
  }

  @Test
  void prefLaterChangesAreShownAndNotFollowed() {
    PreferenceMachine machine = signedIn(OFF);
    assertThat(machine.fetched(ON, NONE)).containsExactly(tell(Notice.TURNED_ON_ELSEWHERE));
    assertThat(machine.fetched(ON, NONE)).isEmpty();
    assertThat(machine.fetched(OFF, NONE)).containsExactly(tell(Notice.TURNED_OFF_ELSEWHERE));
    assertThat(machine.fetched(NONE, NONE)).isEmpty();
  }

  @Test
  void prefIgnoreNeitherReadsNorWrites() {
    PreferenceMachine machine = machine(PreferenceSettings.IGNORE);
    assertThat(machine.start()).isEmpty();
    assertThat(machine.fetched(OFF, NONE)).isEmpty();
    assertThat(machine.userTurnsOn()).containsExactly(new PreferenceEffect.UseBackup(true));
    assertThat(machine.userTurnsOff())
        .containsExactly(new PreferenceEffect.StopBackup(), new PreferenceEffect.DeleteBackup());
    assertThat(machine.value()).isEmpty();
  }

  @Test
  void prefNothingElseWritesAnything() {
    PreferenceMachine machine = signedIn(ON);
    List<PreferenceEffect> all = new java.util.ArrayList<>();
    for (JsonNode later : new JsonNode[] {OFF, ON, NONE}) {
      all.addAll(machine.fetched(later, NONE));
      all.addAll(machine.fetchFailed());
      all.addAll(machine.writeFailed(BackupPreference.TYPE, true));
    }
    assertThat(all).isNotEmpty().allMatch(effect -> effect instanceof PreferenceEffect.Tell);
    assertThat(machine.userTurnsOn()).anyMatch(PreferenceEffect.Write.class::isInstance);
  }
}
