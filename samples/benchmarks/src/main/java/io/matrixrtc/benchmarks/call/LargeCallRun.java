package io.matrixrtc.benchmarks.call;

import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * A call of 100 devices in one JVM with the embedded homeserver: whole clients over HTTP, stores in
 * memory, encrypted room. Then devices join and leave in turn, while five speak with 50 frames a
 * second each. Measured is the time from a joiner's membership request to the first frame of each
 * speaker that it decrypts.
 */
public final class LargeCallRun {
  private static final int SPEAKERS = 5;
  private static final int THREADS = 4;

  /** What the joiner is to hear each speaker in, in milliseconds. */
  static final int GOAL_MEDIAN_MILLIS = 2_000;

  static final int GOAL_P95_MILLIS = 3_000;

  /** How large the call is, and what happens in it. */
  public enum Plan {
    /** 100 devices, then 30 joins and 30 leaves, one each 2 s. */
    FULL(100, 30),
    /** 12 devices, then 3 joins and 3 leaves: to see that it works. */
    QUICK(12, 3);

    private final int devices;
    private final int changes;

    Plan(int devices, int changes) {
      this.devices = devices;
      this.changes = changes;
    }
  }

  private final Plan plan;
  private final RotationPolicy policy;
  private final PrintStream progress;
  private final SecureRandom random = new SecureRandom();
  private final FrameBus bus = new FrameBus();
  private final List<CallDevice> devices = new ArrayList<>();

  private LargeCallRun(Plan plan, RotationPolicy policy, PrintStream progress) {
    this.plan = plan;
    this.policy = policy;
    this.progress = progress;
  }

  /**
   * Plays the call, and prints one line.
   *
   * @param policy name of a rotation policy
   * @param progress told in a few words what happens
   * @return whether in the end every member heard every speaker
   * @throws IOException if a device cannot do its part
   */
  public static boolean run(
      Plan plan, String policy, boolean json, PrintStream out, PrintStream progress)
      throws IOException, InterruptedException {
    ScheduledExecutorService pool = Executors.newScheduledThreadPool(THREADS, daemon("devices"));
    ScheduledExecutorService media = Executors.newScheduledThreadPool(1, daemon("media"));
    try (EmbeddedHomeserver server = EmbeddedHomeserver.start(HomeserverConfig.defaults())) {
      RotationPolicy rotation = RotationPolicies.named(policy, Map.of());
      LargeCallRun run = new LargeCallRun(plan, rotation, progress);
      try {
        LargeCallResult result = run.play(server, pool, media);
        result.print(json, out);
        return result.lacking() == 0;
      } finally {
        media.shutdownNow();
        for (CallDevice device : run.devices) {
          device.close();
        }
      }
    } catch (BindFailed e) {
      throw new IOException(e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private LargeCallResult play(
      EmbeddedHomeserver server, ScheduledExecutorService pool, ScheduledExecutorService media)
      throws IOException, InterruptedException {
    JdkHttpTransport http = new JdkHttpTransport(pool);
    int all = plan.devices + plan.changes;
    progress.println("signing in " + all + " devices");
    for (int i = 0; i < all; i++) {
      ClientSettings settings = ClientSettings.of(http, new PoolScheduler(pool, Clock.systemUTC()));
      devices.add(CallDevice.register(server.baseUrl(), "user" + i, settings, bus, random));
    }
    String room = room();
    progress.println("joining " + plan.devices + " of them to the call");
    List<CallDevice> present = new ArrayList<>();
    for (CallDevice device : devices.subList(0, plan.devices)) {
      device.join(room, policy);
      present.add(device);
    }
    FrameRounds rounds =
        new FrameRounds(
            media, devices.subList(0, SPEAKERS).stream().map(CallDevice::mouth).toList());
    rounds.start();
    if (!rounds.await(() -> lacking(present) == 0, 120)) {
      throw new IOException(lacking(present) + " times a speaker is not heard before the changes");
    }
    progress.println(plan.changes + " join and " + plan.changes + " leave, one each 2 s");
    return change(room, present, rounds);
  }

  private LargeCallResult change(String room, List<CallDevice> present, FrameRounds rounds)
      throws IOException, InterruptedException {
    ExecutorService steps = Executors.newCachedThreadPool(daemon("steps"));
    Map<CallDevice, Future<Long>> joins = new HashMap<>();
    long began = System.nanoTime();
    try {
      for (int i = 0; i < plan.changes; i++) {
        CallDevice joiner = devices.get(plan.devices + i);
        joins.put(joiner, steps.submit(() -> joiner.join(room, policy)));
        present.add(joiner);
        until(began, 2 * i + 1);
        // Not a speaker, and not one who has just come.
        CallDevice leaver = present.remove(SPEAKERS);
        steps.submit(
            () -> {
              leaver.leave();
              return null;
            });
        until(began, 2 * i + 2);
      }
      boolean heard = rounds.await(() -> lacking(present) == 0, 15);
      int lacking = heard ? 0 : lacking(present);
      return LargeCallResult.of(policy.name(), plan.devices, times(joins), lacking);
    } finally {
      steps.shutdownNow();
    }
  }

  private static void until(long began, int steps) throws InterruptedException {
    long left = began + TimeUnit.SECONDS.toNanos(2L * steps) - System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
  }

  /** From each join to the first frame of each speaker, in milliseconds. */
  private List<Double> times(Map<CallDevice, Future<Long>> joins)
      throws IOException, InterruptedException {
    List<Double> times = new ArrayList<>();
    for (Map.Entry<CallDevice, Future<Long>> join : joins.entrySet()) {
      long start = get(join.getValue());
      for (CallDevice speaker : devices.subList(0, SPEAKERS)) {
        long heard = join.getKey().ear().firstHeard(speaker.identity());
        if (heard != 0) {
          times.add((heard - start) / 1e6);
        }
      }
    }
    return times;
  }

  private static long get(Future<Long> join) throws IOException, InterruptedException {
    try {
      return join.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private int lacking(List<CallDevice> present) {
    int lacking = 0;
    for (CallDevice listener : present) {
      for (CallDevice speaker : devices.subList(0, SPEAKERS)) {
        if (!listener.equals(speaker) && !listener.ear().hears(speaker.identity())) {
          lacking++;
        }
      }
    }
    return lacking;
  }

  private String room() throws IOException, InterruptedException {
    String room =
        value(
            Waiting.of(
                devices
                    .get(0)
                    .client()
                    .matrix()
                    .rooms()
                    .createRoom(NewRoom.openForCalls().named("large call"))));
    for (CallDevice device : devices.subList(1, devices.size())) {
      value(Waiting.of(device.client().matrix().rooms().join(room)));
    }
    return room;
  }

  private static String value(ApiResult<String> result) throws IOException {
    if (result instanceof ApiResult.Failed<String> failed) {
      throw new IOException(failed.failure().sentence());
    }
    return result.fold(value -> value, failure -> "");
  }
}
