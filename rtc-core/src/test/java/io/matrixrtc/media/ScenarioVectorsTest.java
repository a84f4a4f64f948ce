package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The life of a receiver, step by step: in {@link TrialMode#ONE_STEP} as livekit-client lived it
 * (openings apart: ours does not repeat a step that failed), in {@link TrialMode#WALK} only better.
 */
class ScenarioVectorsTest {
  /** Where even ONE_STEP is stricter: an IV of another length than 12 is refused (FRAME-IV). */
  private static final Set<String> STRICTER = Set.of("scenario-25");

  /**
   * Where WALK decrypts what livekit-client drops: good frames after too many bad ones, senders two
   * and more steps ahead, an older generation, a literal 00 00 03 in the ciphertext.
   */
  private static final Set<String> BETTER =
      Set.of("scenario-03", "scenario-04", "scenario-09", "scenario-12", "scenario-43");

  @TestFactory
  Stream<DynamicTest> oneStep() {
    return LiveKitVectors.tests("scenario", vector -> runOneStep(vector));
  }

  @TestFactory
  Stream<DynamicTest> walk() {
    return LiveKitVectors.tests("scenario", vector -> runWalk(vector));
  }

  @Test
  void deviatingVectorsAreTheOnesNamed() {
    if (!LiveKitVectors.shipped()) {
      return;
    }
    Set<String> stricter = new HashSet<>();
    Set<String> better = new TreeSet<>();
    for (JsonNode vector : LiveKitVectors.group("scenario")) {
      if (runOneStep(vector)) {
        stricter.add(vector.get("id").asText());
      }
      if (runWalk(vector)) {
        better.add(vector.get("id").asText());
      }
    }
    assertThat(stricter).isEqualTo(STRICTER);
    assertThat(better).isEqualTo(new TreeSet<>(BETTER));
  }

  /** Whether ours was stricter somewhere. */
  private static boolean runOneStep(JsonNode vector) {
    boolean stricter = false;
    try (ScenarioReceiver receiver =
        new ScenarioReceiver(vector.get("options"), TrialMode.ONE_STEP)) {
      int number = 0;
      for (JsonNode step : vector.get("steps")) {
        String where = "step " + number++ + " " + step.get("op").asText();
        JsonNode expect = step.get("expect");
        receiver.ratchets.clear();
        if (!step.get("op").asText().equals("decode")) {
          receiver.apply(step);
        } else if (hasOtherIvLength(step) && forwarded(expect)) {
          refusesIvLength(receiver, step, where);
          stricter = true;
        } else {
          checkDecode(receiver, step, where);
        }
        checkState(receiver, expect, where);
      }
    }
    return stricter;
  }

  private static void refusesIvLength(ScenarioReceiver receiver, JsonNode step, String where) {
    JsonNode frame = step.get("frame");
    byte[] data = LiveKitVectors.hex(frame, "dataHex");
    int index = data[data.length - 1] & 0xFF;
    ScenarioReceiver.Outcome outcome = receiver.decode(frame);
    assertThat(outcome.status()).as(where).isEqualTo(FrameStatus.BAD_TRAILER);
    assertThat(receiver.ring.failures(new KeyIndex(index))).as(where).isPositive();
    receiver.ring.clearFailures(index);
  }

  private static void checkDecode(ScenarioReceiver receiver, JsonNode step, String where) {
    JsonNode expect = step.get("expect");
    List<String> errors = new ArrayList<>();
    for (int i = 0; i < step.path("repeat").asInt(1); i++) {
      ScenarioReceiver.Outcome outcome = receiver.decode(step.get("frame"));
      errors.addAll(outcome.errors());
      assertThat(outcome.status().hasOutput()).as(where).isEqualTo(forwarded(expect));
      if (forwarded(expect)) {
        assertThat(outcome.outputHex()).as(where).isEqualTo(expect.get("outHex").asText());
      }
    }
    assertThat(counted(errors)).as(where + " errors").isEqualTo(counted(expect.get("errors")));
  }

  private static void checkState(ScenarioReceiver receiver, JsonNode expect, String where) {
    assertThat(receiver.ring.currentIndex().value())
        .as(where + " current index")
        .isEqualTo(expect.get("currentKeyIndex").asInt());
    assertThat(receiver.ring.isValid(receiver.ring.currentIndex()))
        .as(where + " has valid key")
        .isEqualTo(expect.get("hasValidKey").asBoolean());
    Map<String, Integer> counts = new HashMap<>();
    expect
        .get("failureCounts")
        .properties()
        .forEach(e -> counts.put(e.getKey(), e.getValue().asInt()));
    assertThat(receiver.failureCounts()).as(where + " failure counts").isEqualTo(counts);
    List<String> ratchets = new ArrayList<>();
    for (JsonNode event : expect.path("ratchetEvents")) {
      ratchets.add(event.get("keyIndex").asInt() + ":" + event.get("chainKeyHex").asText());
    }
    assertThat(receiver.ratchets).as(where + " ratchets").isEqualTo(ratchets);
  }

  /** Whether ours passed a frame on that livekit-client drops. */
  private static boolean runWalk(JsonNode vector) {
    boolean better = false;
    try (ScenarioReceiver receiver = new ScenarioReceiver(vector.get("options"), TrialMode.WALK)) {
      int number = 0;
      for (JsonNode step : vector.get("steps")) {
        String where = "step " + number++ + " " + step.get("op").asText();
        if (!step.get("op").asText().equals("decode")) {
          receiver.apply(step);
          continue;
        }
        for (int i = 0; i < step.path("repeat").asInt(1); i++) {
          better |= checkNotWorse(receiver, step, where);
        }
      }
    }
    return better;
  }

  private static boolean checkNotWorse(ScenarioReceiver receiver, JsonNode step, String where) {
    JsonNode expect = step.get("expect");
    KeyIndex current = receiver.ring.currentIndex();
    ScenarioReceiver.Outcome outcome = receiver.decode(step.get("frame"));
    assertThat(receiver.ring.currentIndex()).as(where + " current index").isEqualTo(current);
    String output = outcome.outputHex();
    if (hasOtherIvLength(step) && forwarded(expect)) {
      assertThat(outcome.status()).as(where).isEqualTo(FrameStatus.BAD_TRAILER);
      return false;
    }
    if (forwarded(expect)) {
      assertThat(outcome.status().hasOutput()).as(where + " " + outcome.status()).isTrue();
      assertThat(output).as(where).isEqualTo(expect.get("outHex").asText());
      return false;
    }
    if (output == null) {
      return false;
    }
    if (outcome.status() == FrameStatus.OK) {
      assertThat(output)
          .as(where)
          .isEqualTo(LiveKitVectors.hex(openedAfresh(receiver, step.get("frame"))));
    } else {
      assertThat(outcome.status()).as(where).isEqualTo(FrameStatus.SERVER_BLANK);
    }
    return true;
  }

  /** What a fresh ring at the generation that was reported makes of the frame. */
  private static byte[] openedAfresh(ScenarioReceiver receiver, JsonNode frame) {
    byte[] data = LiveKitVectors.hex(frame, "dataHex");
    KeyIndex index = new KeyIndex(data[data.length - 1] & 0xFF);
    KeyRingSettings settings = receiver.ring.settings().withRatchetWindow(0);
    try (KeyRing ring = LiveKitVectors.newRing(settings)) {
      ring.put(index, Objects.requireNonNull(receiver.keys.get(index.value())));
      for (int i = 0; i < receiver.generation(); i++) {
        ring.advance(index, 1);
      }
      return LiveKitVectors.decrypt(
          new FrameDecryptor(ring),
          LiveKitVectors.codec(frame),
          LiveKitVectors.frameType(frame),
          data);
    }
  }

  private static boolean forwarded(JsonNode expect) {
    String result = expect.get("result").asText();
    assertThat(result).isIn("forwarded", "dropped");
    return result.equals("forwarded");
  }

  /** Whether a frame that came through says that its IV has another length than 12. */
  private static boolean hasOtherIvLength(JsonNode step) {
    JsonNode expect = step.get("expect");
    byte[] data = LiveKitVectors.hex(step.get("frame"), "dataHex");
    return forwarded(expect)
        && expect.path("openAttempts").asInt() > 0
        && data[data.length - 2] != 12;
  }

  private static Map<String, Long> counted(List<String> errors) {
    return errors.stream().collect(Collectors.groupingBy(e -> e, Collectors.counting()));
  }

  private static Map<String, Long> counted(JsonNode errors) {
    if (errors.isArray()) {
      List<String> list = new ArrayList<>();
      errors.forEach(e -> list.add(e.asText()));
      return counted(list);
    }
    Map<String, Long> counts = new HashMap<>();
    errors.properties().forEach(e -> counts.put(e.getKey(), e.getValue().asLong()));
    return counts;
  }
}
