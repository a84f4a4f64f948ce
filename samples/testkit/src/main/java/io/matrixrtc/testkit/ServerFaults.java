package io.matrixrtc.testkit;

import io.matrixrtc.homeserver.faults.FaultPlan;

/** Makes things go wrong at a world's homeserver, or on the way to it. Safe for many threads. */
public interface ServerFaults {
  /** Faults that single requests meet. */
  FaultPlan plan();

  /** A user's syncs are not answered from now on. */
  void withholdSync(String userId);

  /** Ends {@link #withholdSync}. */
  void releaseSync(String userId);

  /**
   * The homeserver goes and comes back with the same data, and open requests are lost; blocks until
   * it is back.
   *
   * @throws ScriptException if it does not come back
   */
  void restart();
}
