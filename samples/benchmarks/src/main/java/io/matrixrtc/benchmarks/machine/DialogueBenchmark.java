package io.matrixrtc.benchmarks.machine;

import java.nio.file.Path;
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
 * The same {@link Dialogue} by the Rust SDK in Node and by ours, shot by shot in turn: first the
 * peer's, then ours. Node does nothing while it is not its turn.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DialogueBenchmark {
  /** A {@link StoreKind}, for ours; the peer's is memory. */
  @Param("MEMORY")
  public String store;

  /** Where the peer is installed; empty without it. */
  @Param("")
  public String peer;

  /** {@code send} or {@code receive}: what is measured of each round. */
  @Param("send")
  public String part;

  private final List<Dialogue> dialogues = new ArrayList<>();
  private int turn;
  private Dialogue dialogue;

  /** Starts both. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    if (!peer.isEmpty()) {
      dialogues.add(new RustDialogue(Path.of(peer)));
    }
    dialogues.add(new OwnDialogue(StoreKind.valueOf(store)));
    for (Dialogue each : dialogues) {
      for (int round = 0; round < 2; round++) {
        each.send();
        each.answer();
        each.receive();
      }
    }
    turn = -1;
  }

  /** Gives the turn to the next. */
  @Setup(Level.Iteration)
  public void alternate() {
    turn = (turn + 1) % dialogues.size();
    dialogue = dialogues.get(turn);
  }

  /** Brings the dialogue to the part that is measured. */
  @Setup(Level.Invocation)
  public void before() throws Exception {
    if (part.equals("receive")) {
      dialogue.send();
      dialogue.answer();
    }
  }

  /** The machine writes to all, or reads what all wrote. */
  @Benchmark
  public void machine() throws Exception {
    if (part.equals("receive")) {
      dialogue.receive();
    } else {
      dialogue.send();
    }
  }

  /** Ends the round. */
  @TearDown(Level.Invocation)
  public void after() throws Exception {
    if (part.equals("send")) {
      dialogue.answer();
      dialogue.receive();
    }
  }

  /** Ends both. */
  @TearDown(Level.Trial)
  public void close() {
    dialogues.forEach(Dialogue::close);
  }
}
