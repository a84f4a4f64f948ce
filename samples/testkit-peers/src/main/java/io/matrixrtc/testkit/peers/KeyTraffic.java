package io.matrixrtc.testkit.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ForeignSession.Keys;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The call keys of a widget, read from what its host posts to it: keys of others, which the host
 * has checked, and the replies to its own to-device messages, which repeat what it asked for and
 * say whom it did not reach. Any thread may call.
 *
 * <p>When a widget begins to use its key, no message tells: the first one at once, as nobody hears
 * it under another, a later one a delay after it was sent.
 */
final class KeyTraffic {
  private static final String KEYS = "io.element.call.encryption_keys";

  private final Duration useDelay;
  private final ScheduledExecutorService timer;
  private Optional<Keys> told = Optional.empty();
  private Optional<OwnKey> newest = Optional.empty();
  private int calls;

  private record OwnKey(int index, String base64) {
    static OwnKey in(JsonNode content) {
      JsonNode keys = content.path("keys");
      return new OwnKey(keys.path("index").intValue(), keys.path("key").asText());
    }

    byte[] material() {
      return Base64.getDecoder().decode(base64);
    }
  }

  /**
   * @param useDelay how long after a key was sent the widget uses it
   */
  KeyTraffic(Duration useDelay, ScheduledExecutorService timer) {
    this.useDelay = useDelay;
    this.timer = timer;
  }

  /** A call begins, of which {@code keys} are told. */
  synchronized void begin(Keys keys) {
    end();
    told = Optional.of(keys);
  }

  /** The call is over: nothing is told, and the next own key is a first one. */
  synchronized void end() {
    calls++;
    told = Optional.empty();
    newest = Optional.empty();
  }

  /** The host has posted a message to the widget. */
  synchronized void onPosted(String text) {
    ObjectNode message;
    try {
      message = Json.parseObject(text);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("the host posted what is no message", e);
    }
    if (told.isEmpty()
        || !message.path("action").asText().equals("send_to_device")
        || !message.at("/data/type").asText().equals(KEYS)) {
      return;
    }
    boolean isReply = message.has("response");
    String api = message.path("api").asText();
    if (api.equals("toWidget") && !isReply) {
      onKeyOfAnother(told.get(), message.path("data"));
    } else if (api.equals("fromWidget") && isReply) {
      onSent(told.get(), message.at("/data/messages"), message.path("response"));
    }
  }

  private static void onKeyOfAnother(Keys keys, JsonNode event) {
    OwnKey key = OwnKey.in(event.path("content"));
    String device = event.at("/content/member/claimed_device_id").asText();
    keys.onRemoteKey(
        new DeviceAddress(event.path("sender").asText(), device), key.index(), key.material());
  }

  private void onSent(Keys keys, JsonNode messages, JsonNode response) {
    String error = response.at("/error/message").asText();
    for (Map.Entry<String, JsonNode> user : messages.properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        OwnKey key = OwnKey.in(device.getValue());
        DeviceAddress to = new DeviceAddress(user.getKey(), device.getKey());
        if (response.has("error")) {
          keys.onNotServed(to, key.index(), key.material(), error);
        } else if (contains(response.path("failures").path(to.userId()), to.deviceId())) {
          keys.onNotServed(to, key.index(), key.material(), "the host did not reach it");
        } else {
          keys.onServed(to, key.index(), key.material());
        }
        use(keys, key);
      }
    }
  }

  private static boolean contains(JsonNode ids, String wanted) {
    for (JsonNode id : ids) {
      if (id.asText().equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private void use(Keys keys, OwnKey key) {
    if (newest.filter(key::equals).isPresent()) {
      return;
    }
    boolean first = newest.isEmpty();
    newest = Optional.of(key);
    if (first) {
      keys.onOwnKey(key.index(), key.material());
      return;
    }
    int call = calls;
    var unused =
        timer.schedule(() -> useLater(call, keys, key), useDelay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void useLater(int call, Keys keys, OwnKey key) {
    if (call == calls) {
      keys.onOwnKey(key.index(), key.material());
    }
  }
}
