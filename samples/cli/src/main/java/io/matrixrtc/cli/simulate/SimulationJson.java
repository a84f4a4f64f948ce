package io.matrixrtc.cli.simulate;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.testkit.simulation.PolicyResult;
import io.matrixrtc.testkit.simulation.PolicyResult.Spread;

/** JSON lines: what was lost under each policy, then one line for each policy. */
public final class SimulationJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private SimulationJson() {}

  /** The frames that did not arrive in the clear. */
  public static String losses(PolicyResult result) {
    return MAPPER
        .createObjectNode()
        .put("type", "losses")
        .put("policy", result.policy())
        .put("framesLostAtSteps", result.framesLostAtSteps())
        .put("framesLostAtRotations", result.framesLostAtRotations())
        .toString();
  }

  /** What the policy cost and protected. */
  public static String policy(PolicyResult result) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("type", "policy");
    line.put("policy", result.policy());
    line.put("toDeviceMessages", result.toDeviceMessages());
    line.put("perJoin", rounded(result.perJoin()));
    line.put("perLeave", rounded(result.perLeave()));
    line.set("joinToHearMs", spread(result.joinToHearMs()));
    line.put("exposureBeforeJoinFrames", result.exposureBeforeJoinFrames());
    line.set("exposureAfterLeaveMs", spread(result.exposureAfterLeaveMs()));
    line.set("forgeableAfterLeaveMs", spread(result.forgeableAfterLeaveMs()));
    line.set("unmuteDelayMs", spread(result.unmuteDelayMs()));
    line.put("heldUnmutes", result.heldUnmutes());
    line.put("deafReceiverMs", result.deafReceiverMs());
    return line.toString();
  }

  private static ObjectNode spread(Spread spread) {
    return MAPPER.createObjectNode().put("p50", spread.p50()).put("p99", spread.p99());
  }

  private static double rounded(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
