package io.matrixrtc.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.testkit.demo.Check;
import io.matrixrtc.testkit.demo.DemoOutcome;
import io.matrixrtc.testkit.demo.Figures;

/** The last line of {@code matrixrtc demo --json}. */
final class SummaryJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private SummaryJson() {}

  static String of(DemoOutcome outcome) {
    ObjectNode summary = MAPPER.createObjectNode();
    summary.put("type", "summary");
    summary.put("ok", outcome.ok());
    summary.put("participants", outcome.participants());
    summary.put("framesSent", outcome.framesSent());
    summary.put("framesDecrypted", outcome.framesDecrypted());
    summary.put("framesLate", outcome.framesLate());
    summary.put("framesUndecryptable", outcome.framesUndecryptable());
    summary.put("keysSent", outcome.keysSent());
    summary.put("joinerReadPast", outcome.joinerReadPast());
    summary.put("leaverReadFuture", outcome.leaverReadFuture());
    summary.set("exposureAfterLeaveMs", figures(outcome.exposureAfterLeaveMs()));
    summary.put("forgedKeysAccepted", outcome.forgedKeysAccepted());
    summary.put("keysSeenByServer", outcome.keysSeenByServer());
    summary.set("timeToMediaMs", figures(outcome.timeToMediaMs()));
    ArrayNode checks = summary.putArray("checks");
    outcome.checks().forEach(check -> checks.add(check(check)));
    return summary.toString();
  }

  /** The last line where a step failed, so that there is nothing to sum up. */
  static String ofFailure(String sentence) {
    return MAPPER
        .createObjectNode()
        .put("type", "summary")
        .put("ok", false)
        .put("error", sentence)
        .toString();
  }

  private static ObjectNode figures(Figures figures) {
    return MAPPER
        .createObjectNode()
        .put("p50", figures.p50())
        .put("p99", figures.p99())
        .put("count", figures.count());
  }

  private static ObjectNode check(Check check) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("name", check.name());
    if (check.verdict() == Check.Verdict.NOT_APPLICABLE) {
      node.putNull("ok");
      node.put("notApplicable", true);
    } else {
      node.put("ok", check.verdict() == Check.Verdict.OK);
    }
    node.put("detail", check.detail());
    check
        .control()
        .ifPresent(
            control ->
                node.putObject("control")
                    .put("what", control.what())
                    .put("ok", control.ok())
                    .put("detail", control.detail()));
    return node;
  }
}
