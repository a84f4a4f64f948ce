package io.matrixrtc.benchmarks.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BesideResultTest {
  private static Latencies millis(long... each) {
    return Latencies.of(LongStream.of(each).map(TimeUnit.MILLISECONDS::toNanos).boxed().toList());
  }

  private static Latencies upTo(int last) {
    return millis(LongStream.rangeClosed(1, last).toArray());
  }

  private static JsonNode json(BesideResult.What what, Latencies without, Latencies during)
      throws MalformedJsonException {
    return Json.parseObject(new BesideResult(what, 1_000, without, during).toJson());
  }

  @Test
  void percentilesAreOfWhatWasMeasured() {
    assertThat(upTo(200).millis(0.99)).isEqualTo(198);
    assertThat(upTo(200).millis(0.95)).isEqualTo(190);
    assertThat(millis(3, 1, 2).medianMillis()).isEqualTo(2);
    assertThat(millis(3, 1, 2).longestMillis()).isEqualTo(3);
    assertThat(millis(7).millis(0.01)).isEqualTo(7);
    assertThatIllegalArgumentException().isThrownBy(() -> Latencies.of(List.of()));
  }

  @Test
  void aSingleKeyIsJudgedByWhatNineteenOfTwentyTake() throws Exception {
    JsonNode line = json(BesideResult.What.SINGLE, upTo(20), millis(199));
    assertThat(line.path("name").asText()).isEqualTo("restore.single");
    assertThat(line.path("p95Millis").asDouble()).isEqualTo(199);
    assertThat(line.path("withoutP95Millis").asDouble()).isEqualTo(19);
    assertThat(line.path("goalP95Millis").asInt()).isEqualTo(200);
    assertThat(line.path("goalMet").asBoolean()).isTrue();
    assertThat(line.has("devices")).isFalse();
    assertThat(json(BesideResult.What.SINGLE, upTo(20), millis(200)).path("goalMet").asBoolean())
        .isFalse();
  }

  @Test
  void aRotationIsJudgedByWhatItTakesMore() throws Exception {
    JsonNode line = json(BesideResult.What.ROTATION, upTo(100), millis(249));
    assertThat(line.path("name").asText()).isEqualTo("restore.rotations");
    assertThat(line.path("devices").asInt()).isEqualTo(20);
    assertThat(line.path("p99Millis").asDouble()).isEqualTo(249);
    assertThat(line.path("withoutP99Millis").asDouble()).isEqualTo(99);
    assertThat(line.path("moreMillis").asDouble()).isEqualTo(150);
    assertThat(line.path("goalMet").asBoolean()).isTrue();
    assertThat(json(BesideResult.What.ROTATION, upTo(100), millis(250)).path("goalMet").asBoolean())
        .isFalse();
  }

  @Test
  void thePersonReadsBothRuns() {
    assertThat(new BesideResult(BesideResult.What.ROTATION, 1_000, millis(5), millis(9)).toText())
        .contains(
            "restore.rotations: 1 while 1,000 keys are restored: median 9.0 ms, p99 9.0 ms",
            "without: median 5.0 ms, p99 5.0 ms (goal: at most 150 ms more): met");
  }

  @Test
  void aPlanHasEnoughKeysToWantSomeThatAreNotHere() {
    assertThat(BesideRun.Plan.QUICK.withKeys(1_000).keys()).isEqualTo(1_000);
    assertThatIllegalArgumentException().isThrownBy(() -> BesideRun.Plan.QUICK.withKeys(999));
  }
}
