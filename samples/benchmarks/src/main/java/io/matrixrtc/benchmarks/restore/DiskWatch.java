package io.matrixrtc.benchmarks.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Looks now and then at how much the files of a restore take. */
final class DiskWatch implements AutoCloseable {
  private static final int PERIOD_MILLIS = 100;

  private final Path directory;
  private final AtomicLong peak = new AtomicLong();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "disk-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** Looks at the store and the spool in {@code directory}. */
  DiskWatch(Path directory) {
    this.directory = directory;
    clock.scheduleWithFixedDelay(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    long bytes = 0;
    for (Path file : files()) {
      try {
        bytes += Files.size(file);
      } catch (NoSuchFileException e) {
        continue; // it has just gone
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    peak.accumulateAndGet(bytes, Math::max);
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(DiskWatch::isOurs).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOurs(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(StoreRestore.STORE) || name.startsWith(StoreRestore.SPOOL);
  }

  /** The most that they took together, in bytes. */
  long peakBytes() {
    return peak.get();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
