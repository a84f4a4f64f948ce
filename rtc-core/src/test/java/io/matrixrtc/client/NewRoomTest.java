package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.RoomSettings;
import io.matrixrtc.json.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NewRoomTest {
  @Test
  void aRoomForCallsIsEncryptedAndEveryMemberMayJoinItsCalls() throws Exception {
    assertThat(Json.parse(NewRoom.openForCalls().named("standup").toJson().toString()))
        .isEqualTo(
            Json.parse(
                """
                {"preset": "public_chat", "name": "standup",
                 "initial_state": [{"type": "m.room.encryption", "state_key": "", "content": {
                   "algorithm": "m.megolm.v1.aes-sha2",
                   "rotation_period_ms": 604800000, "rotation_period_msgs": 100}}],
                 "power_level_content_override":
                   {"events": {"org.matrix.msc3401.call.member": 0}}}
                """));
  }

  @Test
  void eachWishIsOneStateEvent() throws Exception {
    RoomSettings settings = new RoomSettings(Duration.ofHours(2), 7);
    ObjectNode json =
        NewRoom.byInvitation().history(HistoryVisibility.JOINED).encrypted(settings).toJson();
    assertThat(json.path("preset").asText()).isEqualTo("private_chat");
    assertThat(json.has("power_level_content_override")).isFalse();
    assertThat(json.at("/initial_state/0/content"))
        .isEqualTo(Json.parse("{\"history_visibility\": \"joined\"}"));
    assertThat(RoomSettings.parse((ObjectNode) json.at("/initial_state/1/content")))
        .contains(settings);
  }
}
