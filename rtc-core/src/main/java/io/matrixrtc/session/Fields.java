package io.matrixrtc.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Typed access to an object of an event, where a wrong field is named by its path. */
final class Fields {
  /** Longer lifetimes, and times further from 1970, are cut to this (G1-CUT). */
  private static final long MAX_MILLIS = Duration.ofDays(365_000).toMillis();

  /** As upstream: a user id has a server name; what is in its parts is the servers' business. */
  private static final Pattern USER_ID = Pattern.compile("@[^:]*:.+", Pattern.DOTALL);

  private final JsonNode node;
  private final String path;

  private Fields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  static Fields of(ObjectNode content) {
    return new Fields(content, "");
  }

  boolean has(String field) {
    return node.has(field);
  }

  JsonNode node(String field) {
    return node.path(field);
  }

  /** A required object. */
  Fields object(String field) throws BadFieldException {
    if (!node.path(field).isObject()) {
      throw bad(field);
    }
    return new Fields(node.get(field), path + field + ".");
  }

  /** A required string, which may be empty. */
  String text(String field) throws BadFieldException {
    if (!node.path(field).isTextual()) {
      throw bad(field);
    }
    return node.get(field).textValue();
  }

  /** A required string with something in it. */
  String filled(String field) throws BadFieldException {
    String text = text(field);
    if (text.isEmpty()) {
      throw bad(field);
    }
    return text;
  }

  /** A string, if the field is there. */
  Optional<String> optionalText(String field) throws BadFieldException {
    return node.has(field) ? Optional.of(text(field)) : Optional.empty();
  }

  /** A number of milliseconds, if the field is there; cut, whole. */
  Optional<Long> millis(String field) throws BadFieldException {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isNumber() || Double.isNaN(value.doubleValue())) {
      throw bad(field);
    }
    return Optional.of(cut(value.doubleValue()));
  }

  /** A required array of strings. */
  List<String> texts(String field) throws BadFieldException {
    if (!node.path(field).isArray()) {
      throw bad(field);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : node.get(field)) {
      if (!item.isTextual()) {
        throw bad(field);
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  /** A required array of transports. */
  List<Transport> transports(String field) throws BadFieldException {
    if (!node.path(field).isArray()) {
      throw bad(field);
    }
    List<Transport> transports = new ArrayList<>();
    for (JsonNode item : node.get(field)) {
      if (!(item instanceof ObjectNode fields) || !fields.path("type").isTextual()) {
        throw bad(field);
      }
      transports.add(new Transport(fields.get("type").textValue(), fields));
    }
    return transports;
  }

  /** What to throw for a field: it is missing, or of another type or value than it must be. */
  BadFieldException bad(String field) {
    return new BadFieldException(
        node.has(field) ? IgnoreReason.BAD_FIELD : IgnoreReason.MISSING_FIELD, path + field);
  }

  static long cut(double millis) {
    return (long) Math.max(-MAX_MILLIS, Math.min(MAX_MILLIS, millis));
  }

  static boolean isUserId(String text) {
    return USER_ID.matcher(text).matches();
  }
}
