package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.download.OpenerPool;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * Threads of a restore: one that decides and writes, one that reads, and some that open entries.
 */
final class RestoreThreads implements AutoCloseable {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(named("restore", Thread.NORM_PRIORITY));
  private final ExecutorService openers =
      Executors.newFixedThreadPool(CORES, named("restore-open", Thread.MIN_PRIORITY));
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(named("restore-read", Thread.NORM_PRIORITY));

  private static ThreadFactory named(String name, int priority) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      thread.setPriority(priority);
      return thread;
    };
  }

  SerialScheduler scheduler() {
    return new PoolScheduler(writer, InstantSource.system());
  }

  OpenerPool openers() {
    return OpenerPool.on(openers, CORES);
  }

  ExecutorService reader() {
    return reader;
  }

  @Override
  public void close() {
    reader.shutdownNow();
    writer.shutdownNow();
    openers.shutdownNow();
  }
}
