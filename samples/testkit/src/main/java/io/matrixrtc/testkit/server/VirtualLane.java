package io.matrixrtc.testkit.server;

import io.matrixrtc.homeserver.store.StateLane;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.time.VirtualWorld;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** The state of a homeserver in a virtual world: its work is tasks there, script threads wait. */
final class VirtualLane implements StateLane {
  private final VirtualWorld world;
  private volatile boolean closed;

  VirtualLane(VirtualWorld world) {
    this.world = world;
  }

  @Override
  public void execute(Runnable work) {
    if (closed) {
      throw new RejectedExecutionException("closed");
    }
    world.execute(work);
  }

  @Override
  public <T> T await(CompletableFuture<T> work) {
    try {
      return world.await(work);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted while the homeserver worked", e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      var done = await(CompletableFuture.supplyAsync(() -> true, this));
      closed = done;
    }
  }
}
