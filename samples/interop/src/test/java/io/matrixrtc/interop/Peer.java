package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.peers.PeerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A device of another implementation. Its commands are those of the scripts under peers. */
final class Peer implements CallParty, AutoCloseable {
  private final PeerProcess process;
  private final DeviceAddress address;
  private final String curve25519;
  private final String ed25519;

  private Peer(PeerProcess process, ObjectNode started) {
    this.process = process;
    this.address =
        new DeviceAddress(started.path("user").asText(), started.path("device").asText());
    this.curve25519 = started.path("curve25519").asText();
    this.ed25519 = started.path("ed25519").asText();
  }

  /** Logs in as a new device, publishes its keys and syncs; {@code process} is closed with it. */
  static Peer start(PeerProcess process, Account account, String deviceId, String homeserver)
      throws InterruptedException {
    return start(process, login(account, deviceId, homeserver));
  }

  /** As above, with other arguments of its script besides those of {@link #login}. */
  static Peer start(PeerProcess process, ObjectNode arguments) throws InterruptedException {
    return new Peer(process, process.call("start", arguments));
  }

  /** How to log in as a new device. */
  static ObjectNode login(Account account, String deviceId, String homeserver) {
    ObjectNode login = Json.newObject().put("homeserver", homeserver);
    login.put("user", account.userId()).put("password", account.password());
    return login.put("device", deviceId);
  }

  /** A user who may log in with a password. */
  record Account(String userId, String password) {}

  /**
   * A to-device event as the peer saw it.
   *
   * @param senderDevice the device that the peer found for the Olm session; empty if it says none
   * @param senderKey the Curve25519 key of the Olm session
   */
  record Received(
      String type,
      String sender,
      String senderDevice,
      String senderKey,
      boolean encrypted,
      JsonNode content) {}

  @Override
  public DeviceAddress address() {
    return address;
  }

  /** Its public Curve25519 key. */
  String curve25519() {
    return curve25519;
  }

  /** Its public Ed25519 key. */
  String ed25519() {
    return ed25519;
  }

  void joinRoom(String roomId) throws InterruptedException {
    process.call("join", Json.newObject().put("room", roomId));
  }

  /** Joins the call of a room; from now on it gives its keys to the members and takes theirs. */
  void joinCall(String roomId) throws InterruptedException {
    process.call("joinCall", Json.newObject().put("room", roomId));
  }

  /** As {@link #joinCall(String)}, for those who look for it at an SFU. */
  void joinCall(String roomId, String service) throws InterruptedException {
    process.call("joinCall", Json.newObject().put("room", roomId).put("service", service));
  }

  void leaveCall() throws InterruptedException {
    process.call("leaveCall", Json.newObject());
  }

  /** Carries out another command of its script. */
  ObjectNode call(String command, ObjectNode arguments) throws InterruptedException {
    return process.call(command, arguments);
  }

  /** Sends an encrypted message to a room; returns its event id. */
  String post(String roomId, String body) throws InterruptedException {
    return process
        .call("post", Json.newObject().put("room", roomId).put("body", body))
        .path("id")
        .asText();
  }

  /** The ids of encrypted messages of others that it has read, in order. */
  List<String> read() {
    return process.events("message").stream().map(event -> event.path("id").asText()).toList();
  }

  /** The Megolm session of a message that it has read. */
  String sessionOf(String eventId) {
    return process.events("message").stream()
        .filter(event -> event.path("id").asText().equals(eventId))
        .map(event -> event.path("session").asText())
        .findFirst()
        .orElseThrow();
  }

  /** Lets its room keys grow older. */
  void pass(Duration time) throws InterruptedException {
    process.call("age", Json.newObject().put("millis", time.toMillis()));
  }

  /** Sends a request of its own to the homeserver, in the name of its device. */
  ObjectNode http(String method, String path, ObjectNode body) throws InterruptedException {
    ObjectNode arguments = Json.newObject().put("method", method).put("path", path);
    arguments.set("body", body);
    return process.call("http", arguments);
  }

  /** Why it could not read an event; empty if it could, or has not seen it. */
  List<String> unread(String eventId) {
    return process.events("unread").stream()
        .filter(event -> event.path("id").asText().equals(eventId))
        .map(event -> event.path("code").asText())
        .toList();
  }

  /** Makes a cross-signing identity for its user and signs itself with it. */
  void crossSign() throws InterruptedException {
    process.call("crossSign", Json.newObject());
  }

  /** Publishes one-time keys, where the peer does not do so by itself. */
  void uploadKeys() throws InterruptedException {
    process.call("uploadKeys", Json.newObject());
  }

  /** Whether it has heard of a device. */
  boolean knows(DeviceAddress other) throws InterruptedException {
    JsonNode devices =
        process.call("devices", Json.newObject().put("user", other.userId())).path("devices");
    for (JsonNode one : devices) {
      if (one.path("device").asText().equals(other.deviceId())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Encrypts an event for devices and sends it.
   *
   * @return the Olm message type for each device that it was sent to: 0 pre-key, 1 normal
   */
  List<Integer> send(String type, ObjectNode content, DeviceAddress... to)
      throws InterruptedException {
    ObjectNode arguments = Json.newObject().put("type", type);
    arguments.set("content", content);
    ArrayNode targets = arguments.putArray("to");
    for (DeviceAddress device : to) {
      targets.addObject().put("user", device.userId()).put("device", device.deviceId());
    }
    List<Integer> types = new ArrayList<>();
    process.call("send", arguments).path("olmTypes").forEach(one -> types.add(one.intValue()));
    return types;
  }

  /** The to-device events of a type that it received, in order. */
  List<Received> received(String type) {
    return process.events("to-device").stream()
        .filter(event -> event.path("type").asText().equals(type))
        .map(
            event ->
                new Received(
                    type,
                    event.path("sender").asText(),
                    event.path("senderDevice").asText(),
                    event.path("senderKey").asText(),
                    event.path("encrypted").booleanValue(),
                    event.path("content")))
        .toList();
  }

  @Override
  public List<CallKey> keysOf(DeviceAddress owner) {
    return process.events("key").stream()
        .filter(
            event ->
                event.path("user").asText().equals(owner.userId())
                    && event.path("device").asText().equals(owner.deviceId()))
        .map(
            event -> new CallKey(owner, event.path("index").intValue(), event.path("key").asText()))
        .toList();
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
