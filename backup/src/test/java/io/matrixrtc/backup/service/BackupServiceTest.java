package io.matrixrtc.backup.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.archive.StoredPass;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.download.OpenerPool;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.upload.Losses;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.Changes;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices of one account with the embedded homeserver, over HTTP. */
class BackupServiceTest extends BackupWorld {
  @Test
  void whatOneDeviceUploadsTheNextBringsByItself_C1_C12() throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8);
        BackupKey other = BackupKey.generate(TestRandom.of(99))) {
      Device second = new Device(false);
      assertThat(get(second.service.useKey(other)))
          .isEqualTo(BackupService.KeyOutcome.DOES_NOT_FIT);
      assertThat(second.held()).isZero();
      assertThat(get(second.service.useKey(key))).isEqualTo(BackupService.KeyOutcome.FITS);
      second.awaitState(DownloadState.DONE);
      assertThat(second.held()).isEqualTo(KEYS);
      assertThat(second.vault().countNotBackedUp("1")).isZero();
      Losses losses = get(second.service.losses());
      assertThat(losses.notUploaded()).isZero();
      assertThat(losses.notDownloaded()).isZero();
    }
  }

  @Test
  void aKeyThatAMessageWantsComesWhileTheWholeDoesNot_C14() throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8)) {
      Device second = new Device(false);
      server
          .faults()
          .add(FaultRule.on("/room_keys/keys$", new Fault.ServerError(502)).method("GET").always());
      get(second.service.useKey(key));
      second.awaitState(DownloadState.WAITING);
      RoomKeyId id = TestKeys.roomKey(ROOM, 7, 0, false).id();
      get(second.client.withMachine(machine -> machine.rooms().decrypt(ROOM, event(7))));
      await().atMost(LIMIT).until(() -> second.held() == 1);
      assertThat(second.vault().held(id, "1").orElseThrow().backedUp()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dlWayTheDownloadMakesWayForAMessage(boolean somebodyWaits) throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8)) {
      List<Integer> batches = new CopyOnWriteArrayList<>();
      Device second = new Device(false, store -> countingKeys(store, batches));
      server
          .faults()
          .add(
              FaultRule.on("/room_keys/keys$", new Fault.DelayAnswer(Duration.ofMillis(500)))
                  .method("GET")
                  .always());
      get(second.service.useKey(key));
      if (somebodyWaits) {
        get(second.client.withMachine(machine -> machine.rooms().decrypt(ROOM, event(7))));
        await().atMost(LIMIT).until(() -> second.held() == 1);
      }
      second.awaitState(DownloadState.DONE);
      assertThat(second.held()).isEqualTo(KEYS);
      if (somebodyWaits) {
        assertThat(batches)
            .startsWith(1)
            .doesNotContain(KEYS)
            .allMatch(size -> size <= 50)
            .hasSize(4);
      } else {
        assertThat(batches).containsExactly(KEYS);
      }
    }
  }

  /** A store that notes how many keys each transaction brings. */
  private static CryptoStore countingKeys(CryptoStore store, List<Integer> batches) {
    return (CryptoStore)
        Proxy.newProxyInstance(
            CryptoStore.class.getClassLoader(),
            new Class<?>[] {CryptoStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("writeBulk") || method.getName().equals("write")) {
                int keys = ((Changes) arguments[0]).roomKeys().keys().size();
                if (keys > 0) {
                  batches.add(keys);
                }
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void evictConfirmedKeysGoAndComeBackWhenAMessageWantsThem() throws Exception {
    Device device = firstWithBackup();
    device.create(8).close();
    server
        .faults()
        .add(FaultRule.on("/room_keys/keys$", new Fault.ServerError(502)).method("PUT").always());
    device.addKeys(KEYS, KEYS + 1); // not in the backup, and does not get there
    assertThat(get(device.service.rooms().evict(ROOM)).orThrow()).isEqualTo(KEYS);
    assertThat(device.held()).isOne();
    device.judgements.clear();
    get(device.service.check());
    await().atMost(LIMIT).until(() -> !device.judgements.isEmpty());
    assertThat(device.held()).isOne(); // evictStay: they are not brought back as a whole
    get(device.client.withMachine(machine -> machine.rooms().decrypt(ROOM, event(7))));
    await().atMost(LIMIT).until(() -> device.held() == 2);
    assertThat(get(device.service.rooms().bring(ROOM)).orThrow()).isEqualTo(KEYS - 1);
    assertThat(device.held()).isEqualTo(KEYS + 1);
  }

  /** An event of a message of session {@code seed}. */
  private static ObjectNode event(long seed) {
    ObjectNode event = Json.newObject().put("type", "m.room.encrypted").put("sender", "@b:c");
    event.put("event_id", "$event" + seed).put("room_id", ROOM);
    event
        .putObject("content")
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("session_id", TestKeys.roomKey(ROOM, seed, 0, false).id().sessionId())
        .put("ciphertext", megolm(seed));
    return event;
  }

  /** A message of session {@code seed}. */
  private static String megolm(long seed) {
    return TestKeys.message(seed);
  }

  @Test
  void pausedItStaysPausedOverARestartAndGoesOnByTheUser() throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8)) {
      Device second = new Device(false);
      FaultPlan.Active fault =
          server
              .faults()
              .add(
                  FaultRule.on("/room_keys/keys$", new Fault.ServerError(502))
                      .method("GET")
                      .always());
      get(second.service.useKey(key));
      second.awaitState(DownloadState.WAITING);
      get(second.service.pauseDownload());
      second.awaitState(DownloadState.PAUSED);
      fault.remove();
      second.close();
      get(second.client.ended());
      second.judgements.clear();
      second.downloads.clear();
      second.open();
      await().atMost(LIMIT).until(() -> second.judgements.contains("true true"));
      assertThat(get(second.service.downloadProgress())).isEmpty();
      assertThat(second.held()).isZero();
      get(second.service.resumeDownload());
      second.awaitState(DownloadState.DONE);
      assertThat(second.held()).isEqualTo(KEYS);
    }
  }

  @Test
  void authPushOurVerifiedDevicesAreGivenANewKeyAndReadTheBackup_C43_C66() throws Exception {
    Device first = firstWithBackup();
    Device verified = new Device(false);
    Device other = new Device(false);
    for (Device device : devices) {
      device.client.start();
      get(device.client.published());
    }
    get(first
            .client
            .crossSigning()
            .bootstrap(UserAuthentication.password(first.session.userId(), PASSWORD)))
        .sentence();
    verify(first, verified);
    verify(verified, first);
    first.create(8).close();
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              get(verified.service.check());
              return verified.judgements.contains("true false");
            });
    verified.awaitState(DownloadState.DONE);
    assertThat(verified.held()).isEqualTo(KEYS);
    get(verified.service.preference().followOthers()); // prefLater: not by itself
    await().atMost(LIMIT).until(() -> verified.judgements.contains("true true"));
    get(other.service.check());
    await().atMost(LIMIT).until(() -> other.judgements.contains("false false"));
    assertThat(other.judgements).as("nobody verified it").doesNotContain("true true");
    assertThat(other.held()).isZero();
  }

  /** The store fails when the key is to be kept, and later the backup is gone. */
  @Test
  void authGossipIsForgottenWhenItIsKeptOrThereIsNoBackup_C42_C65() throws Exception {
    Device first = firstWithBackup();
    Device verified = new Device(false);
    verified.service.close(); // the test does what it does
    for (Device device : devices) {
      device.client.start();
      get(device.client.published());
    }
    get(first
            .client
            .crossSigning()
            .bootstrap(UserAuthentication.password(first.session.userId(), PASSWORD)))
        .sentence();
    verify(first, verified);
    verify(verified, first);
    first.create(8).close();
    AtomicBoolean full = new AtomicBoolean();
    Archive keys = new ClientArchive(verified.client);
    Archive archive =
        new Archive() {
          @Override
          public <T> T use(Use<T> use) throws VaultException {
            if (full.get()) {
              throw new VaultException("the disk is full");
            }
            return keys.use(use);
          }
        };
    KeptKey kept = new KeptKey(verified.client, archive);
    await().atMost(LIMIT).until(kept::hasArrived);
    BackupVersion version =
        ((VersionAnswer.Current) get(new RoomKeysApi(first.client.matrix().api()).version()))
            .version();
    full.set(true);
    assertThatThrownBy(() -> kept.takeGossip(version, Instant.EPOCH))
        .isInstanceOf(VaultException.class);
    assertThat(kept.get()).isNull();
    assertThat(kept.hasArrived()).as("it is not lost").isTrue();
    kept.noBackup(Instant.EPOCH);
    assertThat(kept.hasArrived()).as("it may be that of a new backup").isTrue();
    full.set(false);
    kept.takeGossip(version, Instant.EPOCH);
    assertThat(kept.hasArrived()).isFalse();
    assertThat(new KeptKey(verified.client, keys).get()).isNotNull();

    first.create(9).close();
    await().atMost(LIMIT).until(kept::hasArrived);
    kept.noBackup(Instant.EPOCH);
    assertThat(kept.hasArrived()).isTrue(); // control
    kept.noBackup(Instant.EPOCH);
    assertThat(kept.hasArrived()).as("nobody needs to ask the server about it again").isFalse();

    first.create(10).close();
    await().atMost(LIMIT).until(kept::hasArrived);
    BackupKey before = kept.get();
    kept.takeGossip(version, Instant.EPOCH);
    assertThat(kept.hasArrived()).as("it does not fit, which is no error").isFalse();
    assertThat(kept.get()).isNotNull().isSameAs(before);
  }

  @Test
  void aVersionThatAnotherDeviceMadeIsNotWrittenToUnlessItIsTrusted_C9() throws Exception {
    Device first = firstWithBackup();
    first.create(8).close();
    Device second = new Device(false);
    second.create(9, KEYS).close();
    first.judgements.clear();
    get(first.service.check());
    await().atMost(LIMIT).until(() -> first.judgements.contains("false false"));
    BackupVersions versions = versions(second);
    assertThatThrownBy(() -> versions.deleteAll(0))
        .as("the older version, whose keys this device has not")
        .isInstanceOfSatisfying(
            UnconfirmedLossException.class, refused -> assertThat(refused.keys()).isEqualTo(KEYS));
    assertThat(versionNow(second)).isEqualTo("1");
    assertThat(versions.deleteAll(KEYS).orThrow()).isEqualTo(1);
    get(first.service.check());
    await().atMost(LIMIT).until(() -> first.judgements.contains("none"));
    assertThat(get(first.service.losses()).backupOff()).isTrue();
  }

  private static BackupVersions versions(Device device) {
    return new BackupVersions(
        device.client,
        new ClientArchive(device.client),
        device.vault(),
        new RoomKeysApi(device.client.matrix().api()));
  }

  @Test
  void upResetIsRefusedByTheServiceUnlessTheLossIsConfirmed_ours() throws Exception {
    Device first = firstWithBackup();
    first.create(8).close();
    Device second = new Device(false); // has nothing of it
    for (long wrong : new long[] {0, KEYS - 1, KEYS + 1}) {
      assertThatThrownBy(() -> get(second.service.create(TestRandom.of(9), wrong)))
          .hasRootCauseInstanceOf(UnconfirmedLossException.class)
          .hasRootCauseMessage(KEYS + " keys are only in the backup, version 1");
      assertThatThrownBy(() -> versions(second).deleteAll(wrong))
          .isInstanceOfSatisfying(
              UnconfirmedLossException.class,
              refused -> assertThat(refused.keys()).isEqualTo(KEYS));
    }
    assertThat(versionNow(first)).isEqualTo("1");
    second.create(9, KEYS).close(); // confirmed
    assertThat(versionNow(first)).isEqualTo("2");
    get(first.service.check());
    first.judgements.clear();
    first.remaining.clear();
    first.create(10).close(); // no loss: the second version is empty
    assertThat(versionNow(first)).isEqualTo("3");
    assertThatThrownBy(() -> versions(second).deleteAll(0))
        .isInstanceOf(UnconfirmedLossException.class);
    assertThat(versions(first).deleteAll(0).orThrow()).isEqualTo(3); // no loss: it is all here
  }

  /** Deleting the current version brings back one below, of which this device holds a part. */
  @Test
  void upOlderAVersionThatComesBackIsLookedIntoAndItsLossConfirmed_ours() throws Exception {
    Device first = firstWithBackup();
    first.create(8).close();
    Device second = new Device(false);
    second.addKeys(0, 30); // by a key file, say
    second.addKeys(100, 100 + KEYS);
    second.create(9, KEYS - 30 - 30).close(); // 30 of the first ones and 30 from 100 on are here
    assertThat(versionNow(second)).isEqualTo("2");
    assertThatThrownBy(() -> versions(second).deleteAll(0))
        .isInstanceOfSatisfying(
            UnconfirmedLossException.class,
            refused -> assertThat(refused.keys()).isEqualTo(KEYS - 60));
    assertThat(versionNow(second)).as("what is above it is gone, it is not").isEqualTo("1");
    assertThatThrownBy(() -> versions(second).deleteAll(KEYS - 61))
        .isInstanceOf(UnconfirmedLossException.class);
    assertThat(versions(first).deleteAll(0).orThrow()).as("who has it all").isEqualTo(1);
  }

  /** The homeserver has them, and this device never heard so. */
  @Test
  void upResetKeysWhoseUploadWasNotAnsweredAreHere_ours() throws Exception {
    Device first = firstWithBackup();
    first.create(8).close();
    server
        .faults()
        .add(FaultRule.on("/room_keys/keys$", new Fault.DropAnswer()).method("PUT").always());
    first.addKeys(KEYS, KEYS + 10);
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              first.service.flush();
              return now(first).count() == KEYS + 10;
            });
    assertThat(first.vault().countNotBackedUp("1")).as("as far as it knows").isEqualTo(10);
    Device second = new Device(false);
    second.addKeys(0, KEYS);
    assertThatThrownBy(() -> versions(second).deleteAll(0))
        .isInstanceOfSatisfying( // control: who has them not
            UnconfirmedLossException.class, refused -> assertThat(refused.keys()).isEqualTo(10));
    assertThat(versions(first).deleteAll(0).orThrow()).isEqualTo(1);
  }

  private static String versionNow(Device device) throws Exception {
    return now(device).version();
  }

  private static BackupVersion now(Device device) throws Exception {
    return ((VersionAnswer.Current) get(new RoomKeysApi(device.client.matrix().api()).version()))
        .version();
  }

  /** All of version 1 is on disk and nothing imported when version 2 takes its place. */
  @Test
  void dlKeyOfAnEarlierVersionIsKeptUntilItsSpoolIsImported() throws Exception {
    Device first = firstWithBackup();
    Device second = new Device(false);
    second.service.close();
    Archive keys = new ClientArchive(second.client);
    RoomKeysApi api = new RoomKeysApi(second.client.matrix().api());
    try (BackupKey key = first.create(8);
        BackupKey next = BackupKey.generate(TestRandom.of(9));
        DiskSpoolFile spool = new DiskSpoolFile(directory.resolve(second.session.deviceId()))) {
      BackupVersion version = ((VersionAnswer.Current) get(api.version())).version();
      StoredBackupKey.write(keys, key, version.version());
      FullDownload download =
          new FullDownload(ArchiveDownloadStore.open(keys), spool, "service", OpenerPool.direct());
      Instant now = Instant.now();
      download.start(version, key, false, now);
      byte[] body =
          get(second
                  .client
                  .matrix()
                  .api()
                  .call(ApiRequest.get("v3", "room_keys", "keys").with("version", "1")))
              .orThrow()
              .toString()
              .getBytes(UTF_8);
      download.received(body, body.length, now);
      download.ended(now);
      assertThat(second.held()).isZero();
      assertThat(versions(second).create(next, KEYS).orThrow()).isEqualTo("2");
      get(api.delete("1")).orThrow();
      try (BackupKey old = StoredBackupKey.ofDownload(keys).orElseThrow()) {
        assertThat(old.toSecret()).isEqualTo(key.toSecret());
      }
    }
    second.close();
    get(second.client.ended());
    second.judgements.clear();
    second.open();
    await().atMost(LIMIT).until(() -> second.held() == KEYS);
    second.awaitState(DownloadState.DONE); // control: and then the new one is gone through
    assertThat(second.judgements).contains("true true");
    await()
        .atMost(LIMIT)
        .until(() -> StoredBackupKey.ofDownload(new ClientArchive(second.client)).isEmpty());
  }

  /** Opens a device again as if its last pass were {@code ago}; returns when it has judged. */
  private void reopen(Device device, Duration ago) throws Exception {
    StoredPass.write(new ClientArchive(device.client), Instant.now().minus(ago));
    device.close();
    get(device.client.ended());
    device.judgements.clear();
    device.downloads.clear();
    exchanges.clear();
    device.open();
    await().atMost(LIMIT).until(() -> device.judgements.contains("true true"));
    get(device.client.matrix().api().call(ApiRequest.get("v3", "joined_rooms")));
    get(device.service.downloadProgress()); // behind what the judgement has begun
  }

  @Test
  void dlOwnUploadsAreNotFetchedAndForeignOnesAre() throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8)) {
      withKeysAdded(first, KEYS, KEYS + 5);
      Device second = new Device(false);
      assertThat(get(second.service.useKey(key))).isEqualTo(BackupService.KeyOutcome.FITS);
      second.awaitState(DownloadState.DONE);
      withKeysAdded(second, KEYS + 5, KEYS + 9);
      reopen(second, Duration.ofDays(2));
      assertThat(wholeFetches()).isZero();

      withKeysAdded(first, KEYS + 9, KEYS + 12); // control
      reopen(second, Duration.ofDays(2));
      await().atMost(LIMIT).until(() -> second.held() == KEYS + 12);
      assertThat(wholeFetches()).isOne();
    }
  }

  @Test
  void dlPassOnceADayOverRestarts() throws Exception {
    Device first = firstWithBackup();
    try (BackupKey key = first.create(8)) {
      Device second = new Device(false);
      get(second.service.useKey(key));
      second.awaitState(DownloadState.DONE);
      withKeysAdded(first, KEYS, KEYS + 5);
      reopen(second, Duration.ofHours(23));
      assertThat(wholeFetches()).isZero();
      reopen(second, Duration.ofHours(25)); // control
      await().atMost(LIMIT).until(() -> second.held() == KEYS + 5);
    }
  }
}
