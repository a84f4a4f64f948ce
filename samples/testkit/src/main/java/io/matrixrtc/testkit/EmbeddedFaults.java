package io.matrixrtc.testkit;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.homeserver.http.BindFailed;

/** The faults of the embedded homeserver. */
final class EmbeddedFaults implements ServerFaults {
  private final EmbeddedHomeserver server;

  EmbeddedFaults(EmbeddedHomeserver server) {
    this.server = server;
  }

  @Override
  public FaultPlan plan() {
    return server.faults();
  }

  @Override
  public void withholdSync(String userId) {
    server.syncGate().withhold(userId, SyncGate.Mode.SILENT);
  }

  @Override
  public void releaseSync(String userId) {
    server.syncGate().release(userId);
  }

  @Override
  public void restart() {
    try {
      server.restart();
    } catch (BindFailed e) {
      throw new ScriptException("the homeserver did not come back: " + e.getMessage(), e);
    }
  }
}
