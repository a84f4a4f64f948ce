package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Splits messages into {@code sendToDevice} bodies that homeservers and proxies take without
 * complaint: at most {@value #MAX_MESSAGES} messages (SEND-SPLIT) and, unless one message alone is
 * longer, {@value #MAX_BYTES} bytes of content (SEND-SIZE).
 */
final class ToDeviceBatches {
  /** As many messages go into one request. */
  static final int MAX_MESSAGES = 250;

  /**
   * As many bytes of content go into one request: half of what nginx, in front of most homeservers,
   * takes if nobody told it otherwise (1 MiB), and enough for {@value #MAX_MESSAGES} call keys.
   */
  static final int MAX_BYTES = 512 << 10;

  private final BiConsumer<ObjectNode, Set<UserDevice>> sink;
  private ObjectNode body = Json.newObject();
  private Set<UserDevice> devices = new LinkedHashSet<>();
  private int bytes;

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
    int length = content.toString().getBytes(StandardCharsets.UTF_8).length;
    if (devices.size() == MAX_MESSAGES || bytes + length > MAX_BYTES) {
      flush();
    }
    body.withObjectProperty("messages")
        .withObjectProperty(device.userId())
        .set(device.deviceId(), content);
    devices.add(device);
    bytes += length;
  }

  private void flush() {
    if (!devices.isEmpty()) {
      sink.accept(body, devices);
    }
    body = Json.newObject();
    devices = new LinkedHashSet<>();
    bytes = 0;
  }
}
