package io.matrixrtc.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Where the fuzzing engine enters: runs the target named by {@code -Dfuzz.target}. */
public final class FuzzEntry {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static FuzzTarget target;

  private FuzzEntry() {}

  /** Called once by the engine. Runs the seeds, so that classes are loaded before it counts. */
  public static void fuzzerInitialize() throws Exception {
    target = FuzzTargets.open(System.getProperty("fuzz.target"));
    for (byte[] seed : target.seeds()) {
      target.run(seed.clone());
    }
  }

  /** Called by the engine for each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    run(target, input);
  }

  /**
   * Runs one input and checks what it allocated. Too much is tried again: the first time it may
   * have been for classes that were loaded.
   */
  static void run(FuzzTarget target, byte[] input) throws Exception {
    long limit = target.maxAllocation(input.length);
    if (allocated(target, input) > limit) {
      long again = allocated(target, input);
      if (again > limit) {
        throw new AssertionError(input.length + " bytes made it allocate " + again);
      }
    }
  }

  private static long allocated(FuzzTarget target, byte[] input) throws Exception {
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    target.run(input);
    return THREADS.getThreadAllocatedBytes(thread) - before;
  }
}
