package io.matrixrtc.benchmarks.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RestoreStepsTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(said, true, UTF_8);
  private final AtomicLong nanos = new AtomicLong();

  private RestoreSteps steps(boolean terminal) {
    RestoreSteps steps = new RestoreSteps(out, terminal, 1_000, nanos::get);
    steps.begin("first");
    return steps;
  }

  private String said() {
    return said.toString(UTF_8).replace("\r\n", "\n");
  }

  @Test
  void aTerminalSeesOneLineThatChanges() {
    RestoreSteps steps = steps(true);
    steps.at(500);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    steps.at(1_000);
    steps.end("paused");
    assertThat(said())
        .isEqualTo(
            "\rfirst  50% [###############               ] 500 of 1,000 keys"
                + "\rfirst 100% [##############################] 1,000 of 1,000 keys"
                + "\nfirst: paused, 2.0 s\n");
  }

  @Test
  void aShorterLineLeavesNothingOfALongerOne() {
    RestoreSteps steps = steps(true);
    steps.at(1_000);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    steps.at(10);
    assertThat(said()).endsWith(" 10 of 1,000 keys   ");
  }

  @Test
  void theLineChangesAtMostFiveTimesASecond() {
    RestoreSteps steps = steps(true);
    for (int i = 0; i < 100; i++) {
      steps.at(i);
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
    }
    assertThat(said().chars().filter(c -> c == '\r').count()).isEqualTo(5);
  }

  @Test
  void elsewhereOnlyTheEndOfAStepIsSaid() {
    RestoreSteps steps = steps(false);
    steps.at(500);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_500));
    steps.end("killed");
    assertThat(said()).isEqualTo("first: killed, 1.5 s\n");
  }
}
