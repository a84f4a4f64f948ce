package io.matrixrtc.cli.call;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;

/** The view of a call as one JSON object. */
public final class CallJson {
  private CallJson() {}

  /** One line. */
  public static String line(CallView view) {
    ObjectNode line = Json.newObject().put("type", "call").put("own", view.own());
    line.put("status", view.status());
    view.ownKey().ifPresent(index -> line.put("ownKey", index));
    ArrayNode members = line.putArray("members");
    for (CallView.Row row : view.rows()) {
      ObjectNode member = members.addObject().put("device", row.device()).put("trust", row.trust());
      row.index().ifPresent(index -> member.put("keyIndex", index));
      row.age().ifPresent(age -> member.put("keyAgeMs", age.toMillis()));
      row.way().ifPresent(way -> member.put("keyBy", way));
      member.put("theirKey", row.theirs()).put("ourKey", row.ours());
    }
    ArrayNode problems = line.putArray("problems");
    view.problems().forEach(problems::add);
    return line.toString();
  }
}
