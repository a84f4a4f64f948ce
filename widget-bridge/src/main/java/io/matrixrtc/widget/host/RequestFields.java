package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Typed access to the payload of a request. A member that is missing or of another type than it
 * must be refuses the request (FIELDS-TYPED).
 */
record RequestFields(ObjectNode data) {
  /** Longest id, type or key, in characters. */
  static final int MAX_TEXT_CHARS = 1_024;

  boolean has(String name) {
    return data.has(name);
  }

  JsonNode node(String name) {
    return data.path(name);
  }

  /** A string that must be there and not empty, else {@code missing}. */
  String filled(String name, String missing) throws RequestRefusedException {
    String text = text(name).orElseThrow(() -> RequestRefusedException.invalid(missing));
    if (text.isEmpty()) {
      throw RequestRefusedException.invalid(missing);
    }
    return text;
  }

  /** A string, if the member is there. */
  Optional<String> text(String name) throws RequestRefusedException {
    if (!data.has(name)) {
      return Optional.empty();
    }
    JsonNode value = data.get(name);
    if (!value.isTextual() || value.textValue().length() > MAX_TEXT_CHARS) {
      throw wrong(name);
    }
    return Optional.of(value.textValue());
  }

  /** An object that must be there, else {@code missing}. */
  ObjectNode object(String name, String missing) throws RequestRefusedException {
    if (data.path(name) instanceof ObjectNode object) {
      return object;
    }
    throw data.has(name) ? wrong(name) : RequestRefusedException.invalid(missing);
  }

  /** A boolean that must be there, else {@code missing}. */
  boolean flag(String name, String missing) throws RequestRefusedException {
    if (!data.path(name).isBoolean()) {
      throw RequestRefusedException.invalid(missing);
    }
    return data.get(name).booleanValue();
  }

  /** A whole number from {@code least} to {@code most}, if the member is there. */
  Optional<Long> number(String name, long least, long most, String wrong)
      throws RequestRefusedException {
    if (!data.has(name)) {
      return Optional.empty();
    }
    JsonNode value = data.get(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw RequestRefusedException.invalid(wrong);
    }
    return Optional.of(value.longValue());
  }

  /** A positive time in milliseconds, if the member is there. */
  Optional<Duration> millis(String name, Duration most) throws RequestRefusedException {
    return number(name, 1, most.toMillis(), name + " out of range").map(Duration::ofMillis);
  }

  /** An array of strings, at most {@code most}; of other things it is refused. */
  List<String> texts(String name, int most) throws RequestRefusedException {
    JsonNode array = data.path(name);
    if (!array.isArray() || array.size() > most) {
      throw wrong(name);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array) {
      if (!item.isTextual() || item.textValue().length() > MAX_TEXT_CHARS) {
        throw wrong(name);
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  /** What to throw for a member that is not as it must be. */
  static RequestRefusedException wrong(String name) {
    return RequestRefusedException.invalid("wrong " + name);
  }
}
