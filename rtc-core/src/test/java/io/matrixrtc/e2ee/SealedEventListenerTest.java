package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything that a machine encrypts is told to who asked for it, and to nobody else. */
class SealedEventListenerTest {
  private final RoomFixture room = new RoomFixture(77);
  private final List<Told> told = new ArrayList<>();
  private OlmMachine alice;
  private OlmMachine bob;

  private record Told(String type, ObjectNode content, ObjectNode sealed) {}

  @BeforeEach
  void open() throws Exception {
    OlmMachine.Settings settings =
        new OlmMachine.Settings(
            TrustPolicy.ALL,
            TrustPolicy.ALL,
            (type, content, encrypted) ->
                told.add(new Told(type, content.deepCopy(), encrypted.deepCopy())));
    alice = room.open(RoomFixture.ALICE_DEVICE, settings, new MemoryCryptoStore());
    bob = room.open(RoomFixture.BOB_DEVICE);
    room.network.introduce(alice, bob);
    room.network.carriedOut.clear();
    told.clear();
  }

  private List<JsonNode> sentToBob() {
    return room.network.carriedOut.stream()
        .filter(OutgoingRequest.ToDevice.class::isInstance)
        .map(OutgoingRequest.ToDevice.class::cast)
        .map(request -> request.body().path("messages"))
        .map(users -> users.path(RoomFixture.BOB).path(RoomFixture.BOB_DEVICE.deviceId()))
        .toList();
  }

  @Test
  void whatAnAppSendsToADeviceIsToldAsItWasMeantAndAsItLeaves_SEAL_TOLD() throws Exception {
    ObjectNode content = Json.newObject().put("body", "hello");
    room.network.deliver(alice, "org.example.note", content, bob.device());
    assertThat(told).hasSize(1);
    assertThat(told.get(0).type()).isEqualTo("org.example.note");
    assertThat(told.get(0).content()).isEqualTo(content);
    assertThat(sentToBob()).containsExactly(told.get(0).sealed());
  }

  @Test
  void ofAnEventOfARoomTheKeyIsToldFirstAndThenTheEvent_SEAL_TOLD() throws Exception {
    ObjectNode event =
        room.say(alice, RoomFixture.joined(RoomFixture.ALICE, RoomFixture.BOB), "in the room");
    assertThat(told).extracting(Told::type).containsExactly("m.room_key", "m.room.message");
    assertThat(told.get(0).content().path("session_id"))
        .isEqualTo(event.path("content").path("session_id"));
    assertThat(told.get(0).content().path("session_key").asText()).isNotEmpty();
    assertThat(sentToBob()).containsExactly(told.get(0).sealed());
    assertThat(told.get(1).content().path("body").asText()).isEqualTo("in the room");
    assertThat(told.get(1).sealed()).isEqualTo(event.path("content"));
    assertThat(room.text(bob, event)).isEqualTo("in the room"); // the listener changed nothing
  }

  @Test
  void whatAnotherMachineEncryptsIsNotTold_SEAL_TOLD() throws Exception {
    room.say(bob, RoomFixture.joined(RoomFixture.ALICE, RoomFixture.BOB), "from bob");
    assertThat(told).isEmpty();
  }
}
