package io.matrixrtc.backup.download;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.json.Json;
import org.junit.jupiter.api.Test;

/** What a hostile or broken server may put into a backup, at the size that it may have. */
class DownloadBoundsTest {
  private static final String ROOM = "!room0:example.org";
  private static final int GOOD = 12;

  private static void assertGoodOnesAreThere(Driver driver, int damaged) {
    assertThat(driver.job().state()).isEqualTo(DownloadState.DONE);
    assertThat(driver.job().imported()).isEqualTo(GOOD);
    assertThat(driver.job().failed()).isEqualTo(damaged);
    assertThat(driver.store.vault.contents()).hasSize(GOOD);
    assertThat(driver.file.length()).isZero();
  }

  private static Driver run(BackupServer server) throws Exception {
    Driver driver = Driver.of(server);
    driver.chunk = 64 << 10;
    return driver.start(false).run();
  }

  @Test
  void tenThousandDamagedEntriesInARowBlockNothing() throws Exception {
    BackupServer server = BackupServer.of(GOOD, 3, 10_000);
    Driver driver = run(server);
    assertGoodOnesAreThere(driver, 10_000);
    assertThat(driver.store.damaged()).hasSize(10_000);
  }

  @Test
  void anEntryOfTenMegabytesCostsItselfAlone() throws Exception {
    BackupServer server = BackupServer.of(GOOD, 3, 0);
    server.add(ROOM, "huge", TextNode.valueOf("A".repeat(10 << 20)));
    Driver driver = run(server);
    assertGoodOnesAreThere(driver, 1);
    assertThat(driver.store.damaged())
        .containsExactly(new DamagedEntry(ROOM, "huge", Reason.TOO_LONG));
  }

  @Test
  void aRoomIdOfAMegabyteCostsItsEntriesAlone() throws Exception {
    BackupServer server = BackupServer.of(GOOD, 3, 0);
    server.add("!" + "r".repeat(1 << 20), "any", Json.newObject());
    Driver driver = run(server);
    assertGoodOnesAreThere(driver, 1);
    assertThat(driver.store.damaged().get(0).roomId()).hasSize(255);
  }

  @Test
  void manyEmptyRoomsAreNothing() throws Exception {
    BackupServer server = BackupServer.of(GOOD, 3, 0);
    for (int i = 0; i < 50_000; i++) {
      server.rooms.putObject("!empty" + i + ":example.org").putObject("sessions");
    }
    assertGoodOnesAreThere(run(server), 0);
  }

  /** Paused, and killed before anything else happens: it stays paused, and nothing is lost. */
  @Test
  void pausedAndKilledAtOnceItStaysPaused() throws Exception {
    BackupServer server = BackupServer.of(GOOD, 3, 0);
    Driver driver = Driver.of(server);
    driver.start(false);
    for (int i = 0; i < 6; i++) {
      driver.once();
    }
    driver.download.pause(driver.now); // its effects are never carried out
    driver.file.crash(0);
    Driver next = driver.restarted();
    assertThat(next.start(false).run().job().state()).isEqualTo(DownloadState.PAUSED);
    next.start(true).run();
    assertGoodOnesAreThere(next, 0);
  }
}
