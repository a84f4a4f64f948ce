package io.matrixrtc.backup.service;

import io.matrixrtc.backup.download.OpenerPool;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * Threads for the work on a backup: one that decides and writes, one beside it, so that timers go
 * off while it never comes to rest, one that reads files, and one for each core that opens entries,
 * at low priority. All are daemons.
 */
public final class BackupThreads implements AutoCloseable {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private static final int WRITERS = 2;

  private final ScheduledExecutorService writer =
      Executors.newScheduledThreadPool(WRITERS, named("backup-write", Thread.NORM_PRIORITY));
  private final ExecutorService openers =
      Executors.newFixedThreadPool(CORES, named("backup-open", Thread.MIN_PRIORITY));
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(named("backup-read", Thread.NORM_PRIORITY));

  /** Starts none yet. */
  public BackupThreads() {}

  private static ThreadFactory named(String name, int priority) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      thread.setPriority(priority);
      return thread;
    };
  }

  /** Runs one task at a time; may block. What is due goes before what is queued later. */
  public SerialScheduler scheduler() {
    return new PoolScheduler(writer, InstantSource.system());
  }

  /** Opens entries. */
  public OpenerPool openers() {
    return OpenerPool.on(openers, CORES);
  }

  /** Reads files. */
  public ExecutorService reader() {
    return reader;
  }

  /** Ends them; what has not begun is not done. */
  @Override
  public void close() {
    reader.shutdownNow();
    writer.shutdownNow();
    openers.shutdownNow();
  }
}
