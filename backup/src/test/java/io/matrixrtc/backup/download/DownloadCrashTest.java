package io.matrixrtc.backup.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.download.CrashChild.Point;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.cases.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restores in JVMs of their own, each killed at one named point, several of them one after the
 * other on one store: it ends as that of an undisturbed run.
 */
class DownloadCrashTest {
  /** With the damaged ones more than fit into one transaction; few, since each child opens them. */
  private static final int KEYS = 20;

  private static final int DAMAGED = 520;
  private static final int KILLS_IN_A_STORE = 3;
  private static final int WAIT_SECONDS = 120;

  @TempDir private Path folder;
  private ChildJvm children = ChildJvm.plain();
  private final Map<Point, Integer> killed = new EnumMap<>(Point.class);

  /** What a store has in the end. */
  private record End(Map<String, String> keys, int damaged, long seen, long done, String state) {}

  private static End end(Archive archive) throws Exception {
    Map<String, String> keys = new TreeMap<>();
    for (RoomKeyVault.Kept kept : new ArchiveVault(archive).keysAfter(Optional.empty(), 10_000)) {
      try (ExportedRoomKey key = kept.key()) {
        keys.put(key.id().toString(), key.sessionKey().toBase64());
      }
    }
    ArchiveDownloadStore jobs = ArchiveDownloadStore.open(archive);
    DownloadJob job = jobs.job().orElseThrow();
    return new End(keys, jobs.damaged().size(), job.seen(), job.done(), job.state().toString());
  }

  private End endOf(String name) throws Exception {
    CrashChild.finish(folder, name);
    assertThat(CrashChild.spool(folder, name)).satisfies(DownloadCrashTest::isGoneOrEmpty);
    return CrashChild.with(folder, name, DownloadCrashTest::end);
  }

  private static void isGoneOrEmpty(Path spool) throws IOException {
    assertThat(!Files.exists(spool) || Files.size(spool) == 0).isTrue();
  }

  @Test
  void dlCheckpointKilledAtAnyPointTheStoreEndsTheSame_ours() throws Exception {
    Files.write(folder.resolve("answer.json"), BackupServer.of(KEYS, 4, DAMAGED).answer());
    End undisturbed = endOf("whole");
    assertThat(undisturbed.keys()).hasSize(KEYS);
    assertThat(undisturbed)
        .isEqualTo(new End(undisturbed.keys(), DAMAGED, KEYS + DAMAGED, KEYS + DAMAGED, "DONE"));
    if (Cases.full()) {
      children = ChildJvm.quick(Files.createDirectory(folder.resolve("quick")), this::wholeRun);
    }
    Point[] points = Point.values();
    int stores = 300 / KILLS_IN_A_STORE;
    Cases.runAtOnce(
        "download in a JVM of its own, killed",
        points.length / KILLS_IN_A_STORE,
        stores,
        2,
        (seed, random) -> {
          String name = "store" + seed;
          for (int i = 0; i < KILLS_IN_A_STORE; i++) {
            // Every point comes up; on one store in the order in which they lie
            int part = points.length / KILLS_IN_A_STORE;
            kill(name, points[i * part + (int) (seed % part)], random);
          }
          assertThat(endOf(name)).isEqualTo(undisturbed);
          Files.delete(folder.resolve(name + ".db"));
        });
    int sum = killed.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf("killed at %s, %d in all%n", killed, sum);
    assertThat(killed).as("%s", killed).containsOnlyKeys(points);
    assertThat(sum).isGreaterThanOrEqualTo(Cases.full() ? 300 : 10);
  }

  private void wholeRun(ChildJvm jvm) throws Exception {
    Process child =
        new ProcessBuilder(
                jvm.command(CrashChild.class, folder.toString(), "first", "-", "0", "3000"))
            .inheritIO()
            .start();
    assertThat(child.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
  }

  /** Starts a child on the store, and kills it when it is there. */
  private void kill(String name, Point point, SplittableRandom random) throws Exception {
    boolean often = point == Point.RECEIVING || point == Point.IN_FRAME;
    int nth = often ? random.nextInt(4) : 0;
    Process child =
        new ProcessBuilder(
                children.command(
                    CrashChild.class,
                    folder.toString(),
                    name,
                    point.name(),
                    Integer.toString(nth),
                    Integer.toString(500 + random.nextInt(3_000))))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).as("%s of %s", point, name).isEqualTo(CrashChild.HERE);
      if (point == Point.IN_COMMIT) {
        child.waitFor(random.nextInt(12), TimeUnit.MILLISECONDS);
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    synchronized (killed) {
      killed.merge(point, 1, Integer::sum);
    }
  }
}
