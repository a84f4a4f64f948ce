package io.matrixrtc.backup.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpoolFileTest {
  @TempDir private Path folder;

  @Test
  void growsIsReadAndCut() throws Exception {
    try (DiskSpoolFile file = new DiskSpoolFile(folder.resolve("spool"))) {
      file.append(new byte[] {1, 2, 3, 4}, 3);
      file.append(new byte[] {5}, 1);
      file.sync();
      byte[] read = new byte[8];
      assertThat(file.read(1, read)).isEqualTo(3);
      assertThat(read).startsWith(2, 3, 5);
      assertThat(file.read(9, read)).isZero();
      file.truncate(2);
      assertThat(file.length()).isEqualTo(2);
      file.delete();
      assertThat(file.length()).isZero();
      file.append(new byte[] {7}, 1);
      assertThat(file.length()).isEqualTo(1);
    }
    try (DiskSpoolFile again = new DiskSpoolFile(folder.resolve("spool"))) {
      assertThat(again.length()).isEqualTo(1);
    }
  }

  @Test
  void whatIsGatheredIsReadAndKeptAsIfItWereWritten() throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    Random random = new Random(3);
    try (DiskSpoolFile file = new DiskSpoolFile(folder.resolve("spool"))) {
      for (int i = 0; i < 300; i++) {
        byte[] bytes = new byte[i % 50 == 49 ? 100_000 : random.nextInt(3_000)];
        random.nextBytes(bytes);
        file.append(bytes, bytes.length);
        expected.write(bytes);
        assertThat(file.length()).isEqualTo(expected.size());
        if (i % 7 == 0) {
          int from = random.nextInt(expected.size());
          byte[] read = new byte[random.nextInt(5_000)];
          int got = file.read(from, read);
          assertThat(got).isEqualTo(Math.min(read.length, expected.size() - from));
          assertThat(Arrays.copyOf(read, got))
              .isEqualTo(Arrays.copyOfRange(expected.toByteArray(), from, from + got));
        }
        if (i == 150) {
          file.sync();
          assertThat(Files.size(folder.resolve("spool"))).isEqualTo(expected.size());
        }
      }
    }
    assertThat(Files.readAllBytes(folder.resolve("spool"))).isEqualTo(expected.toByteArray());
  }

  @Test
  void onlyItsOwnerCanReadIt() throws Exception {
    Path path = folder.resolve("spool");
    try (DiskSpoolFile file = new DiskSpoolFile(path)) {
      assertThat(file.length()).isZero();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aDownloadOverDiskAndThreadsEndsTheSame() throws Exception {
    BackupServer server = BackupServer.of(1_200, 4, 5);
    Driver inMemory = Driver.of(server).start(false).run();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try (DiskSpoolFile file = new DiskSpoolFile(folder.resolve("spool"))) {
      MemoryDownloadStore store = new MemoryDownloadStore();
      FullDownload download = new FullDownload(store, file, "us", OpenerPool.on(pool, 2));
      download.start(server.version(), server.key, false, Driver.START);
      byte[] answer = server.answer();
      download.received(answer, answer.length, Driver.START.plusSeconds(3));
      download.ended(Driver.START.plusSeconds(3));
      while (store.job().orElseThrow().done() < 1_205) {
        download.step(Driver.START.plusSeconds(4));
      }
      download.versionNow(inMemory.versionAtEnd, Driver.START.plusSeconds(5));
      assertThat(store.job().orElseThrow().state()).isEqualTo(DownloadState.DONE);
      assertThat(store.vault.contents()).isEqualTo(inMemory.store.vault.contents());
      assertThat(store.damaged()).hasSize(5);
      assertThat(file.length()).isZero();
    } finally {
      pool.shutdownNow();
    }
  }
}
