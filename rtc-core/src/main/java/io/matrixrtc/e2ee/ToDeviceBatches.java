package io.matrixrtc.e2ee;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Splits messages into {@code sendToDevice} bodies that homeservers and proxies take without
 * complaint: at most {@value #MAX_MESSAGES} messages (SEND-SPLIT) and, unless one message alone is
 * longer, {@value #MAX_BYTES} bytes (SEND-SIZE).
 */
final class ToDeviceBatches {
  /** As many messages go into one request. */
  static final int MAX_MESSAGES = 250;

  /** As many bytes has the body of one request, as UTF-8 without white space: 256 KiB. */
  static final int MAX_BYTES = 256 << 10;

  private static final int EMPTY_BODY_BYTES = "{\"messages\":{}}".length();

  private final BiConsumer<ObjectNode, Set<UserDevice>> sink;
  private ObjectNode body = Json.newObject();
  private Set<UserDevice> devices = new LinkedHashSet<>();
  private int bytes = EMPTY_BODY_BYTES;

  private ToDeviceBatches(BiConsumer<ObjectNode, Set<UserDevice>> sink) {
    this.sink = sink;
  }

  /** Hands each body with its devices to {@code sink}, in the order of the messages. */
  static void split(
      Map<UserDevice, ObjectNode> messages, BiConsumer<ObjectNode, Set<UserDevice>> sink) {
    ToDeviceBatches batches = new ToDeviceBatches(sink);
    messages.forEach(batches::add);
    batches.flush();
  }

  private void add(UserDevice device, ObjectNode content) {
    int length = lengthOf(content);
    if (devices.size() == MAX_MESSAGES || bytes + added(device, length) > MAX_BYTES) {
      flush();
    }
    bytes += added(device, length);
    body.withObjectProperty("messages")
        .withObjectProperty(device.userId())
        .set(device.deviceId(), content);
    devices.add(device);
  }

  /** By how much the body grows: {@code "device":content}, and its user unless there already. */
  private int added(UserDevice device, int contentLength) {
    boolean userIsThere = body.path("messages").has(device.userId());
    int user = userIsThere ? 0 : lengthOf(device.userId()) + ":{}".length();
    int comma = devices.isEmpty() ? 0 : 1;
    return user + comma + lengthOf(device.deviceId()) + ":".length() + contentLength;
  }

  private static int lengthOf(Object value) {
    try {
      return Json.mapper().writeValueAsBytes(value).length;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("message cannot be written as JSON", e);
    }
  }

  private void flush() {
    if (!devices.isEmpty()) {
      sink.accept(body, devices);
    }
    body = Json.newObject();
    devices = new LinkedHashSet<>();
    bytes = EMPTY_BODY_BYTES;
  }
}
