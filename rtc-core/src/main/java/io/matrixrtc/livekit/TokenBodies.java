package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Optional;

/** The bodies of requests to token services, without a field too many (SFU-EXACT). */
final class TokenBodies {
  private TokenBodies() {}

  static ObjectNode legacy(
      Participant participant, OpenIdToken openId, Optional<DelegatedLeave> leave) {
    ObjectNode body = Json.newObject().put("room", participant.roomId());
    body.set("openid_token", openId.reveal());
    body.put("device_id", participant.deviceId());
    return with(body, leave);
  }

  static ObjectNode sticky(
      Participant participant, OpenIdToken openId, Optional<DelegatedLeave> leave) {
    ObjectNode body =
        Json.newObject().put("room_id", participant.roomId()).put("slot_id", participant.slotId());
    body.set("openid_token", openId.reveal());
    body.putObject("member")
        .put("id", participant.memberId().orElseThrow(TokenBodies::noMember))
        .put("claimed_user_id", participant.userId())
        .put("claimed_device_id", participant.deviceId());
    return with(body, leave);
  }

  private static IllegalArgumentException noMember() {
    return new IllegalArgumentException("a sticky membership has a member id");
  }

  private static ObjectNode with(ObjectNode body, Optional<DelegatedLeave> leave) {
    leave.ifPresent(
        event ->
            body.put("delay_id", event.delayId()).put("delay_timeout", event.delay().toMillis()));
    return body;
  }
}
