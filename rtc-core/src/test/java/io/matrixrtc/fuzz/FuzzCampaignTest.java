package io.matrixrtc.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.matrixrtc.cases.Cases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine, guided by coverage, on every decoder: a million inputs each in the full tier. {@code
 * -Dfuzz.only=JsonTarget} runs one target, {@code -Dfuzz.runs=N} another number of inputs.
 */
class FuzzCampaignTest {
  private static final int PROCESSES = 2;

  @Test
  void findsAPlantedBug(@TempDir Path folder) throws Exception {
    JazzerRun run = JazzerRun.of(PlantedBugTarget.class.getName(), 2_000_000, folder);
    assertThat(run.exitCode()).as(run.tail()).isEqualTo(JazzerRun.FOUND);
    assertThat(run.output()).contains("ArrayIndexOutOfBoundsException", "PlantedBugTarget.run");
    System.out.printf("fuzz PlantedBugTarget: found after %d inputs%n", run.inputs());
  }

  @Test
  void thePlantedBugHidesFromTheSeeds() {
    PlantedBugTarget target = new PlantedBugTarget();
    target.seeds().forEach(target::run);
    assertThatExceptionOfType(ArrayIndexOutOfBoundsException.class)
        .isThrownBy(() -> target.run(new byte[] {'R', 'T', 'C', 17}));
  }

  @Test
  void noInputBreaksADecoder(@TempDir Path folder) throws Exception {
    String only = System.getProperty("fuzz.only", "");
    long runs = Long.getLong("fuzz.runs", FuzzTargets.FULL_RUNS);
    Assumptions.assumeTrue(Cases.full() || !only.isEmpty(), "in the full tier");
    List<String> targets = FuzzTargets.ALL.stream().filter(name -> name.endsWith(only)).toList();
    assertThat(targets).as("targets named %s", only).isNotEmpty();
    ExecutorService pool = Executors.newFixedThreadPool(PROCESSES);
    try {
      List<Future<JazzerRun>> started = new ArrayList<>();
      for (String target : targets) {
        started.add(pool.submit(() -> JazzerRun.of(target, runs, folder)));
      }
      for (Future<JazzerRun> each : started) {
        JazzerRun run = each.get();
        String name = FuzzTargets.shortName(run.target());
        System.out.printf(
            "fuzz %s: %d of %d inputs in %d s%n", name, run.inputs(), runs, run.seconds());
        assertThat(run.exitCode()).as("%s: %s", name, run.tail()).isZero();
        assertThat(run.inputs()).as("inputs of %s", name).isGreaterThanOrEqualTo(runs);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
