package io.matrixrtc.benchmarks.olm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
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
 * A room message, by libolm if it is there and by ours, in turn, an iteration each, in the same
 * JVM.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class MegolmBenchmark {
  /** Length of the plaintext. */
  @Param({"100", "1000"})
  public int bytes;

  /** {@code LIBOLM}, or nothing. */
  @Param("LIBOLM")
  public String peers;

  private final List<GroupContender> contenders = new ArrayList<>();
  private final List<String> bodies = new ArrayList<>();
  private byte[] plaintext;
  private int turn;
  private GroupContender contender;
  private String body;

  /** Makes the contenders, and sees that each understands itself. */
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    plaintext = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(plaintext);
    if (!peers.isEmpty()) {
      contenders.add(new LibolmMegolm());
    }
    contenders.add(new OwnMegolm());
    for (GroupContender each : contenders) {
      String message = each.encrypt(plaintext);
      if (!Arrays.equals(plaintext, each.decrypt(message))) {
        throw new IllegalStateException("decrypted something else");
      }
      bodies.add(message);
    }
    turn = -1;
  }

  /** Gives the turn to the next contender. */
  @Setup(Level.Iteration)
  public void alternate() {
    turn = (turn + 1) % contenders.size();
    contender = contenders.get(turn);
    body = bodies.get(turn);
  }

  /** One more message of a session. */
  @Benchmark
  public String megolmEncrypt(OlmBenchmark.ProcessorTime time) throws Exception {
    time.operations++;
    return contender.encrypt(plaintext);
  }

  /** A message of a session that is known from there on, its signature checked. */
  @Benchmark
  public byte[] megolmDecrypt(OlmBenchmark.ProcessorTime time) throws Exception {
    time.operations++;
    return contender.decrypt(body);
  }

  /** Frees what the contenders hold. */
  @TearDown(Level.Trial)
  public void close() {
    contenders.forEach(GroupContender::close);
  }
}
