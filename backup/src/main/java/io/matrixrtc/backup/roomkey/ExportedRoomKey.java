package io.matrixrtc.backup.roomkey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.MegolmException;
import java.util.Optional;

/**
 * A room key as backups, key files and bundles carry it. Who owns it is hearsay: nothing here
 * proves it. Holds a secret and wipes it when closed. Not thread-safe while being closed.
 *
 * <p>Source: Matrix specification, "BackedUpSessionData" and "Key export format".
 */
public final class ExportedRoomKey implements AutoCloseable {
  /** The only algorithm there is. */
  public static final String ALGORITHM = "m.megolm.v1.aes-sha2";

  private final RoomKeyId id;
  private final Curve25519PublicKey senderKey;
  private final Optional<Ed25519PublicKey> claimedKey;
  private final boolean sharedHistory;
  private final ExportedSessionKey sessionKey;

  /** Takes over {@code sessionKey}, which must belong to the session of {@code id}. */
  public ExportedRoomKey(
      RoomKeyId id,
      Curve25519PublicKey senderKey,
      Optional<Ed25519PublicKey> claimedKey,
      boolean sharedHistory,
      ExportedSessionKey sessionKey) {
    if (!sessionKey.sessionId().equals(id.sessionId())) {
      throw new IllegalArgumentException("room key: another session's key");
    }
    this.id = id;
    this.senderKey = senderKey;
    this.claimedKey = claimedKey;
    this.sharedHistory = sharedHistory;
    this.sessionKey = sessionKey;
  }

  /**
   * Reads an object that names its room and session itself, as in key files and bundles.
   *
   * @throws DamagedKeyException if anything about it is wrong
   */
  public static ExportedRoomKey parse(ObjectNode json) throws DamagedKeyException {
    return parse(text(json, "room_id"), text(json, "session_id"), json);
  }

  /**
   * Reads the object that is filed under a room and a session, as in a backup. Members that it does
   * not know do not matter.
   *
   * @throws DamagedKeyException if anything about it is wrong; also if its key belongs to another
   *     session (KEY-ID), since it would then open nothing under this name
   */
  public static ExportedRoomKey parse(String roomId, String sessionId, ObjectNode json)
      throws DamagedKeyException {
    if (!text(json, "algorithm").equals(ALGORITHM)) {
      throw new DamagedKeyException(Reason.ALGORITHM); // KEY-ALGORITHM
    }
    if (roomId.isEmpty() || roomId.length() > RoomKeyId.MAX_CHARS) {
      throw new DamagedKeyException(Reason.ROOM_ID);
    }
    Curve25519PublicKey senderKey;
    Optional<Ed25519PublicKey> claimedKey;
    try {
      senderKey = Curve25519PublicKey.fromBase64(text(json, "sender_key"));
      claimedKey = claimedKey(json.path("sender_claimed_keys"));
    } catch (KeyFormatException e) {
      throw new DamagedKeyException(Reason.SENDER_KEY);
    }
    ExportedSessionKey sessionKey;
    try {
      sessionKey = ExportedSessionKey.fromBase64(text(json, "session_key")); // KEY-FORMAT
    } catch (MegolmException.MalformedKey e) {
      throw new DamagedKeyException(Reason.SESSION_KEY);
    }
    if (!sessionKey.sessionId().equals(sessionId)) {
      sessionKey.close();
      throw new DamagedKeyException(Reason.SESSION_ID); // KEY-ID
    }
    return new ExportedRoomKey(
        new RoomKeyId(roomId, sessionId),
        senderKey,
        claimedKey,
        SharedHistory.read(json),
        sessionKey);
  }

  /** Absent counts as empty (KEY-CLAIMED): key files may leave it out. */
  private static Optional<Ed25519PublicKey> claimedKey(JsonNode claimed)
      throws DamagedKeyException, KeyFormatException {
    if (claimed.isMissingNode()) {
      return Optional.empty();
    }
    if (!(claimed instanceof ObjectNode keys)) {
      throw new DamagedKeyException(Reason.SENDER_KEY);
    }
    return keys.has("ed25519")
        ? Optional.of(Ed25519PublicKey.fromBase64(text(keys, "ed25519")))
        : Optional.empty();
  }

  private static String text(ObjectNode json, String name) throws DamagedKeyException {
    JsonNode value = json.path(name);
    if (!value.isTextual()) {
      throw new DamagedKeyException(Reason.MISSING_FIELD);
    }
    return value.textValue();
  }

  /** The room and session. */
  public RoomKeyId id() {
    return id;
  }

  /** The identity key of the device that is said to own the session. */
  public Curve25519PublicKey senderKey() {
    return senderKey;
  }

  /** The signing key that this device is said to have. */
  public Optional<Ed25519PublicKey> claimedKey() {
    return claimedKey;
  }

  /** Whether its messages may be shown to those who join later (MSC3061). */
  public boolean sharedHistory() {
    return sharedHistory;
  }

  /** The key, which stays this object's. */
  public ExportedSessionKey sessionKey() {
    return sessionKey;
  }

  /** The first message that it opens, 0 to 2^32 − 1. */
  public long firstKnownIndex() {
    return sessionKey.index();
  }

  /** Returns the object that is sealed into a backup entry. As secret as the key. */
  public ObjectNode toBackupJson() {
    ObjectNode json = bare();
    json.putArray("forwarding_curve25519_key_chain");
    SharedHistory.write(json, sharedHistory);
    return json;
  }

  /** Returns the object of a key file. As secret as the key. */
  public ObjectNode toFileJson() {
    ObjectNode json = toBackupJson();
    return json.put("room_id", id.roomId()).put("session_id", id.sessionId());
  }

  /** Returns the object of a bundle, which has neither flag nor chain. As secret as the key. */
  public ObjectNode toBundleJson() {
    return bare().put("room_id", id.roomId()).put("session_id", id.sessionId());
  }

  private ObjectNode bare() {
    ObjectNode json =
        Json.newObject()
            .put("algorithm", ALGORITHM)
            .put("sender_key", senderKey.toBase64())
            .put("session_key", sessionKey.toBase64());
    ObjectNode claimed = json.putObject("sender_claimed_keys");
    claimedKey.ifPresent(key -> claimed.put("ed25519", key.toBase64()));
    return json;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    sessionKey.close();
  }

  @Override
  public String toString() {
    return "ExportedRoomKey[" + id + " from " + firstKnownIndex() + "]";
  }
}
