package io.matrixrtc.benchmarks.olm;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * One piece of ratchet work by all contenders in turn, an iteration each, in the same JVM: first
 * the peers, in the order of {@link #peers}, then ours.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class OlmBenchmark {
  /** Length of the plaintext. */
  @Param({"100", "1000"})
  public int bytes;

  /** Names of {@link Peer}s, with commas; may be empty. */
  @Param("LIBOLM,VODOZEMAC")
  public String peers;

  private final List<Contender> contenders = new ArrayList<>();
  private final List<String> firstBodies = new ArrayList<>();
  private byte[] plaintext;
  private int turn;
  private Contender contender;
  private String firstBody;

  /**
   * What the measuring thread was given of a processor. On a machine with other work the clock on
   * the wall measures that as well.
   */
  @NullUnmarked
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** In this iteration. */
    public long cpuNanos;

    /** In this iteration. */
    public long operations;

    private long start;

    /** Begins to count. */
    @Setup(Level.Iteration)
    public void begin() {
      start = THREADS.getCurrentThreadCpuTime();
    }

    /** Counts what there was. */
    @TearDown(Level.Iteration)
    public void end() {
      cpuNanos = THREADS.getCurrentThreadCpuTime() - start;
    }
  }

  /** Makes all contenders, and sees that each understands itself. */
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    plaintext = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(plaintext);
    for (String peer : peers.split(",", -1)) {
      if (!peer.isEmpty()) {
        contenders.add(Peer.valueOf(peer).start());
      }
    }
    contenders.add(new OwnOlm());
    for (Contender each : contenders) {
      String body = each.startOutbound(plaintext);
      same(each.startInbound(body));
      same(each.decryptNext(each.encryptNext(plaintext)));
      firstBodies.add(body);
    }
    turn = -1;
  }

  private void same(byte[] decrypted) {
    if (!Arrays.equals(plaintext, decrypted)) {
      throw new IllegalStateException("decrypted something else");
    }
  }

  /** Gives the turn to the next contender. */
  @Setup(Level.Iteration)
  public void alternate() {
    turn = (turn + 1) % contenders.size();
    contender = contenders.get(turn);
    firstBody = firstBodies.get(turn);
  }

  /** A session with a device that one has keys of, and its first message. */
  @Benchmark
  public String outbound(ProcessorTime time) throws Exception {
    time.operations++;
    return contender.startOutbound(plaintext);
  }

  /** A session from a first message, and that message. */
  @Benchmark
  public byte[] inbound(ProcessorTime time) throws Exception {
    time.operations++;
    return contender.startInbound(firstBody);
  }

  /** One more message over a session, without a ratchet turn: encrypted. */
  @Benchmark
  public String encrypt(ProcessorTime time) throws Exception {
    time.operations++;
    return contender.encryptNext(plaintext);
  }

  /** The same, encrypted and decrypted. */
  @Benchmark
  public byte[] exchange(ProcessorTime time) throws Exception {
    time.operations++;
    return contender.decryptNext(contender.encryptNext(plaintext));
  }

  /** Frees what the contenders hold. */
  @TearDown(Level.Trial)
  public void close() {
    contenders.forEach(Contender::close);
  }
}
