package io.matrixrtc.backup.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.preference.BackupNotWantedException;
import io.matrixrtc.backup.preference.BackupPreference;
import io.matrixrtc.backup.preference.PreferenceEffect;
import io.matrixrtc.backup.preference.PreferenceEffect.Notice;
import io.matrixrtc.backup.preference.PreferenceSettings;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The service does what the account says about backups (MSC4287), over HTTP. */
class AccountPreferenceTest extends BackupWorld {
  private static final String ACCOUNT_DATA = "/account_data/m\\.";
  private static final String PUT_KEYS = "/room_keys/keys$";
  private static final PreferenceEffect.StopBackup STOP = new PreferenceEffect.StopBackup();

  private static PreferenceEffect tell(Notice notice) {
    return new PreferenceEffect.Tell(notice);
  }

  /** As another client of the account does. */
  private void write(Device by, String type, String content) throws Exception {
    get(by.client
            .matrix()
            .api()
            .call(
                ApiRequest.put(
                    Json.parseObject(content),
                    "v3",
                    "user",
                    by.session.userId(),
                    "account_data",
                    type)))
        .orThrow();
  }

  private String read(Device by, String type) throws Exception {
    return new ServerAccountData(by.client.matrix().api(), by.session.userId())
        .read(type)
        .map(Object::toString)
        .orElse("none");
  }

  /** After the judgement that is next, and what it has begun. */
  private static void judgedAgain(Device device) throws Exception {
    device.judgements.clear();
    get(device.service.check());
    await().atMost(LIMIT).until(() -> !device.judgements.isEmpty());
    get(device.service.flush());
    get(device.service.downloadProgress());
  }

  private static void awaitUploaded(Device device) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              device.service.flush();
              return device.vault().countNotBackedUp("1") == 0;
            });
  }

  @Test
  void prefGateOffAtTheSignInNothingIsUploadedAndNoneIsMade() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    write(device, BackupPreference.TYPE, "{\"enabled\":false}");
    device.restart(PreferenceSettings.DEFAULT);
    await().atMost(LIMIT).until(() -> device.judgements.contains("true false"));
    assertThat(device.preferences).containsExactly(STOP, tell(Notice.OFF_BY_ACCOUNT));
    assertThat(device.service.preference().value()).contains(BackupPreference.OFF);
    device.addKeys(KEYS, KEYS + 5);
    exchanges.clear();
    judgedAgain(device);
    assertThat(device.vault().countNotBackedUp("1")).as("what is there is known").isEqualTo(5);
    assertThatThrownBy(() -> get(device.service.create(TestRandom.of(9), 0)))
        .hasCauseInstanceOf(BackupNotWantedException.class);
    assertThat(asked("PUT", ".*")).as("keys and preference").isZero();
    assertThat(asked("POST", "/room_keys/version")).isZero();

    assertThat(get(device.service.preference().turnOn())).isEmpty(); // control
    awaitUploaded(device);
    assertThat(asked("PUT", PUT_KEYS)).isOne();
    assertThat(device.preferences)
        .endsWith(tell(Notice.WRITTEN), new PreferenceEffect.UseBackup(true));
    assertThat(read(device, BackupPreference.TYPE)).isEqualTo("{\"enabled\":true}");
    assertThat(read(device, BackupPreference.UNSTABLE_TYPE)).isEqualTo("{\"disabled\":false}");
    get(device.service.create(TestRandom.of(9), 0)).orThrow().close();
    assertThat(asked("POST", "/room_keys/version")).isOne();
  }

  @Test
  void prefGateUndeterminedUploadsNothingAndWritesNothing() throws Exception {
    Device ignoring = new Device(true, PreferenceSettings.IGNORE);
    ignoring.addKeys(0, 3);
    ignoring.create(8).close();
    ignoring.restart(PreferenceSettings.DEFAULT);
    await().atMost(LIMIT).until(() -> ignoring.judgements.contains("true false"));
    assertThat(ignoring.preferences).containsExactly(STOP, tell(Notice.UNDETERMINED));
    ignoring.addKeys(3, 5);
    exchanges.clear();
    judgedAgain(ignoring);
    assertThat(asked("PUT", ".*")).isZero();
    ignoring.restart(PreferenceSettings.IGNORE); // control
    await().atMost(LIMIT).until(() -> ignoring.judgements.contains("true true"));
    awaitUploaded(ignoring);
    assertThat(asked("PUT", PUT_KEYS)).isOne();
  }

  @Test
  void prefIgnoreTheServiceNeitherReadsNorWritesIt() throws Exception {
    Device ignoring = new Device(true, PreferenceSettings.IGNORE);
    ignoring.addKeys(0, 3);
    ignoring.create(8).close();
    judgedAgain(ignoring);
    assertThat(get(ignoring.service.disable(0)).orThrow()).isOne();
    assertThat(get(ignoring.service.preference().turnOn())).isEmpty();
    get(ignoring.service.preference().followOthers());
    judgedAgain(ignoring);
    assertThat(asked("GET", ACCOUNT_DATA)).isZero();
    assertThat(asked("PUT", ACCOUNT_DATA)).isZero();
    assertThat(ignoring.preferences).noneMatch(PreferenceEffect.Tell.class::isInstance);
    assertThat(ignoring.service.preference().value()).isEmpty();

    ignoring.restart(PreferenceSettings.DEFAULT); // control
    ignoring.create(9).close();
    assertThat(asked("GET", ACCOUNT_DATA)).isPositive();
    assertThat(asked("PUT", ACCOUNT_DATA)).isEqualTo(2);
  }

  @Test
  void prefTableTheReversedNameCountsWhereTheStableOneSaysNothing() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    write(device, BackupPreference.TYPE, "{\"enabled\":\"true\"}");
    write(device, BackupPreference.UNSTABLE_TYPE, "{\"disabled\":true}");
    device.restart(PreferenceSettings.DEFAULT);
    await().atMost(LIMIT).until(() -> device.judgements.contains("true false"));
    assertThat(device.preferences).containsExactly(STOP, tell(Notice.OFF_BY_ACCOUNT));
    write(device, BackupPreference.UNSTABLE_TYPE, "{\"disabled\":false}");
    device.restart(PreferenceSettings.DEFAULT);
    await().atMost(LIMIT).until(() -> device.judgements.contains("true true"));
    assertThat(device.preferences)
        .containsExactly(tell(Notice.ON_BY_ACCOUNT), new PreferenceEffect.UseBackup(false));
  }

  @Test
  void prefLaterWhatAnotherClientDecidesIsToldAndFollowedWhenTheUserAgrees() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    write(device, BackupPreference.TYPE, "{\"enabled\":false}");
    device.preferences.clear();
    exchanges.clear();
    get(device.service.check());
    await()
        .atMost(LIMIT)
        .until(() -> device.preferences.contains(tell(Notice.TURNED_OFF_ELSEWHERE)));
    device.addKeys(KEYS, KEYS + 2);
    awaitUploaded(device);
    assertThat(device.preferences).doesNotContain(STOP);
    assertThatThrownBy(() -> get(device.service.create(TestRandom.of(9), 0)))
        .as("a new one is another matter")
        .hasCauseInstanceOf(BackupNotWantedException.class);

    get(device.service.preference().followOthers());
    assertThat(device.preferences).endsWith(STOP);
    device.addKeys(KEYS + 2, KEYS + 4);
    judgedAgain(device);
    assertThat(asked("PUT", PUT_KEYS)).isOne();
    assertThat(device.vault().countNotBackedUp("1")).isEqualTo(2);
    write(device, BackupPreference.TYPE, "{\"enabled\":true}"); // control
    get(device.service.check());
    await()
        .atMost(LIMIT)
        .until(() -> device.preferences.contains(tell(Notice.TURNED_ON_ELSEWHERE)));
    get(device.service.preference().followOthers());
    awaitUploaded(device);
    assertThat(asked("PUT", PUT_KEYS)).isEqualTo(2);
    assertThat(asked("PUT", ACCOUNT_DATA)).as("that of the other client").isOne();
  }

  /** The next look by itself would be five minutes later. */
  @Test
  void prefSyncTellsOfALaterChangeAtOnce() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    device.preferences.clear();
    device.client.start();
    write(device, BackupPreference.UNSTABLE_TYPE, "{\"disabled\":true}");
    write(device, BackupPreference.TYPE, "{\"enabled\":false}");
    await()
        .atMost(LIMIT)
        .until(() -> device.preferences.contains(tell(Notice.TURNED_OFF_ELSEWHERE)));
    assertThat(device.preferences).doesNotContain(STOP);

    Device ignoring = new Device(false, PreferenceSettings.IGNORE);
    ignoring.client.start();
    exchanges.clear();
    device.preferences.clear();
    write(device, BackupPreference.TYPE, "{\"enabled\":true}");
    await()
        .atMost(LIMIT)
        .until(() -> device.preferences.contains(tell(Notice.TURNED_ON_ELSEWHERE)));
    assertThat(ignoring.preferences).isEmpty();
  }

  @Test
  void prefRetryWhatCouldNotBeWrittenMakesNoBackupAndIsWrittenByTheNextRun() throws Exception {
    Device device = firstWithBackup();
    FaultPlan.Active fault =
        server
            .faults()
            .add(
                FaultRule.on("/account_data/m.key_backup", new Fault.ServerError(403))
                    .method("PUT")
                    .always());
    assertThat(get(device.service.create(TestRandom.of(8), 0)))
        .isInstanceOf(ApiResult.Failed.class);
    assertThat(device.preferences).contains(tell(Notice.NOT_WRITTEN));
    assertThat(asked("POST", "/room_keys/version")).isZero();
    fault.remove();
    device.restart(PreferenceSettings.DEFAULT);
    await().atMost(LIMIT).until(() -> device.preferences.contains(tell(Notice.WRITTEN)));
    assertThat(read(device, BackupPreference.TYPE)).isEqualTo("{\"enabled\":true}");
    assertThat(asked("POST", "/room_keys/version")).as("who would keep its key?").isZero();
    device.create(8).close(); // control
    assertThat(asked("POST", "/room_keys/version")).isOne();
  }

  @Test
  void prefGateWhileItIsNotKnownNothingIsUploadedAndTheRestoreGoesOn() throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8)) {
      FaultPlan.Active fault =
          server
              .faults()
              .add(FaultRule.on(ACCOUNT_DATA, new Fault.ServerError(403)).method("GET").always());
      Device second = new Device(false);
      await().atMost(LIMIT).until(() -> second.preferences.contains(tell(Notice.UNKNOWN)));
      assertThat(get(second.service.useKey(key))).isEqualTo(BackupService.KeyOutcome.FITS);
      await().atMost(LIMIT).untilAsserted(() -> assertThat(second.held()).isEqualTo(KEYS));
      second.addKeys(KEYS, KEYS + 1);
      exchanges.clear();
      judgedAgain(second);
      assertThat(second.judgements).containsOnly("true false");
      assertThat(get(second.service.create(TestRandom.of(9), 0)))
          .isInstanceOf(ApiResult.Failed.class);
      assertThat(asked("PUT", ".*")).isZero();
      fault.remove();
      second.restart(PreferenceSettings.DEFAULT); // control
      awaitUploaded(second);
      assertThat(asked("PUT", PUT_KEYS)).isOne();
    }
  }

  @Test
  void prefOffIsWrittenThenEveryVersionIsDeleted_C31_C53_ours() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    device.remaining.clear();
    device.create(9).close();
    Device other = new Device(false);
    await().atMost(LIMIT).until(() -> other.judgements.contains("false false"));
    exchanges.clear();
    assertThatThrownBy(() -> get(other.service.disable(0)))
        .hasCauseInstanceOf(UnconfirmedLossException.class);
    assertThat(asked("PUT", ACCOUNT_DATA)).isZero();
    assertThat(asked("DELETE", "/room_keys/version/")).isZero();

    device.judgements.clear();
    assertThat(get(device.service.disable(0)).orThrow()).isEqualTo(2); // control
    List<String> steps =
        exchanges.stream()
            .filter(one -> !one.method().equals("GET") && !one.path().endsWith("/room_keys/keys"))
            .map(AccountPreferenceTest::step)
            .toList();
    assertThat(steps.subList(0, 2))
        .containsExactlyInAnyOrder("PUT {\"enabled\":false}", "PUT {\"disabled\":true}");
    assertThat(steps.subList(2, steps.size())).containsExactly("DELETE ", "DELETE ");
    await().atMost(LIMIT).until(() -> device.judgements.contains("none"));
    assertThat(device.preferences)
        .contains(STOP, tell(Notice.WRITTEN), new PreferenceEffect.DeleteBackup());
    assertThat(StoredBackupKey.read(new ClientArchive(device.client))).isEmpty();
    assertThat(device.held()).as("the keys stay").isEqualTo(KEYS);
    assertThat(get(device.service.disable(0)).orThrow()).as("no error").isZero();
  }

  private static String step(Exchange one) {
    return one.method() + " " + new String(one.requestBody(), UTF_8);
  }

  @Test
  void prefUndeterminedDecidedByTheAppIsWrittenAndUploads() throws Exception {
    Device ignoring = new Device(true, PreferenceSettings.IGNORE);
    ignoring.addKeys(0, 3);
    ignoring.create(8).close();
    ignoring.restart(new PreferenceSettings(false, Optional.of(true), false));
    await().atMost(LIMIT).until(() -> ignoring.judgements.contains("true true"));
    assertThat(ignoring.preferences)
        .containsExactly(
            tell(Notice.DECIDED_BY_APP),
            tell(Notice.WRITTEN),
            new PreferenceEffect.UseBackup(true));
    assertThat(read(ignoring, BackupPreference.TYPE)).isEqualTo("{\"enabled\":true}");
  }
}
