package io.matrixrtc.backup.sharing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.sharing.BundleException.Reason;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one room for somebody who is invited: those that may be shared, and notes about the
 * others. Takes over the keys and wipes them when closed.
 *
 * <p>Source: MSC4268.
 */
public final class RoomKeyBundle implements AutoCloseable {
  /** Longest bundle that is read, in bytes; one of 100,000 keys is about 60 MB. */
  public static final int MAX_BYTES = 64 << 20;

  private final String roomId;
  private final List<ExportedRoomKey> keys;
  private final List<WithheldHistory> withheld;
  private final int ignored;

  private RoomKeyBundle(
      String roomId, List<ExportedRoomKey> keys, List<WithheldHistory> withheld, int ignored) {
    this.roomId = roomId;
    this.keys = List.copyOf(keys);
    this.withheld = List.copyOf(withheld);
    this.ignored = ignored;
  }

  /**
   * Sorts the keys that we hold: those of {@code roomId} whose flag says so are shared, the others
   * withheld, as are those that we were refused ourselves (BUNDLE-SORT). Keys of other rooms stay
   * out. An empty bundle is not to be sent.
   *
   * @param held keys, which it takes over
   * @param refused notes of that kind which we got, to be passed on
   * @param ownDevice our device, named in the notes of our own
   */
  public static RoomKeyBundle of(
      String roomId,
      Collection<ExportedRoomKey> held,
      Collection<WithheldHistory> refused,
      String ownDevice) {
    List<ExportedRoomKey> shared = new ArrayList<>();
    Map<RoomKeyId, WithheldHistory> withheld = new LinkedHashMap<>();
    for (WithheldHistory note : refused) {
      if (note.id().roomId().equals(roomId)) {
        withheld.put(note.id(), note);
      }
    }
    for (ExportedRoomKey key : held) {
      if (!key.id().roomId().equals(roomId)) {
        key.close();
      } else if (key.sharedHistory()) {
        withheld.remove(key.id());
        shared.add(key);
      } else {
        String senderKey = key.senderKey().toBase64();
        withheld.put(key.id(), new WithheldHistory(key.id(), senderKey, Optional.of(ownDevice)));
        key.close();
      }
    }
    return new RoomKeyBundle(roomId, shared, new ArrayList<>(withheld.values()), 0);
  }

  /**
   * Reads what was in the file. Entries of other rooms and damaged ones are left out and counted
   * (BUNDLE-ROOM); of a session that is both given and withheld, the key counts (BUNDLE-BOTH).
   *
   * @throws BundleException if it is no bundle
   */
  public static RoomKeyBundle parse(String roomId, byte[] json) throws BundleException {
    if (json.length > MAX_BYTES) {
      throw new BundleException(Reason.TOO_LONG); // BUNDLE-SIZE
    }
    ObjectNode bundle;
    try {
      bundle = Json.parseObject(json);
    } catch (MalformedJsonException e) {
      throw new BundleException(Reason.JSON);
    }
    if (!isListOrAbsent(bundle.path("room_keys")) || !isListOrAbsent(bundle.path("withheld"))) {
      throw new BundleException(Reason.JSON);
    }
    int ignored = 0;
    List<ExportedRoomKey> keys = new ArrayList<>();
    Set<RoomKeyId> given = new HashSet<>();
    for (JsonNode entry : bundle.path("room_keys")) {
      try {
        if (!(entry instanceof ObjectNode object)
            || !entry.path("room_id").asText().equals(roomId)) {
          ignored++;
          continue;
        }
        ExportedRoomKey key = shareable(ExportedRoomKey.parse(object));
        keys.add(key);
        given.add(key.id());
      } catch (DamagedKeyException e) {
        ignored++;
      }
    }
    List<WithheldHistory> withheld = new ArrayList<>();
    for (JsonNode entry : bundle.path("withheld")) {
      WithheldHistory note = WithheldHistory.parse(entry).orElse(null);
      if (note == null || !note.id().roomId().equals(roomId) || given.contains(note.id())) {
        ignored++;
      } else {
        withheld.add(note);
      }
    }
    return new RoomKeyBundle(roomId, keys, withheld, ignored);
  }

  /** BUNDLE-FLAG: what was shared may be shared on; the bundle itself has no flag. */
  private static ExportedRoomKey shareable(ExportedRoomKey key) {
    return new ExportedRoomKey(key.id(), key.senderKey(), key.claimedKey(), true, key.sessionKey());
  }

  private static boolean isListOrAbsent(JsonNode node) {
    return node instanceof ArrayNode || node.isMissingNode();
  }

  /** The room. */
  public String roomId() {
    return roomId;
  }

  /** The keys, which stay this object's. */
  public List<ExportedRoomKey> keys() {
    return keys;
  }

  /** What is withheld. */
  public List<WithheldHistory> withheld() {
    return withheld;
  }

  /** How many entries were left out when it was read. */
  public int ignored() {
    return ignored;
  }

  /** Whether there is nothing in it. */
  public boolean isEmpty() {
    return keys.isEmpty() && withheld.isEmpty();
  }

  /** Returns the content of the file, which the caller must zero. */
  public byte[] toBytes() {
    ObjectNode json = Json.newObject();
    ArrayNode given = json.putArray("room_keys");
    keys.forEach(key -> given.add(key.toBundleJson()));
    ArrayNode notes = json.putArray("withheld");
    withheld.forEach(note -> notes.add(note.toJson()));
    return json.toString().getBytes(UTF_8);
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    keys.forEach(ExportedRoomKey::close);
  }

  @Override
  public String toString() {
    return "RoomKeyBundle[" + keys.size() + " keys, " + withheld.size() + " withheld]";
  }
}
