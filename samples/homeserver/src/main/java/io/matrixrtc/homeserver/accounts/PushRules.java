package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import java.util.List;
import java.util.Optional;

/**
 * The push rules that users have set. The server has no rules of its own, evaluates none and keeps
 * them as the account data {@code m.push_rules}, so that each change comes down in sync.
 */
final class PushRules {
  static final String TYPE = "m.push_rules";

  private static final List<String> KINDS =
      List.of("override", "underride", "content", "room", "sender");

  private final AccountData data;

  PushRules(AccountData data) {
    this.data = data;
  }

  /** Where a new rule goes: before or after another one, or to the front. */
  record Place(Optional<String> before, Optional<String> after) {}

  /** {@code {"global": …}} with all five kinds, which may be empty. */
  ObjectNode all(String userId) {
    return data.get(userId, AccountData.GLOBAL, TYPE)
        .orElseGet(
            () -> {
              ObjectNode rules = Json.object();
              ObjectNode global = rules.putObject("global");
              KINDS.forEach(global::putArray);
              return rules;
            });
  }

  ObjectNode get(String userId, String kind, String ruleId) {
    ArrayNode rules = rules(all(userId), kind);
    return (ObjectNode) rules.get(find(rules, ruleId));
  }

  /** Adds a rule or replaces the one of this id. */
  void put(String userId, String kind, ObjectNode rule, Place place) {
    ObjectNode all = all(userId);
    ArrayNode rules = rules(all, kind);
    int present = indexOf(rules, rule.path("rule_id").asText());
    int at = Math.max(present, 0);
    if (present >= 0) {
      rules.remove(present);
    }
    if (place.before().isPresent()) {
      at = find(rules, place.before().get());
    } else if (place.after().isPresent()) {
      at = find(rules, place.after().get()) + 1;
    }
    rules.insert(at, rule);
    data.put(userId, AccountData.GLOBAL, TYPE, all);
  }

  void delete(String userId, String kind, String ruleId) {
    ObjectNode all = all(userId);
    ArrayNode rules = rules(all, kind);
    rules.remove(find(rules, ruleId));
    data.put(userId, AccountData.GLOBAL, TYPE, all);
  }

  /** Sets one member of a rule. */
  void change(String userId, String kind, String ruleId, String member, JsonNode value) {
    ObjectNode all = all(userId);
    ArrayNode rules = rules(all, kind);
    ((ObjectNode) rules.get(find(rules, ruleId))).set(member, value);
    data.put(userId, AccountData.GLOBAL, TYPE, all);
  }

  private static ArrayNode rules(ObjectNode all, String kind) {
    if (!KINDS.contains(kind)) {
      throw MatrixException.invalidParam("No such kind of rule: " + kind);
    }
    return (ArrayNode) all.path("global").path(kind);
  }

  private static int find(ArrayNode rules, String ruleId) {
    int index = indexOf(rules, ruleId);
    if (index < 0) {
      throw MatrixException.notFound("Unknown push rule " + ruleId);
    }
    return index;
  }

  private static int indexOf(ArrayNode rules, String ruleId) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).path("rule_id").asText().equals(ruleId)) {
        return i;
      }
    }
    return -1;
  }
}
