package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.OutgoingRequest;
import java.util.ArrayList;
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
 * One key event for 1,000 devices with a session each, from the call to the requests that carry it,
 * with every ratchet sealed and written before. The trust policy is the default.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SendBenchmark {
  static final int DEVICES = 1_000;

  /** A {@link StoreKind}. */
  @Param("MEMORY")
  public String store;

  /** Whether all devices have answered the event before, so that every ratchet turns. */
  @Param("false")
  public boolean turn;

  private MachineWorld world;

  /** Lets all devices and the machine write to each other once. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    world = new MachineWorld(DEVICES, OlmMachine.Settings.defaults(), StoreKind.valueOf(store));
    world.carry(world.send());
    answer();
    world.carry(world.send());
  }

  private void answer() throws Exception {
    List<ObjectNode> answers = new ArrayList<>();
    for (RemoteDevice device : world.devices()) {
      answers.add(world.write(device, 0));
    }
    world.pass();
    world.acknowledge(world.receive(answers), DEVICES);
  }

  /** Has the devices answer if they are to. */
  @Setup(Level.Invocation)
  public void prepare() throws Exception {
    if (turn) {
      answer();
    }
  }

  @Benchmark
  public List<OutgoingRequest> send() throws Exception {
    world
        .machine()
        .deliver(MachineWorld.KEY_EVENT, MachineWorld.keyContent(), world.addresses(), world.now());
    return world.machine().outgoingRequests(world.now());
  }

  /** Carries the messages to the devices, where their answers need it, and ends the delivery. */
  @TearDown(Level.Invocation)
  public void end() throws Exception {
    List<OutgoingRequest.ToDevice> requests = world.settle();
    if (requests.stream().mapToInt(request -> request.devices().size()).sum() != DEVICES) {
      throw new IllegalStateException("not written to all");
    }
    if (turn) {
      world.carry(requests);
    }
  }

  /** Closes the machine and its store. */
  @TearDown(Level.Trial)
  public void close() {
    world.close();
  }
}
