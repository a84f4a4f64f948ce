package io.matrixrtc.backup.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FullDownloadTest {
  private static Map<RoomKeyId, String> undisturbed(BackupServer server) throws Exception {
    return Driver.of(server).start(false).run().store.vault.contents();
  }

  @Test
  void oneKeyIsRestored_C24() throws Exception {
    Driver driver = Driver.of(new BackupServer().add("!r:e", 1, 0)).start(false).run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(driver.store.vault.contents()).hasSize(1);
    assertThat(driver.file.length()).isZero();
    assertThat(driver.told.get(driver.told.size() - 1))
        .isEqualTo(
            new DownloadProgress(
                "1",
                DownloadState.DONE,
                1,
                1,
                1,
                0,
                0,
                driver.told.get(driver.told.size() - 1).bytes(),
                Optional.empty()));
  }

  @Test
  void dlBatchOf200AcrossRoomsWithProgress_C25() throws Exception {
    Driver driver = Driver.of(BackupServer.of(832, 5, 0));
    driver.chunk = 1 << 20;
    driver.start(false).run();
    assertThat(driver.store.batches()).containsExactly(200, 200, 200, 200, 32);
    assertThat(driver.told.get(0).state()).isEqualTo(DownloadState.FETCHING);
    for (DownloadProgress progress : driver.told) {
      assertThat(progress.imported() + progress.unchanged() + progress.failed())
          .isLessThanOrEqualTo(progress.seen());
    }
  }

  @Test
  void dlWayBatchesAreSmallWhileSomebodyWaitsForAKey() throws Exception {
    Driver driver = Driver.of(BackupServer.of(3_000, 3, 0));
    driver.chunk = 1 << 23;
    driver.start(false);
    batches(driver, 2);
    driver.download.makeWay(driver.now);
    batches(driver, 8);
    // Two were begun ahead by then
    assertThat(driver.store.batches()).containsExactly(200, 200, 200, 200, 50, 50, 50, 50);
    driver.now = driver.now.plusSeconds(2);
    batches(driver, 12);
    assertThat(driver.store.batches().subList(8, 12)).containsExactly(50, 50, 200, 200);
    driver.download.makeWay(driver.now.plusSeconds(60)); // before the clock went back
    batches(driver, 16);
    assertThat(driver.store.batches().subList(12, 16)).containsOnly(200);
    assertThat(driver.run().job().imported()).isEqualTo(3_000);
  }

  private static void batches(Driver driver, int count) throws Exception {
    while (driver.store.batches().size() < count) {
      assertThat(driver.once()).isTrue();
    }
  }

  @Test
  void entriesThatCannotBeUsedAreListedAndBlockNothing_C27_C29() throws Exception {
    Driver driver = Driver.of(BackupServer.of(20, 3, 700)).start(false).run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(driver.job().imported()).isEqualTo(20);
    assertThat(driver.job().failed()).isEqualTo(700);
    assertThat(driver.store.damaged()).hasSize(700);
    assertThat(driver.store.damaged().get(0).reason()).isEqualTo(Reason.MISSING_FIELD);
    assertThat(driver.job().done()).isEqualTo(driver.job().seen()).isEqualTo(720);
  }

  @Test
  void dlWholeOnlyWithTheLastBraceAndACleanEnd() throws Exception {
    BackupServer server = BackupServer.of(30, 3, 0);
    int length = server.answer().length;
    Cases.run(
        "answers cut short",
        60,
        2_000,
        (seed, random) -> {
          Driver driver = Driver.of(server);
          driver.cutAfter = random.nextInt(length);
          driver.start(false).run();
          assertThat(driver.job().state()).isEqualTo(DownloadState.WAITING);
          assertThat(driver.job().whole()).isFalse();
          driver.cutAfter = Long.MAX_VALUE;
          driver.wake();
          assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
          assertThat(driver.store.vault.contents()).hasSize(30);
          assertThat(driver.job().seen()).isEqualTo(30);
        });
  }

  @Test
  void dlWholeNotWithTrailingGarbage() throws Exception {
    Driver driver = Driver.of(BackupServer.of(3, 1, 0)).start(false).run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
    EntryScanner scanner = EntryScanner.ofBackup(new Entries());
    scanner.feed("{} x".getBytes(java.nio.charset.StandardCharsets.UTF_8), 4);
    assertThat(scanner.isWhole()).isFalse();
    assertThat(scanner.isMalformed()).isTrue();
  }

  @Test
  void dlAgainAfterABreakNothingIsOpenedTwice() throws Exception {
    BackupServer server = BackupServer.of(40, 3, 2);
    Driver driver = Driver.of(server);
    driver.cutAfter = server.answer().length - 50;
    driver.start(false).run();
    driver.cutAfter = Long.MAX_VALUE;
    driver.wake();
    assertThat(driver.fetches).isEqualTo(2);
    assertThat(driver.store.openedKeys()).isEqualTo(40);
    assertThat(driver.job().failed()).isEqualTo(2);
    assertThat(driver.job().seen()).isEqualTo(42);
  }

  @Test
  void dlKnownKeysOfThisVersionAreNotOpened() throws Exception {
    BackupServer server = BackupServer.of(40, 3, 0);
    Driver first = Driver.of(server).start(false).run();
    int opened = first.store.openedKeys();
    server.add("!room0:example.org", 99, 0);
    Driver again = first.restarted();
    again.start(false).run(); // the etag differs now
    assertThat(again.store.openedKeys() - opened).isEqualTo(1);
    assertThat(again.job().unchanged()).isEqualTo(40);
    assertThat(again.job().imported()).isEqualTo(1);
  }

  @Test
  void aCompleteDownloadDoesNotRunAgain() throws Exception {
    Driver driver = Driver.of(BackupServer.of(3, 1, 0)).start(false).run();
    driver.start(false).run();
    assertThat(driver.fetches).isEqualTo(1);
  }

  @Test
  void dlCheckpointSurvivesAKillAnywhere_ours() throws Exception {
    BackupServer server = BackupServer.of(120, 4, 3);
    Map<RoomKeyId, String> expected = undisturbed(server);
    Cases.run(
        "download killed anywhere",
        40,
        300,
        (seed, random) -> {
          Driver driver = Driver.of(server);
          for (int kills = 1 + random.nextInt(3); kills > 0; kills--) {
            driver = killedSomewhere(driver, random).restarted();
          }
          driver.store.dieAfter(Integer.MAX_VALUE, false);
          driver.start(false).run();
          assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
          assertThat(driver.store.vault.contents()).isEqualTo(expected);
          assertThat(driver.store.damaged()).hasSize(3);
          assertThat(driver.job().done()).isEqualTo(driver.job().seen());
          assertThat(driver.file.length()).isZero();
        });
  }

  private static Driver killedSomewhere(Driver driver, SplittableRandom random) throws Exception {
    driver.chunk = 1 + random.nextInt(5_000);
    driver.store.dieAfter(random.nextInt(12), random.nextBoolean());
    try {
      driver.start(false);
      for (int left = random.nextInt(400); left > 0 && driver.once(); left--) {
        if (random.nextInt(20) == 0) {
          driver.now = driver.now.plusSeconds(3); // lets it sync
        }
      }
    } catch (MemoryDownloadStore.Killed e) {
      assertThat(e).isNotNull();
    }
    driver.file.crash(random.nextInt(driver.file.unsynced() + 1));
    return driver;
  }

  @Test
  void spoolThatWasShortenedOrDeletedIsFetchedAgain() throws Exception {
    BackupServer server = BackupServer.of(60, 3, 0);
    Map<RoomKeyId, String> expected = undisturbed(server);
    for (int size : new int[] {0, 1, 700, 20_000}) {
      Driver driver = Driver.of(server);
      driver.start(false);
      while (driver.store.batches().isEmpty()) {
        driver.now = driver.now.plusSeconds(3);
        driver.once();
      }
      driver.file.cutTo(size);
      Driver restarted = driver.restarted();
      restarted.start(false).run();
      assertThat(restarted.job().state()).isEqualTo(DownloadState.DONE);
      assertThat(restarted.store.vault.contents()).isEqualTo(expected);
      assertThat(restarted.job().done()).isEqualTo(restarted.job().seen());
    }
  }

  @Test
  void spoolCrcOfAFlippedBitFetchesWhatIsLost() throws Exception {
    BackupServer server = BackupServer.of(60, 3, 0);
    Map<RoomKeyId, String> expected = undisturbed(server);
    Cases.run(
        "bit flips in the spool",
        30,
        500,
        (seed, random) -> {
          Driver driver = Driver.of(server);
          driver.chunk = 1 << 20;
          driver.start(false);
          driver.once(); // a step with nothing to do
          driver.once(); // the request
          driver.add(List.of());
          driver.once();
          driver.now = driver.now.plusSeconds(3);
          driver.once();
          int length = (int) driver.file.length();
          if (length > 0) {
            driver.file.flipBit(random.nextInt(length));
          }
          Driver restarted = driver.restarted();
          restarted.start(false).run();
          assertThat(restarted.job().state()).isEqualTo(DownloadState.DONE);
          assertThat(restarted.store.vault.contents()).isEqualTo(expected);
        });
  }

  @Test
  void spoolTornEndIsCutOff() throws Exception {
    MemorySpoolFile file = new MemorySpoolFile();
    Spool spool = Spool.recover(file);
    spool.append("!r:e", "one", new byte[] {'{', '}'});
    long good = spool.end();
    spool.append("!r:e", "two", new byte[] {'{', '}'});
    for (int cut = (int) good; cut < spool.end(); cut++) {
      MemorySpoolFile torn = new MemorySpoolFile();
      byte[] bytes = new byte[cut];
      file.read(0, bytes);
      torn.append(bytes, cut);
      Spool recovered = Spool.recover(torn);
      assertThat(recovered.end()).isEqualTo(good);
      assertThat(recovered.entries()).isEqualTo(1);
    }
    assertThat(Spool.recover(file).entries()).isEqualTo(2);
  }

  @Test
  void spoolFindGivesAnEntryThatIsNotImportedYet() throws Exception {
    Driver driver = Driver.of(BackupServer.of(40, 3, 0));
    RoomKeyId id = TestKeys.roomKey("!room0:example.org", 0, 0, false).id();
    driver.start(false);
    assertThat(driver.download.fetchedEntry(id)).isEmpty();
    while (driver.download.fetchedEntry(id).isEmpty()) {
      driver.once();
    }
    assertThat(driver.store.vault.key(id)).isEmpty();
    assertThat(driver.download.fetchedEntry(new RoomKeyId("!room1:example.org", id.sessionId())))
        .isEmpty();
    while (driver.store.vault.key(id).isEmpty()) { // framed, synced, opened: found until it is kept
      assertThat(driver.download.fetchedEntry(id)).isPresent();
      assertThat(driver.once()).isTrue();
    }
    driver.run();
    assertThat(driver.download.fetchedEntry(id)).isEmpty();
  }

  @Test
  void dlPauseSurvivesARestartAndGoesOnByTheUser() throws Exception {
    BackupServer server = BackupServer.of(60, 3, 0);
    Driver driver = Driver.of(server);
    driver.start(false);
    for (int i = 0; i < 20; i++) {
      driver.once();
    }
    driver.add(driver.download.pause(driver.now));
    driver.run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.PAUSED);
    Driver restarted = driver.restarted();
    restarted.start(false).run();
    assertThat(restarted.fetches).isZero();
    assertThat(restarted.job().state()).isEqualTo(DownloadState.PAUSED);
    restarted.start(true).run();
    assertThat(restarted.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(restarted.store.vault.contents()).isEqualTo(undisturbed(server));
  }

  @Test
  void dlPauseAfterItWasReadWholeDoesNotFetchAgain() throws Exception {
    Driver driver = Driver.of(BackupServer.of(700, 3, 0));
    driver.chunk = 1 << 20;
    driver.start(false);
    while (!driver.store.job().map(DownloadJob::whole).orElse(false)) {
      driver.once();
    }
    driver.add(driver.download.pause(driver.now));
    driver.run();
    Driver restarted = driver.restarted();
    restarted.start(true).run();
    assertThat(restarted.fetches).isZero();
    assertThat(restarted.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(restarted.store.vault.contents()).hasSize(700);
  }

  @Test
  void dlStopDeletesTheSpoolAndDoesNotStartByItself() throws Exception {
    Driver driver = Driver.of(BackupServer.of(60, 3, 0));
    driver.start(false);
    for (int i = 0; i < 20; i++) {
      driver.once();
    }
    driver.add(driver.download.stop(driver.now));
    driver.run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.STOPPED);
    assertThat(driver.file.length()).isZero();
    driver.start(false).run();
    assertThat(driver.fetches).isEqualTo(1);
    driver.start(true).run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
  }

  @Test
  void dlOnceStartingWhileItRunsIsTheSameJob() throws Exception {
    Driver driver = Driver.of(BackupServer.of(20, 3, 0)).start(false);
    List<DownloadEffect> second =
        driver.download.start(driver.server.version(), driver.server.key, false, driver.now);
    assertThat(second).hasSize(1).allMatch(DownloadEffect.Tell.class::isInstance);
    driver.run();
    assertThat(driver.fetches).isEqualTo(1);
  }

  @Test
  void dlLeaseKeepsASecondProcessAway() throws Exception {
    BackupServer server = BackupServer.of(20, 3, 0);
    Driver first = Driver.of(server).start(false);
    Driver second = new Driver(server, first.store, new MemorySpoolFile(), "them");
    second.start(false).run();
    assertThat(second.fetches).isZero();
    assertThat(second.wakeAt).isEqualTo(first.now.plusSeconds(30));
    first.run();
    assertThat(first.job().state()).isEqualTo(DownloadState.DONE);
  }

  @Test
  void dlLeaseTakenOverStopsTheFirstBeforeItsNextCommit() throws Exception {
    Driver driver = Driver.of(BackupServer.of(20, 3, 0));
    driver.chunk = 1 << 20;
    driver.start(false);
    driver.once();
    driver.once();
    driver.store.takeOver("them", driver.now.plusSeconds(30));
    driver.run();
    assertThat(driver.store.vault.contents()).isEmpty();
    assertThat(driver.seen).contains(new DownloadEffect.CancelFetch());
    assertThat(driver.job().owner()).isEqualTo("them");
  }

  @Test
  void dlLeaseUnderAClockThatWentBackDoesNotLockForADay() throws Exception {
    Driver first = Driver.of(BackupServer.of(20, 3, 0)).start(false);
    Driver second = new Driver(first.server, first.store, first.file, "them");
    second.now = first.now.minus(Duration.ofDays(1));
    second.start(false).run();
    assertThat(second.job().state()).isEqualTo(DownloadState.DONE);
  }

  @Test
  void dlRetryDoublesUpToTenMinutesAndHonours429() throws Exception {
    Driver driver = Driver.of(BackupServer.of(3, 1, 0));
    driver.cutAfter = 10;
    driver.start(false).run();
    for (long seconds : new long[] {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
      int before = driver.fetches;
      Instant failedAt = driver.now;
      driver.now = failedAt.plusSeconds(seconds).minusMillis(500);
      driver.add(driver.download.wake(driver.now));
      driver.run();
      assertThat(driver.fetches).isEqualTo(before);
      driver.now = failedAt.plusSeconds(seconds);
      driver.add(driver.download.wake(driver.now));
      driver.run();
      assertThat(driver.fetches).isEqualTo(before + 1);
    }
    FetchFailure asked =
        new FetchFailure(FetchFailure.Kind.TRY_AGAIN, Optional.of(Duration.ofHours(1)));
    Driver limited = Driver.of(driver.server).start(false);
    limited.add(limited.download.failed(asked, limited.now));
    assertThat(limited.download.wake(limited.now.plusSeconds(3_599)))
        .doesNotContain(new DownloadEffect.Fetch("1"));
    assertThat(limited.download.wake(limited.now.plusSeconds(3_600)))
        .contains(new DownloadEffect.Fetch("1"));
  }

  /**
   * A connection that is reset, and a gateway that answers 502 or 504, come as the same failure.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 99})
  void aConnectionThatBreaksAnywhereChangesNothing(int percent) throws Exception {
    BackupServer server = BackupServer.of(60, 3, 2);
    int breaksAt = server.answer().length * percent / 100;
    Driver driver = Driver.of(server);
    driver.chunk = 100;
    driver.start(false);
    while (driver.sent() < breaksAt || driver.fetches == 0) {
      assertThat(driver.once()).isTrue();
    }
    driver.add(driver.download.failed(FetchFailure.tryAgain(), driver.now));
    driver.run().wake();
    assertThat(driver.fetches).isEqualTo(2);
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(driver.job().done()).isEqualTo(driver.job().seen()).isEqualTo(62);
    assertThat(driver.store.vault.contents()).isEqualTo(undisturbed(server));
  }

  @Test
  void aLostTokenWaitsForALogin() throws Exception {
    Driver driver = Driver.of(BackupServer.of(3, 1, 0)).start(false);
    driver.once();
    driver.once();
    driver.add(
        driver.download.failed(
            new FetchFailure(FetchFailure.Kind.LOGGED_OUT, Optional.empty()), driver.now));
    driver.run();
    driver.wake().wake();
    assertThat(driver.fetches).isEqualTo(1);
    assertThat(driver.job().state()).isEqualTo(DownloadState.WAITING);
    driver.add(driver.download.loggedIn(driver.now));
    driver.run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
  }

  @Test
  void dlGoneWhatWasFetchedIsImportedFirst() throws Exception {
    BackupServer server = BackupServer.of(60, 3, 0);
    Driver driver = Driver.of(server);
    driver.start(false);
    for (int i = 0; i < 30; i++) {
      driver.once();
    }
    driver.add(
        driver.download.failed(
            new FetchFailure(FetchFailure.Kind.GONE, Optional.empty()), driver.now));
    driver.run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.FAILED);
    assertThat(driver.job().done()).isEqualTo(driver.job().seen()).isGreaterThan(5);
    assertThat(driver.store.vault.contents()).hasSize((int) driver.job().seen());
  }

  @Test
  void dlGoneTheSpoolOfAnOldVersionIsDrainedWithItsKey() throws Exception {
    BackupServer server = BackupServer.of(60, 3, 0);
    Driver driver = Driver.of(server);
    driver.start(false);
    for (int i = 0; i < 30; i++) {
      driver.once();
    }
    driver.add(driver.download.pause(driver.now));
    driver.run();
    long fetched = driver.job().seen();
    assertThat(fetched).isGreaterThan(driver.job().done());
    Driver restarted = driver.restarted();
    BackupKey other = BackupKey.generate(TestRandom.of(5));
    assertThat(restarted.download.drain(other, restarted.now)).isEmpty();
    restarted.add(restarted.download.drain(server.key, restarted.now));
    restarted.run();
    assertThat(restarted.fetches).isZero();
    assertThat(restarted.job().state()).isEqualTo(DownloadState.FAILED);
    assertThat(restarted.store.vault.contents()).hasSize((int) fetched);
    BackupVersion next = new BackupVersion("2", BackupAuth.of(other.publicKey()), 9, "e");
    assertThat(restarted.download.start(next, other, false, restarted.now))
        .contains(new DownloadEffect.Fetch("2"));
  }

  @Test
  void dlCompleteIsCheckedAgainstCountAndEtag() throws Exception {
    Driver same = Driver.of(BackupServer.of(5, 1, 0)).start(false).run();
    assertThat(same.seen).doesNotContain(new DownloadEffect.LightPassDue());
    Driver changed = Driver.of(BackupServer.of(5, 1, 0));
    changed.versionAtEnd = Optional.of(changed.server.version("other"));
    changed.start(false).run();
    assertThat(changed.seen).contains(new DownloadEffect.LightPassDue());
    assertThat(changed.job().state()).isEqualTo(DownloadState.DONE);
  }

  @Test
  void dlCompleteWithFewerEntriesThanTheServerCountsItRunsAgain() throws Exception {
    BackupServer server = BackupServer.of(5, 1, 0);
    Driver whole = Driver.of(server).start(false).run();
    assertThat(whole.restarted().start(true).run().fetches).as("control").isZero();
    Driver short1 = Driver.of(server);
    BackupVersion says = server.version();
    short1.versionAtEnd =
        Optional.of(new BackupVersion(says.version(), says.auth(), 6, says.etag()));
    short1.start(false).run();
    assertThat(short1.seen).contains(new DownloadEffect.LightPassDue());
    assertThat(short1.restarted().start(true).run().fetches).isOne();
  }

  @Test
  void anotherVersionStartsAfresh() throws Exception {
    Driver driver = Driver.of(BackupServer.of(20, 3, 0)).start(false).run();
    BackupKey other = BackupKey.generate(TestRandom.of(5));
    BackupVersion next = new BackupVersion("2", BackupAuth.of(other.publicKey()), 9, "e");
    List<DownloadEffect> effects = driver.download.start(next, other, false, driver.now);
    assertThat(effects).contains(new DownloadEffect.Fetch("2"));
    assertThat(driver.job().version()).isEqualTo("2");
    assertThat(driver.job().done()).isZero();
  }

  @Test
  void aFullDiskIsAnErrorAndNothingIsLost() throws Exception {
    BackupServer server = BackupServer.of(60, 3, 0);
    Driver driver = Driver.of(server);
    driver.file.capacity(9_000);
    driver.start(false);
    assertThatExceptionOfType(IOException.class).isThrownBy(driver::run);
    driver.file.capacity(Long.MAX_VALUE);
    Driver restarted = driver.restarted();
    restarted.start(false).run();
    assertThat(restarted.store.vault.contents()).isEqualTo(undisturbed(server));
  }

  /** A batch that cannot be written is not counted as bad keys: it is written by the next run. */
  @Test
  void aFullStoreIsAnErrorAndNothingIsLost_C26_ours() throws Exception {
    BackupServer server = BackupServer.of(600, 3, 0);
    Driver driver = Driver.of(server);
    driver.store.full(true);
    driver.start(false);
    assertThatExceptionOfType(VaultException.class).isThrownBy(driver::run);
    assertThat(driver.job().failed()).isZero();
    driver.store.full(false);
    Driver restarted = driver.restarted();
    restarted.start(false).run();
    assertThat(restarted.store.vault.contents()).isEqualTo(undisturbed(server));
  }

  /**
   * B3.9: what is sealed has no MAC that covers it (BOX-MAC), so only what it says can be wrong.
   */
  @Test
  void aFlippedBitInASealedEntryIsListedAndNeverImportedAsAnotherKey() throws Exception {
    Map<RoomKeyId, String> expected = undisturbed(BackupServer.of(8, 2, 0));
    Cases.run(
        "bit flips in sealed entries",
        200,
        1_000,
        (seed, random) -> {
          BackupServer server = BackupServer.of(8, 2, 0);
          ObjectNode sessions =
              (ObjectNode) server.rooms.path("!room" + random.nextInt(2) + ":example.org");
          ObjectNode entry =
              (ObjectNode) sessions.path("sessions").elements().next().path("session_data");
          byte[] sealed = Base64.getDecoder().decode(entry.path("ciphertext").asText());
          sealed[random.nextInt(sealed.length)] ^= (byte) (1 << random.nextInt(8));
          entry.put("ciphertext", Base64.getEncoder().withoutPadding().encodeToString(sealed));
          Driver driver = Driver.of(server).start(false).run();
          assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
          assertThat(driver.job().failed()).isOne();
          assertThat(driver.store.damaged()).hasSize(1);
          assertThat(driver.store.vault.contents()).hasSize(7);
          assertThat(expected).containsAllEntriesOf(driver.store.vault.contents());
        });
  }

  /** B3.16: while the download runs, the senders of two sessions share them with us. */
  @Test
  void aKeyThatComesFirstHandMeanwhileIsMergedWithWhatTheBackupHas() throws Exception {
    BackupServer server = BackupServer.of(600, 1, 0).add("!s:e", 1_001, 5).add("!s:e", 1_002, 5);
    Driver driver = Driver.of(server);
    driver.chunk = 1 << 23;
    driver.start(false);
    batches(driver, 1);
    driver.store.vault.merge(
        List.of(
            TestKeys.roomKey("!s:e", 1_001, 2, false), TestKeys.roomKey("!s:e", 1_002, 9, false)),
        Optional.empty());
    driver.run();
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(first(driver, 1_001)).as("ours is better").isEqualTo(2);
    assertThat(first(driver, 1_002)).as("the backup's is better").isEqualTo(5);
    assertThat(driver.store.vault.countNotBackedUp("1")).as("the better one of ours").isOne();
    assertThat(driver.job().done()).isEqualTo(602);
  }

  private static long first(Driver driver, long seed) throws Exception {
    RoomKeyId id = TestKeys.roomKey("!s:e", seed, 0, false).id();
    return driver.store.vault.key(id).orElseThrow().firstKnownIndex();
  }

  @Test
  void aBetterKeyInTheStoreIsNeverMadeWorse() throws Exception {
    BackupServer server = new BackupServer().add("!r:e", 1, 9);
    Driver driver = Driver.of(server);
    driver.store.vault.merge(List.of(TestKeys.roomKey("!r:e", 1, 2, true)), Optional.empty());
    driver.start(false).run();
    RoomKeyId id = TestKeys.roomKey("!r:e", 1, 2, true).id();
    assertThat(driver.store.vault.key(id).orElseThrow().firstKnownIndex()).isEqualTo(2);
    assertThat(driver.store.vault.countNotBackedUp("1")).isEqualTo(1); // to be uploaded again
    assertThat(driver.job().unchanged()).isEqualTo(1);
  }

  /** What we had uploaded from index 2 on, and the server has replaced by a later part. */
  @Test
  void whatTheServerReplacedByAWorseCopyIsUploadedAgain_BACKUP_WORSE() throws Exception {
    BackupServer server = new BackupServer().add("!r:e", 1, 9).add("!r:e", 2, 2);
    Driver driver = Driver.of(server);
    for (int key = 1; key <= 2; key++) {
      driver.store.vault.merge(List.of(TestKeys.roomKey("!r:e", key, 2, false)), Optional.of("1"));
    }
    assertThat(driver.store.vault.countNotBackedUp("1")).isZero();
    driver.start(false).run();
    RoomKeyId replaced = TestKeys.roomKey("!r:e", 1, 2, false).id();
    assertThat(driver.store.vault.held(replaced, "1")).contains(new RoomKeyVault.Held(2, false));
    assertThat(driver.store.vault.countNotBackedUp("1")).as("the other one is the control").isOne();
    assertThat(driver.store.openedKeys()).isOne();
  }

  @Test
  void importedKeysAreNotUploadedBack_C12() throws Exception {
    Driver driver = Driver.of(BackupServer.of(20, 3, 0)).start(false).run();
    assertThat(driver.store.vault.countNotBackedUp("1")).isZero();
    assertThat(driver.store.vault.countNotBackedUp("2")).isEqualTo(20);
  }

  @Test
  void progressComesAtMostFiveTimesASecondAndTellsWhatIsLeft() throws Exception {
    Driver driver = Driver.of(BackupServer.of(900, 3, 0));
    driver.start(false).run();
    assertThat(driver.told.size()).isLessThan(20);
    assertThat(driver.told.get(driver.told.size() - 1).state()).isEqualTo(DownloadState.DONE);
    Pace pace = new Pace(Driver.START, 100);
    assertThat(pace.remaining(Driver.START.plusSeconds(10), 200, 1_100))
        .contains(Duration.ofSeconds(90));
    assertThat(pace.remaining(Driver.START, 200, 1_100)).isEmpty();
    assertThat(pace.isEventDue(Driver.START)).isTrue();
    assertThat(pace.isEventDue(Driver.START.plusMillis(199))).isFalse();
    assertThat(pace.isEventDue(Driver.START.plusMillis(200))).isTrue();
    assertThat(pace.isEventDue(Driver.START.minusSeconds(9))).isTrue();
  }
}
