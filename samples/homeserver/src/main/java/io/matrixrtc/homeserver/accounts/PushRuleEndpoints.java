package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;

/** Reads and writes the caller's push rules. */
public final class PushRuleEndpoints implements Endpoints {
  private final PushRules rules;

  public PushRuleEndpoints(AccountData data) {
    this.rules = new PushRules(data);
  }

  @Override
  public void addTo(Routes routes) {
    String rule = "/pushrules/global/{kind}/{ruleId}";
    routes.client("GET", "/pushrules/", r -> Answer.ok(rules.all(user(r))));
    routes.client("GET", "/pushrules/global/", r -> Answer.ok(rules.all(user(r)).path("global")));
    routes.client("GET", rule, r -> Answer.ok(find(r)));
    routes.client("PUT", rule, this::put);
    routes.client("DELETE", rule, this::delete);
    for (String member : new String[] {"enabled", "actions"}) {
      routes.client("GET", rule + "/" + member, r -> Answer.ok(find(r).retain(member)));
      routes.client("PUT", rule + "/" + member, r -> change(r, member));
    }
  }

  private Answer put(Request request) {
    Fields body = request.fields();
    String kind = request.path("kind");
    String ruleId = request.path("ruleId");
    if (ruleId.isEmpty() || ruleId.startsWith(".")) {
      throw MatrixException.invalidParam("Not a rule id of a user: " + ruleId);
    }
    ObjectNode rule = Json.object().put("rule_id", ruleId).put("default", false);
    rule.put("enabled", true);
    rule.set("actions", member(body, "actions"));
    if (kind.equals("content")) {
      rule.put("pattern", body.string("pattern"));
    } else if (kind.equals("override") || kind.equals("underride")) {
      JsonNode conditions = body.object().path("conditions");
      rule.set("conditions", conditions.isArray() ? conditions : Json.array());
    }
    rules.put(
        user(request),
        kind,
        rule,
        new PushRules.Place(request.query("before"), request.query("after")));
    return Answer.ok();
  }

  private Answer delete(Request request) {
    rules.delete(user(request), request.path("kind"), request.path("ruleId"));
    return Answer.ok();
  }

  private Answer change(Request request, String member) {
    JsonNode value = member(request.fields(), member);
    rules.change(user(request), request.path("kind"), request.path("ruleId"), member, value);
    return Answer.ok();
  }

  private ObjectNode find(Request request) {
    return rules.get(user(request), request.path("kind"), request.path("ruleId"));
  }

  private static JsonNode member(Fields body, String name) {
    JsonNode value = body.object().path(name);
    if (value.isMissingNode()) {
      throw MatrixException.missing(name);
    }
    if (name.equals("actions") ? !value.isArray() : !value.isBoolean()) {
      throw MatrixException.badJson(name + " has the wrong type");
    }
    return value;
  }

  private static String user(Request request) {
    return request.session().userId();
  }
}
