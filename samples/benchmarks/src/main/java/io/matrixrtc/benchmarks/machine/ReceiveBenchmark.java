package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.ToDeviceResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One call of the machine with {@link SyncTraffic} of 100 devices: everything that is checked,
 * decrypted, sealed and written, in one transaction. The trust policy is the default.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ReceiveBenchmark {
  static final int DEVICES = 100;

  /** A {@link StoreKind}. */
  @Param("MEMORY")
  public String store;

  private MachineWorld world;
  private List<ObjectNode> events;
  private List<ToDeviceResult> results;

  /** Makes the machine and the devices, which get to know each other. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    world = new MachineWorld(DEVICES, OlmMachine.Settings.defaults(), StoreKind.valueOf(store));
  }

  /** Writes the next ten thousand events. */
  @Setup(Level.Invocation)
  public void write() throws Exception {
    events = SyncTraffic.write(world);
  }

  @Benchmark
  public List<ToDeviceResult> receive() throws Exception {
    results = world.receive(events);
    return results;
  }

  /** Sees that each was decrypted. */
  @TearDown(Level.Invocation)
  public void check() throws Exception {
    world.acknowledge(results, DEVICES * SyncTraffic.EVENTS_PER_DEVICE);
  }

  /** Closes the machine and its store. */
  @TearDown(Level.Trial)
  public void close() {
    world.close();
  }
}
