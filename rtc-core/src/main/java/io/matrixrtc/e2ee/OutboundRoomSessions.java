package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutboundRoomSession.Share;
import io.matrixrtc.json.Json;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The room keys that we write with, one for each room. Loaded from the store when needed; every
 * change is written with whatever else the operation changed (ROOM-STORED).
 */
final class OutboundRoomSessions {
  /** Sessions of as many rooms stay in memory between operations. */
  static final int MAX_IN_MEMORY = 200;

  private static final String RATCHET = "outbound room session";
  private static final String FACTS = "outbound room session facts";
  private static final String SHARE = "outbound room key share";
  private static final String BUNDLED = "outbound room key bundled";

  private final RoomRows rows;
  private final RatchetSeal seal;
  private final Map<String, OutboundRoomSession> loaded = new LinkedHashMap<>(16, 0.75f, true);

  OutboundRoomSessions(RoomRows rows, RatchetSeal seal) {
    this.rows = rows;
    this.seal = seal;
  }

  Optional<OutboundRoomSession> find(String roomId) throws CryptoStoreException {
    OutboundRoomSession session = loaded.get(roomId);
    if (session == null) {
      Optional<Sealed> ratchet = rows.findSealed(new RowKey(RATCHET, roomId, ""));
      Optional<ObjectNode> facts = rows.find(new RowKey(FACTS, roomId, ""));
      if (ratchet.isEmpty() || facts.isEmpty()) {
        return Optional.empty();
      }
      session = open(roomId, ratchet.get(), facts.get());
      loaded.put(roomId, session);
    }
    return Optional.of(session);
  }

  private OutboundRoomSession open(String roomId, Sealed ratchet, ObjectNode facts)
      throws CryptoStoreException {
    OutboundRoomSession session =
        new OutboundRoomSession(
            roomId,
            seal.openOutbound(roomId, ratchet),
            Instant.parse(facts.path("created").asText()),
            HistoryVisibility.labelled(facts.path("visibility").asText()),
            TrustPolicy.named(facts.path("policy").asText()),
            facts.path("messages").asLong(),
            facts.path("discarded").asBoolean());
    for (ObjectNode row : rows.of(SHARE, roomId).values()) {
      session
          .shares()
          .put(
              new UserDevice(row.path("user").asText(), row.path("device").asText()),
              new Share(
                  Share.State.valueOf(row.path("state").asText()),
                  row.path("index").asLong(),
                  row.path("restarts").asLong(),
                  row.has("code")
                      ? Optional.of(WithheldCode.valueOf(row.path("code").asText()))
                      : Optional.empty()));
    }
    for (ObjectNode row : rows.of(BUNDLED, roomId).values()) {
      session.bundled().add(new UserDevice(row.path("user").asText(), row.path("device").asText()));
    }
    return session;
  }

  /** Puts a new session, which it takes over, in the place of the one that there is. */
  void replace(OutboundRoomSession session) throws CryptoStoreException {
    Optional<OutboundRoomSession> old = find(session.roomId());
    if (old.isPresent()) {
      old.get().shares().keySet().forEach(device -> rows.forget(share(session.roomId(), device)));
      old.get().bundled().forEach(device -> rows.forget(bundled(session.roomId(), device)));
      old.get().close();
    }
    loaded.put(session.roomId(), session);
    write(session);
  }

  /** Notes that its ratchet, or what is known of it, has changed. */
  void write(OutboundRoomSession session) {
    rows.put(
        new RowKey(RATCHET, session.roomId(), ""),
        seal.sealOutbound(session.roomId(), session.ratchet()));
    rows.put(
        new RowKey(FACTS, session.roomId(), ""),
        Json.newObject()
            .put("created", session.createdAt().toString())
            .put("visibility", session.visibility().label())
            .put("policy", session.policy().label())
            .put("messages", session.messages())
            .put("discarded", session.isDiscarded()));
  }

  /** Notes what a device has of it. */
  void put(OutboundRoomSession session, UserDevice device, Share share) {
    session.shares().put(device, share);
    ObjectNode row =
        Json.newObject()
            .put("user", device.userId())
            .put("device", device.deviceId())
            .put("state", share.state().name())
            .put("index", share.index())
            .put("restarts", share.restarts());
    share.code().ifPresent(code -> row.put("code", code.name()));
    rows.put(share(session.roomId(), device), row);
  }

  /** Notes that a device has nothing of it. */
  void remove(OutboundRoomSession session, UserDevice device) {
    session.shares().remove(device);
    rows.forget(share(session.roomId(), device));
  }

  /** Notes that a device is given it in a bundle. */
  void putBundled(OutboundRoomSession session, UserDevice device) {
    session.bundled().add(device);
    rows.put(
        bundled(session.roomId(), device),
        Json.newObject().put("user", device.userId()).put("device", device.deviceId()));
  }

  private static RowKey share(String roomId, UserDevice device) {
    return new RowKey(SHARE, roomId, name(device));
  }

  private static RowKey bundled(String roomId, UserDevice device) {
    return new RowKey(BUNDLED, roomId, name(device));
  }

  private static String name(UserDevice device) { // the length tells where the user id ends
    return device.userId().length() + " " + device.userId() + device.deviceId();
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    Iterator<OutboundRoomSession> eldest = loaded.values().iterator();
    while (loaded.size() > MAX_IN_MEMORY && eldest.hasNext()) {
      eldest.next().close();
      eldest.remove();
    }
  }

  void close() {
    loaded.values().forEach(OutboundRoomSession::close);
    loaded.clear();
  }
}
