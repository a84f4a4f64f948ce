package io.matrixrtc.backup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.preference.PreferenceSettings;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.backup.service.BackupService.KeyOutcome;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lines of the parity checklist that need a service, its client and a homeserver. */
class BackupParityTest extends BackupWorld {
  private static SecretStorage storage(Device device) {
    return new SecretStorage(
        new ServerAccountData(device.client.matrix().api(), device.session.userId()),
        TestRandom.of(20));
  }

  private static RoomKeysApi api(Device device) {
    return new RoomKeysApi(device.client.matrix().api());
  }

  private static void judgedAs(Device device, String judgement) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              get(device.service.check());
              return device.judgements.contains(judgement);
            });
  }

  @Test
  void noneThenUntrustedThenTrustedBySignature_C5() throws Exception {
    Device first = new Device(true);
    first.client.start();
    get(first.client.published());
    get(
        first
            .client
            .crossSigning()
            .bootstrap(UserAuthentication.password(first.session.userId(), PASSWORD)));
    await().atMost(LIMIT).until(() -> first.judgements.contains("none"));
    first.create(8).close();
    Device second = new Device(false);
    second.client.start();
    get(second.client.published());
    await().atMost(LIMIT).until(() -> second.judgements.contains("false false"));
    assertThat(second.judgements).doesNotContain("false true");
    verify(second, first);
    judgedAs(second, "false true");
    second.addKeys(0, 1);
    get(second.service.flush());
    await().atMost(LIMIT).until(() -> second.remaining.contains(0L));
  }

  @Test
  void deletedElsewhereUploadsEndAndThereIsNone_C6_C33_ours() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close(); // tells that nothing remains
    get(api(device).delete("1")).orThrow();
    device.judgements.clear();
    device.addKeys(KEYS, KEYS + 1);
    get(device.service.flush());
    await().atMost(LIMIT).until(() -> device.troubles.contains("off: GONE"));
    await().atMost(LIMIT).until(() -> device.judgements.contains("none"));
    assertThat(get(device.service.losses()).backupOff()).isTrue();
    exchanges.clear();
    get(device.service.flush());
    get(device.client.matrix().api().call(ApiRequest.get("v3", "joined_rooms")));
    assertThat(asked("PUT", "/room_keys/keys")).isZero();
    device.remaining.clear();
    device.create(9).close(); // control
    assertThat(asked("PUT", "/room_keys/keys")).isPositive();
  }

  @Test
  void whenItIsMadeItsKeyIsKeptAndItIsCurrent_C10() throws Exception {
    Device device = firstWithBackup();
    try (BackupKey key = get(device.service.create(TestRandom.of(8), 0)).orThrow()) {
      StoredBackupKey.Held kept =
          StoredBackupKey.read(new ClientArchive(device.client)).orElseThrow();
      assertThat(kept.version()).isEqualTo("1");
      assertThat(kept.key().toSecret()).isEqualTo(key.toSecret());
      kept.key().close();
      BackupVersion current = ((VersionAnswer.Current) get(api(device).version())).version();
      assertThat(current.version()).isEqualTo("1");
      assertThat(current.auth().isOpenedBy(key)).isTrue();
    }
  }

  /** A key that an older program left behind, too: the app gives it in the same way. */
  @Test
  void aKeyIsKeptOnlyIfItFitsTheCurrentBackup_C13_C36_C65() throws Exception {
    Device first = firstWithBackup();
    Device second = new Device(false);
    try (BackupKey key = first.create(8);
        BackupKey other = BackupKey.generate(TestRandom.of(99))) {
      assertThat(get(second.service.useKey(other))).isEqualTo(KeyOutcome.DOES_NOT_FIT);
      FaultPlan.Active fault =
          server
              .faults()
              .add(
                  FaultRule.on("/room_keys/version$", new Fault.ServerError(403))
                      .method("GET")
                      .always());
      assertThat(get(second.service.useKey(key))).isEqualTo(KeyOutcome.UNKNOWN);
      get(second.service.check());
      assertThat(second.troubles).isNotEmpty();
      fault.remove();
      ObjectNode odd = Json.newObject().put("algorithm", "m.megolm_backup.v9");
      odd.set("auth_data", BackupAuth.of(key.publicKey()).toJson().get("auth_data"));
      get(second.client.matrix().api().call(ApiRequest.post(odd, "v3", "room_keys", "version")))
          .orThrow();
      assertThat(get(second.service.useKey(key))).isEqualTo(KeyOutcome.DOES_NOT_FIT);
      get(api(second).delete("2")).orThrow();
      assertThat(StoredBackupKey.read(new ClientArchive(second.client))).isEmpty();
      assertThat(get(second.service.useKey(key))).isEqualTo(KeyOutcome.FITS); // control
      StoredBackupKey.Held kept =
          StoredBackupKey.read(new ClientArchive(second.client)).orElseThrow();
      kept.key().close();
      Device third = new Device(false);
      get(api(second).delete("1")).orThrow();
      assertThat(get(third.service.useKey(key))).isEqualTo(KeyOutcome.NO_BACKUP);
      assertThat(StoredBackupKey.read(new ClientArchive(third.client))).isEmpty();
    }
  }

  @Test
  void theKeyInSecretStorageRestoresAndAgainChangesNothing_C28_C35_C37() throws Exception {
    Device first = firstWithBackup();
    BackupKey key = first.create(8);
    Device second = new Device(false);
    assertThat(storage(second).defaultKeyId()).isEmpty();
    try (key;
        OpenStorage made = storage(first).create(Map.of(BackupKey.SECRET_NAME, key.toSecret()));
        OpenStorage opened = storage(second).unlock(made.recoveryKey());
        BackupKey found = BackupKey.fromSecret(opened.read(BackupKey.SECRET_NAME).orElseThrow())) {
      get(second.client.withMachine(machine -> machine.rooms().decrypt(ROOM, event(7))));
      assertThat(get(second.service.useKey(found))).isEqualTo(KeyOutcome.FITS);
      second.awaitState(DownloadState.DONE);
      assertThat(second.held()).isEqualTo(KEYS);
      assertThat(get(second.service.useKey(found))).isEqualTo(KeyOutcome.FITS);
      assertThat(second.judgements).last().isEqualTo("true true");
      assertThat(second.held()).isEqualTo(KEYS);

      opened.store(BackupKey.SECRET_NAME, BackupKey.generate(TestRandom.of(99)).toSecret());
      try (BackupKey wrong =
          BackupKey.fromSecret(opened.read(BackupKey.SECRET_NAME).orElseThrow())) {
        Device third = new Device(false);
        assertThat(get(third.service.useKey(wrong))).isEqualTo(KeyOutcome.DOES_NOT_FIT);
        assertThat(third.judgements).doesNotContain("true true");
      }
      opened.store(BackupKey.SECRET_NAME, "");
      assertThatThrownBy(() -> opened.read(BackupKey.SECRET_NAME))
          .as("empty")
          .isInstanceOf(SecretStorageException.class)
          .hasMessageContaining(BackupKey.SECRET_NAME);
    }
  }

  @Test
  void laneLaterWhatIsEnoughFollowsFromWhatIsHere() throws Exception {
    assertThat(LaneRunner.enough(Optional.empty())).isEqualTo(Long.MAX_VALUE);
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8);
        ExportedRoomKey late = TestKeys.roomKey(ROOM, 6, 4, false)) {
      Device second = new Device(false);
      server
          .faults()
          .add(FaultRule.on("/room_keys/keys$", new Fault.ServerError(502)).method("GET").always());
      get(second.service.useKey(key));
      second.awaitState(DownloadState.WAITING);
      second.vault().merge(List.of(late), Optional.empty());
      assertThat(LaneRunner.enough(second.vault().held(late.id(), ""))).isEqualTo(3);
      second.service.rooms().lookingAt(Set.of(ROOM));
      get(second.client.withMachine(machine -> machine.rooms().decrypt(ROOM, event(6))));
      await().atMost(LIMIT).until(() -> LaneRunner.enough(second.vault().held(late.id(), "")) == 0);
    }
  }

  private static ObjectNode event(long seed) {
    ObjectNode event = Json.newObject().put("type", "m.room.encrypted").put("sender", "@b:c");
    event.put("event_id", "$event" + seed).put("room_id", ROOM);
    event
        .putObject("content")
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("session_id", TestKeys.roomKey(ROOM, seed, 0, false).id().sessionId())
        .put("ciphertext", TestKeys.message(seed));
    return event;
  }

  @Test
  void oneThatCannotBeMadeLeavesNothing_C30_ours() throws Exception {
    Device device = firstWithBackup();
    FaultPlan.Active fault =
        server
            .faults()
            .add(
                FaultRule.on("/room_keys/version$", new Fault.ServerError(403))
                    .method("POST")
                    .always());
    assertThat(get(device.service.create(TestRandom.of(8), 0)))
        .isInstanceOf(ApiResult.Failed.class);
    assertThat(StoredBackupKey.read(new ClientArchive(device.client))).isEmpty();
    assertThat(device.judgements).containsOnly("none");
    fault.remove();
    device.create(9).close(); // control: judged as readable, and uploaded to
    assertThat(device.judgements).last().isEqualTo("true true");
  }

  @Test
  void afterARestartItGoesOnWithTheKeyThatItKept_C32_ours() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    device.restart(PreferenceSettings.DEFAULT);
    device.addKeys(KEYS, KEYS + 1);
    await().atMost(LIMIT).until(() -> device.judgements.contains("true true"));
    get(device.service.flush());
    await().atMost(LIMIT).until(() -> device.vault().countNotBackedUp("1") == 0);
  }

  @Test
  void theKeyOfAnOwnMessageIsUploaded_C34() throws Exception {
    Device device = new Device(true);
    device.client.start();
    get(device.client.published());
    await().atMost(LIMIT).until(() -> device.judgements.contains("none"));
    device.create(8).close();
    String room =
        get(device.client.matrix().rooms().createRoom(NewRoom.byInvitation().encrypted()))
            .orThrow();
    ObjectNode content = Json.newObject().put("msgtype", "m.text").put("body", "hello");
    RoomSendOutcome.Sent sent =
        (RoomSendOutcome.Sent) get(device.client.rooms().send(room, "m.room.message", content));
    RoomKeyId key = sent.encryption().key();
    get(device.service.flush());
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              device.service.flush();
              return device.vault().held(key, "1").orElseThrow().backedUp();
            });
    assertThat(get(api(device).key("1", key)).orThrow().has("session_data")).isTrue();
  }

  @Test
  void aRoomsKeysThenOneWithASlashInItsId_C38() throws Exception {
    Device first = firstWithBackup();
    long seed = KEYS;
    while (!TestKeys.roomKey(ROOM, seed, 0, false).id().sessionId().contains("/")) {
      seed++;
    }
    try (BackupKey key = first.create(8);
        ExportedRoomKey slashed = TestKeys.roomKey("!other:localhost", seed, 0, false)) {
      first.vault().merge(List.of(slashed), Optional.empty());
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                first.service.flush();
                return first.vault().countNotBackedUp("1") == 0;
              });
      Device second = new Device(false);
      server
          .faults()
          .add(FaultRule.on("/room_keys/keys$", new Fault.ServerError(502)).method("GET").always());
      get(second.service.useKey(key));
      second.awaitState(DownloadState.WAITING);
      assertThat(get(second.service.rooms().bring(ROOM)).orThrow()).isEqualTo(KEYS);
      assertThat(second.held()).isEqualTo(KEYS);
      ObjectNode message = event(seed).put("room_id", "!other:localhost");
      get(second.client.withMachine(m -> m.rooms().decrypt("!other:localhost", message)));
      await().atMost(LIMIT).until(() -> second.held() == KEYS + 1);
      assertThat(exchanges)
          .anyMatch(one -> one.uri().contains("/room_keys/keys/") && one.uri().contains("%2F"));
    }
  }

  @Test
  void whetherThereIsOneIsAskedAndAnErrorIsNotNone_C41_ours() throws Exception {
    Device device = firstWithBackup();
    assertThat(get(api(device).version())).isInstanceOf(VersionAnswer.None.class);
    device.create(8).close();
    assertThat(get(api(device).version())).isInstanceOf(VersionAnswer.Current.class);
    for (Fault fault :
        new Fault[] {new Fault.ServerError(404), new Fault.TooManyRequests(Duration.ofHours(2))}) {
      FaultPlan.Active active =
          server.faults().add(FaultRule.on("/room_keys/version$", fault).method("GET").always());
      assertThat(get(api(device).version())).isInstanceOf(VersionAnswer.Unknown.class);
      active.remove();
    }
    get(api(device).delete("1")).orThrow();
    assertThat(get(api(device).version())).isInstanceOf(VersionAnswer.None.class);
  }

  /** Nothing is made by itself: who has no fitting key is told the number that would be lost. */
  @Test
  void whoHasNoFittingKeyMakesANewOneByConfirmingTheLoss_C55_ours() throws Exception {
    Device first = firstWithBackup();
    first.create(8).close();
    Device second = new Device(false);
    try (BackupKey unfitting = BackupKey.generate(TestRandom.of(99))) {
      assertThat(get(second.service.useKey(unfitting))).isEqualTo(KeyOutcome.DOES_NOT_FIT);
    }
    assertThatThrownBy(() -> get(second.service.create(TestRandom.of(9), 0)))
        .hasCauseInstanceOf(UnconfirmedLossException.class);
    assertThat(asked("POST", "/room_keys/version")).isOne();
    second.create(9, KEYS).close();
    assertThat(asked("POST", "/room_keys/version")).isEqualTo(2);
    assertThat(second.judgements).last().isEqualTo("true true");
  }
}
