package io.matrixrtc.homeserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a request's object. An absent required member is {@code M_MISSING_PARAM}, a
 * member of the wrong type {@code M_BAD_JSON}; null counts as absent.
 */
public record Fields(ObjectNode object) {

  public String string(String name) {
    return optionalString(name).orElseThrow(() -> MatrixException.missing(name));
  }

  public Optional<String> optionalString(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw MatrixException.badJson(name + " must be a string.");
    }
    return Optional.of(node.textValue());
  }

  public ObjectNode required(String name) {
    return optionalObject(name).orElseThrow(() -> MatrixException.missing(name));
  }

  public Optional<ObjectNode> optionalObject(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      throw MatrixException.badJson(name + " must be an object.");
    }
    return Optional.of((ObjectNode) node);
  }

  public boolean flag(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return false;
    }
    if (!node.isBoolean()) {
      throw MatrixException.badJson(name + " must be a boolean.");
    }
    return node.booleanValue();
  }

  public List<String> strings(String name) {
    List<String> strings = new ArrayList<>();
    for (JsonNode item : array(name)) {
      if (!item.isTextual()) {
        throw MatrixException.badJson(name + " must hold strings.");
      }
      strings.add(item.textValue());
    }
    return strings;
  }

  public List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (JsonNode item : array(name)) {
      objects.add(of(item, name));
    }
    return objects;
  }

  /** The node as fields; {@code name} is for the error text. */
  public static Fields of(JsonNode node, String name) {
    if (!node.isObject()) {
      throw MatrixException.badJson(name + " must be an object.");
    }
    return new Fields((ObjectNode) node);
  }

  private List<JsonNode> array(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      throw MatrixException.badJson(name + " must be an array.");
    }
    List<JsonNode> items = new ArrayList<>();
    node.forEach(items::add);
    return items;
  }

  private @Nullable JsonNode present(String name) {
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }
}
