package io.matrixrtc.backup.download;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Where entries are opened, which is what takes the time. Pure computation; the results come back
 * in order.
 */
@FunctionalInterface
public interface OpenerPool {
  /** Begins with everything; the supplier waits for the results, in the order of {@code work}. */
  <T> Supplier<List<T>> start(List<Callable<T>> work);

  /** One after another, on the calling thread. */
  static OpenerPool direct() {
    return new OpenerPool() {
      @Override
      public <T> Supplier<List<T>> start(List<Callable<T>> work) {
        List<T> results = run(work);
        return () -> results;
      }
    };
  }

  private static <T> List<T> run(List<Callable<T>> work) {
    List<T> results = new ArrayList<>(work.size());
    for (Callable<T> one : work) {
      try {
        results.add(one.call());
      } catch (Exception e) {
        throw new IllegalStateException("opening an entry has no failures of its own", e);
      }
    }
    return results;
  }

  /** On {@code parallel} threads of {@code executor}, which should be of low priority. */
  static OpenerPool on(ExecutorService executor, int parallel) {
    return new OpenerPool() {
      @Override
      public <T> Supplier<List<T>> start(List<Callable<T>> work) {
        int share = Math.max(1, (work.size() + parallel - 1) / parallel);
        List<Future<List<T>>> parts = new ArrayList<>();
        for (int from = 0; from < work.size(); from += share) {
          List<Callable<T>> part = work.subList(from, Math.min(work.size(), from + share));
          parts.add(executor.submit(() -> run(part)));
        }
        return () -> join(parts);
      }
    };
  }

  private static <T> List<T> join(List<Future<List<T>>> parts) {
    List<T> results = new ArrayList<>();
    for (Future<List<T>> part : parts) {
      try {
        results.addAll(part.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while opening entries", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("opening an entry has no failures of its own", e);
      }
    }
    return results;
  }
}
