package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Machines in one encrypted room, whose server is a {@link MachineNetwork}. */
final class RoomFixture {
  static final String ROOM = "!room:a.example";
  static final String ALICE = "@alice:a.example";
  static final String BOB = "@bob:b.example";
  static final String CAROL = "@carol:c.example";
  static final UserDevice ALICE_DEVICE = new UserDevice(ALICE, "ADEV");
  static final UserDevice BOB_DEVICE = new UserDevice(BOB, "BDEV");
  static final UserDevice CAROL_DEVICE = new UserDevice(CAROL, "CDEV");

  final MachineNetwork network;
  private int events;

  RoomFixture(long seed) {
    this.network = new MachineNetwork(seed);
  }

  static ObjectNode settings() {
    return Json.newObject().put("algorithm", TestRoomSession.MEGOLM);
  }

  static RoomMembers joined(String... users) {
    return members(HistoryVisibility.SHARED, Set.of(users), Set.of());
  }

  static RoomMembers members(
      HistoryVisibility visibility, Set<String> joined, Set<String> invited) {
    return new RoomMembers(joined, invited, visibility);
  }

  /** Opens a machine that knows the room to be encrypted. */
  OlmMachine open(UserDevice device, OlmMachine.Settings trust, CryptoStore store)
      throws Exception {
    OlmMachine machine = network.open(device, trust, store);
    machine.rooms().encryptionEnabled(ROOM, settings());
    return machine;
  }

  OlmMachine open(UserDevice device) throws Exception {
    return open(device, MachineNetwork.ALL, new MemoryCryptoStore());
  }

  /** Encrypts a text, which must work. */
  RoomEncryptionOutcome.Encrypted encrypt(OlmMachine by, RoomMembers members, String body)
      throws Exception {
    return encrypt(by, members, TestRoomSession.text(body));
  }

  RoomEncryptionOutcome.Encrypted encrypt(OlmMachine by, RoomMembers members, ObjectNode content)
      throws Exception {
    String id = by.rooms().encrypt(ROOM, members, "m.room.message", content, network.now);
    network.settle(by);
    List<CompletedRoomEvent> completed = by.rooms().takeCompleted();
    assertThat(completed).extracting(CompletedRoomEvent::id).containsExactly(id);
    assertThat(completed.get(0).outcome()).isInstanceOf(RoomEncryptionOutcome.Encrypted.class);
    return (RoomEncryptionOutcome.Encrypted) completed.get(0).outcome();
  }

  /** The event as the server hands it out, with a new id. */
  ObjectNode event(OlmMachine by, RoomEncryptionOutcome.Encrypted encrypted) {
    ObjectNode event =
        Json.newObject()
            .put("type", "m.room.encrypted")
            .put("event_id", "$" + ++events)
            .put("sender", by.device().userId())
            .put("room_id", ROOM)
            .put("origin_server_ts", 1_700_000_000_000L);
    event.set("content", encrypted.content());
    return event;
  }

  ObjectNode say(OlmMachine by, RoomMembers members, String body) throws Exception {
    return event(by, encrypt(by, members, body));
  }

  /** What a machine makes of an event, after it took what waits for it. */
  RoomEventResult read(OlmMachine by, ObjectNode event) throws Exception {
    network.sync(by);
    network.settle(by);
    return by.rooms().decrypt(ROOM, event, TrustPolicy.ALL);
  }

  String text(OlmMachine by, ObjectNode event) throws Exception {
    RoomEventResult result = read(by, event);
    assertThat(result).isInstanceOf(RoomEventResult.Decrypted.class);
    return ((RoomEventResult.Decrypted) result).event().path("content").path("body").asText();
  }

  RoomDecryptionFailure refused(OlmMachine by, ObjectNode event) throws Exception {
    RoomEventResult result = read(by, event);
    assertThat(result).isInstanceOf(RoomEventResult.UnableToDecrypt.class);
    return ((RoomEventResult.UnableToDecrypt) result).failure();
  }

  static @Nullable RotationCause rotation(RoomEncryptionOutcome.Encrypted encrypted) {
    return encrypted.rotation().orElse(null);
  }

  static Map<UserDevice, RoomSessionStatus.Holding> holdings(OlmMachine by) throws Exception {
    return by.rooms().outboundSession(ROOM).orElseThrow().devices();
  }

  static RoomSessionStatus.Holding holding(OlmMachine by, UserDevice device) throws Exception {
    return Objects.requireNonNull(holdings(by).get(device));
  }

  /** To-device messages of a type that were sent since the last call, by the device they go to. */
  List<UserDevice> sent(String eventType) {
    List<UserDevice> devices =
        network.carriedOut.stream()
            .filter(OutgoingRequest.ToDevice.class::isInstance)
            .map(OutgoingRequest.ToDevice.class::cast)
            .filter(request -> request.eventType().equals(eventType))
            .flatMap(request -> request.devices().stream())
            .sorted()
            .toList();
    network.carriedOut.clear();
    return devices;
  }
}
