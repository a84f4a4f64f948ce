package io.matrixrtc.testkit.server;

import io.matrixrtc.homeserver.time.TimeSource;
import io.matrixrtc.testkit.time.VirtualWorld;
import java.time.Duration;
import java.time.Instant;

/** The clock and the alarms of a homeserver in a virtual world. */
final class VirtualServerTime implements TimeSource {
  private final VirtualWorld world;

  VirtualServerTime(VirtualWorld world) {
    this.world = world;
  }

  @Override
  public Instant instant() {
    return world.instant();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    return world.after(delay, task)::cancel;
  }
}
