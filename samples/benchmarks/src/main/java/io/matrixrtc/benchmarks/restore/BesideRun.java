package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What else a client does while a whole backup is restored from the embedded homeserver into SQLite
 * on disk: how long single keys take that a message wants, and media keys of a call for 20 devices.
 * The same is done before, with the restore paused, in the same process.
 */
public final class BesideRun {
  /** A media key is due so often, whether the one before has arrived or not. */
  private static final int ROTATION_EVERY_MILLIS = 100;

  private static final int WARM_UPS = 20;
  private static final long LIMIT_SECONDS = 300;

  /**
   * How much is measured.
   *
   * @param keys of the backup: as many as keep the restore busy until everything is measured
   * @param rotations each with the restore, and without
   * @param singles as well
   */
  public record Plan(int keys, int rotations, int singles) {
    /** As asked for: 200 rotations. */
    public static final Plan FULL = new Plan(400_000, 200, 100);

    /** To see that it works. */
    public static final Plan QUICK = new Plan(60_000, 20, 10);

    /** Refuses a backup that has too few keys to want some that are not here yet. */
    public Plan {
      if (rotations < 1
          || singles < 1
          || keys < 4 * GeneratedBackup.KEYS_IN_A_ROOM * rooms(singles)) {
        throw new IllegalArgumentException("too few keys: " + keys);
      }
    }

    /** As this one, with another number of keys. */
    public Plan withKeys(int count) {
      return new Plan(count, rotations, singles);
    }

    /** How many rooms have the single keys of one of both runs. */
    private static int rooms(int singles) {
      return (singles + GeneratedBackup.KEYS_IN_A_ROOM - 1) / GeneratedBackup.KEYS_IN_A_ROOM;
    }
  }

  private final Plan plan;
  private final GeneratedBackup backup = new GeneratedBackup(1);

  private BesideRun(Plan plan) {
    this.plan = plan;
  }

  /** Measures once, and prints two lines. */
  public static void run(Plan plan, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("restore-benchmark");
    try {
      for (BesideResult result : new BesideRun(plan).measure(directory)) {
        out.println(json ? result.toJson() : result.toText());
      }
    } finally {
      RestoreBenchmarkRun.delete(directory);
    }
  }

  private List<BesideResult> measure(Path directory) throws IOException, InterruptedException {
    Path answer = directory.resolve("answer.json");
    backup.write(answer, plan.keys());
    try (BesideWorld world = BesideWorld.open(directory, answer, backup.key())) {
      world.beginPaused();
      rotations(world, WARM_UPS);
      Latencies rotationsAlone = rotations(world, plan.rotations());
      Latencies singlesAlone = singles(world, wanted(0));
      world.restore();
      Latencies rotations = rotations(world, plan.rotations());
      world.restored();
      Latencies singles = singles(world, wanted(1));
      world.restored();
      return List.of(
          new BesideResult(BesideResult.What.SINGLE, plan.keys(), singlesAlone, singles),
          new BesideResult(BesideResult.What.ROTATION, plan.keys(), rotationsAlone, rotations));
    }
  }

  /** Keys of the last rooms, which the restore comes to last; each part has its own. */
  private List<RoomKeyId> wanted(int part) {
    int rooms = Plan.rooms(plan.singles());
    int end = plan.keys() / GeneratedBackup.KEYS_IN_A_ROOM - part * rooms;
    List<RoomKeyId> ids = new ArrayList<>();
    for (int room = end - rooms; room < end; room++) {
      ids.addAll(backup.ids(room));
    }
    return ids.subList(0, plan.singles());
  }

  /** One after another. */
  private static Latencies singles(BesideWorld world, List<RoomKeyId> ids)
      throws IOException, InterruptedException {
    List<Long> nanos = new ArrayList<>();
    for (RoomKeyId id : ids) {
      if (world.holds(id)) {
        throw new IOException("the restore was here first: more keys are needed");
      }
      long begun = System.nanoTime();
      world.want(id);
      nanos.add(System.nanoTime() - begun);
    }
    return Latencies.of(nanos);
  }

  /** Each at its time; one that is late counts from when it was due. */
  private static Latencies rotations(BesideWorld world, int count)
      throws IOException, InterruptedException {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch ends = new CountDownLatch(count);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      long first = System.nanoTime();
      for (int i = 0; i < count; i++) {
        int number = i;
        long due = TimeUnit.MILLISECONDS.toNanos((long) ROTATION_EVERY_MILLIS * number);
        ScheduledFuture<?> unused =
            clock.schedule(
                () -> {
                  world
                      .rotate(number)
                      .whenComplete(
                          (sent, why) -> {
                            nanos.add(System.nanoTime() - first - due);
                            if (why != null) {
                              failure.set(why);
                            }
                            ends.countDown();
                          });
                },
                first + due - System.nanoTime(),
                TimeUnit.NANOSECONDS);
      }
      if (!ends.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("only " + nanos.size() + " of " + count + " rotations ended");
      }
      if (failure.get() != null) {
        throw new IOException("a rotation failed", failure.get());
      }
      return Latencies.of(nanos);
    } finally {
      clock.shutdownNow();
    }
  }
}
