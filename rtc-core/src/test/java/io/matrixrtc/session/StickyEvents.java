package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Sticky memberships as they are on the wire. */
final class StickyEvents {
  static final Duration HOUR = Duration.ofHours(1);
  private static final String SFU =
      "{'type':'livekit','livekit_service_url':'https://rtc.example.org/livekit/jwt'}";

  private StickyEvents() {}

  /** Content with the fields of both deployed forms. */
  static ObjectNode content(String userId, String deviceId, String memberId) {
    return MemberEvents.json(
        "{'slot_id':'m.call#ROOM','application':{'type':'m.call','m.call.intent':'video'},"
            + "'member':{'id':'"
            + memberId
            + "','user_id':'"
            + userId
            + "','device_id':'"
            + deviceId
            + "'},'transports':{'published':["
            + SFU
            + "],'can_subscribe':['livekit']},'rtc_transports':["
            + SFU
            + "],'versions':[],'msc4354_sticky_key':'"
            + memberId
            + "'}");
  }

  /** What matrix-js-sdk up to 42.0 sends. */
  static ObjectNode content2025(String userId, String deviceId, String memberId) {
    ObjectNode content = content(userId, deviceId, memberId);
    content.remove("transports");
    return content;
  }

  /** What matrix-js-sdk from 42.1 sends. */
  static ObjectNode content2026(String userId, String deviceId, String memberId) {
    ObjectNode content = content(userId, deviceId, memberId);
    content.remove("rtc_transports");
    return content;
  }

  /** What the newest MSC4143 text asks for. */
  static ObjectNode draft(String memberId) {
    return MemberEvents.json(
        "{'slot_id':'m.call#ROOM','application':{'type':'m.call','m.call.intent':'voice'},"
            + "'member':{'id':'"
            + memberId
            + "','membership':'join'},'transports':{'published':[{'type':'m.livekit',"
            + "'url':'wss://sfu.example.org'}],'can_subscribe':['m.livekit']},'sticky_key':'"
            + memberId
            + "'}");
  }

  /** A leave as matrix-js-sdk from 43.0 sends it. */
  static ObjectNode leave(String memberId) {
    return MemberEvents.json("{'slot_id':'m.call#ROOM','msc4354_sticky_key':'" + memberId + "'}");
  }

  static StickyMemberEvent event(String eventId, String sender, Instant at, ObjectNode content) {
    return event(eventId, sender, at, Optional.empty(), content);
  }

  static StickyMemberEvent event(
      String eventId,
      String sender,
      Instant at,
      Optional<DeviceAddress> encryptedBy,
      ObjectNode content) {
    return new StickyMemberEvent(eventId, sender, at, HOUR, at.plus(HOUR), encryptedBy, content);
  }

  static SlotEvent slot(String slotId, String content) {
    return new SlotEvent("$slot", slotId, MemberEvents.json(content));
  }
}
