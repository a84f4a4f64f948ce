package io.matrixrtc.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** State-event memberships as they are on the wire. */
final class MemberEvents {
  static final Instant T = Instant.ofEpochMilli(1_770_000_000_000L);
  static final String ALICE = "@alice:example.org";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static int lastEvent;

  private MemberEvents() {}

  /** Parses JSON with single quotes. */
  static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /** The full content that Element Call sends. */
  static ObjectNode content(String userId, String deviceId) {
    return json(
        "{'application':'m.call','call_id':'','scope':'m.room','device_id':'"
            + deviceId
            + "','membershipID':'"
            + userId
            + ":"
            + deviceId
            + "','expires':14400000,'m.call.intent':'video',"
            + "'focus_active':{'type':'livekit','focus_selection':'multi_sfu'},"
            + "'foci_preferred':[{'type':'livekit','livekit_service_url':"
            + "'https://rtc.example.org/livekit/jwt','livekit_alias':'!abc:example.org'}]}");
  }

  static String key(String userId, String deviceId) {
    return "_" + userId + "_" + deviceId + "_m.call";
  }

  static CallMemberEvent event(String userId, String deviceId, Instant at, ObjectNode content) {
    return new CallMemberEvent("$e" + ++lastEvent, key(userId, deviceId), userId, at, content);
  }

  static CallMemberEvent joined(String userId, String deviceId, Instant at) {
    return event(userId, deviceId, at, content(userId, deviceId));
  }

  static CallMemberEvent left(String userId, String deviceId, Instant at) {
    return event(userId, deviceId, at, json("{}"));
  }
}
