package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.fuzz.FuzzTarget;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What to-device messages bring. The first byte chooses: the decrypted payload, the encrypted
 * envelope, or device keys.
 */
public final class ToDeviceTarget implements FuzzTarget {
  private final List<byte[]> seeds = new ArrayList<>();
  private final Curve25519PublicKey own;

  public ToDeviceTarget() throws Exception {
    MachineNetwork network = new MachineNetwork(1);
    OlmMachine alice = network.open("@alice:x.org", "A");
    OlmMachine bob = network.open("@bob:x.org", "B");
    network.introduce(alice, bob);
    for (int i = 0; i < 2; i++) {
      network.deliver(alice, "t", Json.newObject().put("n", i), bob.device());
    }
    ObjectNode aliceKeys = Objects.requireNonNull(network.deviceKeys.get(alice.device()));
    ObjectNode bobKeys = Objects.requireNonNull(network.deviceKeys.get(bob.device()));
    own =
        SignedDeviceKeys.parse(bobKeys)
            .curve25519()
            .orElseThrow(() -> new AssertionError("no identity key"));
    for (var event : network.queues.getOrDefault(bob.device(), List.of())) {
      seeds.add(input(1, event.path("content").toString()));
    }
    seeds.add(input(2, aliceKeys.toString()));
    ObjectNode payload = Json.newObject();
    payload.put("type", "t").put("sender", "@alice:x.org").put("recipient", "@bob:x.org");
    payload.putObject("content").put("n", 1);
    payload.putObject("keys").set("ed25519", aliceKeys.at("/keys/ed25519:A"));
    payload.putObject("recipient_keys").set("ed25519", bobKeys.at("/keys/ed25519:B"));
    seeds.add(input(0, payload.toString()));
    seeds.add(input(0, payload.toString().replace("\"n\":1", "\"n\":-0")));
    seeds.add(input(0, payload.toString().replace("\"n\":1", "\"n\":1e400")));
    payload.set(OlmPayload.SENDER_DEVICE_KEYS, aliceKeys);
    seeds.add(input(0, payload.toString()));
  }

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] json = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] % 3) {
      case 0 -> payload(json);
      case 1 -> envelope(json);
      default -> deviceKeys(json);
    }
  }

  private static void payload(byte[] json) throws Exception {
    OlmPayload payload;
    try {
      payload = OlmPayload.parse(json, new ReadKeys());
    } catch (OlmPayload.Malformed e) {
      return;
    }
    OlmPayload again =
        OlmPayload.parse(Json.mapper().writeValueAsBytes(payload.json()), new ReadKeys());
    if (!again.json().equals(payload.json()) || !again.senderKey().equals(payload.senderKey())) {
      throw new AssertionError("payload written and read again is not the same");
    }
    SecretContents.blanked(payload.type(), payload.json());
  }

  private void envelope(byte[] json) throws Exception {
    OlmEnvelope envelope;
    try {
      envelope = OlmEnvelope.parse(Json.parseObject(json), own);
    } catch (OlmEnvelope.Malformed | MalformedJsonException e) {
      return;
    }
    if (envelope.message().isPresent()) {
      ObjectNode written =
          OlmEnvelope.write(envelope.senderKey(), own, envelope.message().get(), "id");
      OlmEnvelope again = OlmEnvelope.parse(written, own);
      if (!again.senderKey().equals(envelope.senderKey())
          || !Arrays.equals(
              again.message().orElseThrow().encode(), envelope.message().get().encode())) {
        throw new AssertionError("envelope written and read again is not the same");
      }
    }
  }

  private static void deviceKeys(byte[] json) throws Exception {
    try {
      SignedDeviceKeys keys = SignedDeviceKeys.parse(Json.parseObject(json));
      if (!SignedDeviceKeys.parse(keys.toJson()).ed25519().equals(keys.ed25519())) {
        throw new AssertionError("device keys read again are not the same");
      }
      SignedDeviceKeys.accept(keys.userId(), keys.deviceId(), keys.toJson(), keys);
    } catch (DeviceKeysException | MalformedJsonException e) {
      return;
    }
  }

  private static byte[] input(int first, String rest) {
    byte[] bytes = rest.getBytes(UTF_8);
    byte[] input = new byte[bytes.length + 1];
    input[0] = (byte) first;
    System.arraycopy(bytes, 0, input, 1, bytes.length);
    return input;
  }

  @Override
  public List<byte[]> seeds() {
    return seeds;
  }

  @Override
  public int maxBytes() {
    return 3000;
  }
}
