package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.KeysApi;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;

/** Takes the one-time keys of a device away, as somebody who claims them all would. */
final class OneTimeKeys {
  /** More than anybody publishes. */
  private static final int MOST = 200;

  private OneTimeKeys() {}

  /** What a claim gives next. */
  enum Claimed {
    ONE_TIME_KEY,
    FALLBACK_KEY,
    NOTHING
  }

  /**
   * Claims until no one-time key is left.
   *
   * @return how many there were
   * @throws AssertionError if there was none, so that nothing was used up
   */
  static int useUp(KeysApi keys, DeviceAddress of) {
    for (int taken = 0; taken < MOST; taken++) {
      if (claim(keys, of) != Claimed.ONE_TIME_KEY) {
        if (taken == 0) {
          throw new AssertionError(of + " had no one-time key");
        }
        return taken;
      }
    }
    throw new AssertionError(of + " has still one-time keys after " + MOST);
  }

  /** Claims a key. */
  static Claimed claim(KeysApi keys, DeviceAddress of) {
    ObjectNode body = Json.newObject();
    body.putObject("one_time_keys").putObject(of.userId()).put(of.deviceId(), "signed_curve25519");
    return kind(World.get(keys.claim(body)).orThrow(), of);
  }

  /** What an answer to a claim gives of a device. */
  static Claimed kind(JsonNode answer, DeviceAddress of) {
    JsonNode claimed = answer.path("one_time_keys").path(of.userId()).path(of.deviceId());
    if (claimed.isEmpty()) {
      return Claimed.NOTHING;
    }
    return claimed.elements().next().path("fallback").asBoolean()
        ? Claimed.FALLBACK_KEY
        : Claimed.ONE_TIME_KEY;
  }
}
