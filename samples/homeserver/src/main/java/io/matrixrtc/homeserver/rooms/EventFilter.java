package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Fields;
import java.util.List;
import java.util.Optional;

/**
 * Which events a client wants. A {@code *} in a type stands for any text. Absent lists admit all,
 * an empty list of types or senders admits none.
 */
public record EventFilter(
    Optional<List<String>> types,
    List<String> notTypes,
    Optional<List<String>> senders,
    List<String> notSenders) {
  public static final EventFilter NONE =
      new EventFilter(Optional.empty(), List.of(), Optional.empty(), List.of());

  /** Reads a room event filter; members of a wrong type are {@code M_BAD_JSON}. */
  public static EventFilter of(ObjectNode json) {
    Fields fields = new Fields(json);
    return new EventFilter(
        present(fields, "types"),
        fields.strings("not_types"),
        present(fields, "senders"),
        fields.strings("not_senders"));
  }

  public boolean admits(Event event) {
    return admitsType(event.type())
        && senders.map(wanted -> wanted.contains(event.sender())).orElse(true)
        && !notSenders.contains(event.sender());
  }

  /** For what has no sender, as account data. */
  public boolean admitsType(String type) {
    return types.map(wanted -> anyMatches(wanted, type)).orElse(true)
        && !anyMatches(notTypes, type);
  }

  private static Optional<List<String>> present(Fields fields, String name) {
    JsonNode node = fields.object().get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(fields.strings(name));
  }

  private static boolean anyMatches(List<String> patterns, String type) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, type));
  }

  /** The first place that fits is taken for each part, so that many stars cost no more. */
  private static boolean matches(String pattern, String type) {
    String[] parts = pattern.split("\\*", -1);
    String last = parts[parts.length - 1];
    if (parts.length == 1) {
      return pattern.equals(type);
    } else if (!type.startsWith(parts[0]) || !type.endsWith(last)) {
      return false;
    }
    int at = parts[0].length();
    for (int part = 1; part < parts.length - 1; part++) {
      int found = type.indexOf(parts[part], at);
      if (found < 0) {
        return false;
      }
      at = found + parts[part].length();
    }
    return at + last.length() <= type.length();
  }
}
