package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionOrdering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Compares entries of a backup with the keys of a store. The keys themselves are compared, not what
 * is said of them: the one that begins earlier must lead to the other's first message.
 */
final class BackupComparison {
  /** How many of one kind are named. */
  static final int MAX_NAMED = 20;

  private static final int BATCH = 500;

  /** An entry that waits for its batch; its JSON is not kept if it is not to be opened. */
  private record Waiting(RoomKeyId id, Optional<JsonNode> entry) {}

  private final Archive archive;
  private final BackupKey key;
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<DamagedEntry> damagedOnes = new ArrayList<>();
  private final List<RoomKeyId> differentOnes = new ArrayList<>();
  private final long inStore;
  private long entries;
  private long inBoth;
  private long same;
  private long better;
  private long worse;
  private long different;
  private long onlyInBackup;
  private long damaged;

  BackupComparison(Archive archive, BackupKey key) throws VaultException {
    this.archive = archive;
    this.key = key;
    this.inStore = archive.use(room -> room.backupCount("").total());
  }

  /** Takes the next entry; one that is not opened is only looked up. */
  void add(String roomId, String sessionId, JsonNode entry, boolean open) throws VaultException {
    entries++;
    if (isId(roomId) && isId(sessionId)) {
      Optional<JsonNode> kept = open ? Optional.of(entry) : Optional.empty();
      waiting.add(new Waiting(new RoomKeyId(roomId, sessionId), kept));
    } else if (open) {
      damaged(roomId, sessionId, Reason.TOO_LONG);
    }
    if (waiting.size() >= BATCH) {
      flush();
    }
  }

  /** Takes one that cannot be looked at. */
  void addDamaged(String roomId, String sessionId, Reason reason, boolean open) {
    entries++;
    if (open) {
      damaged(roomId, sessionId, reason);
    }
  }

  private static boolean isId(String text) {
    return !text.isEmpty() && text.length() <= RoomKeyId.MAX_CHARS;
  }

  /** Compares what still waits. */
  void flush() throws VaultException {
    List<RoomKeyId> ids = waiting.stream().map(Waiting::id).toList();
    List<RoomKeyId> opened =
        waiting.stream().filter(one -> one.entry().isPresent()).map(Waiting::id).toList();
    Map<RoomKeyId, RoomKeyCopy> copies = new HashMap<>();
    try {
      inBoth +=
          archive.use(
              room -> {
                for (RoomKeyId id : opened) {
                  room.find(id).ifPresent(copy -> replace(copies, id, copy));
                }
                return room.infos(ids).size();
              });
      for (Waiting one : waiting) {
        if (one.entry().isPresent()) {
          compare(one.id(), one.entry().get(), Optional.ofNullable(copies.get(one.id())));
        }
      }
    } finally {
      copies.values().forEach(RoomKeyCopy::close);
    }
    waiting.clear();
  }

  /** A hostile answer may name a session twice. */
  private static void replace(Map<RoomKeyId, RoomKeyCopy> copies, RoomKeyId id, RoomKeyCopy copy) {
    RoomKeyCopy before = copies.put(id, copy);
    if (before != null) {
      before.close();
    }
  }

  private void compare(RoomKeyId id, JsonNode entry, Optional<RoomKeyCopy> here) {
    try (ExportedRoomKey there = BackupEntry.open(key, id.roomId(), id.sessionId(), entry)) {
      if (here.isEmpty()) {
        onlyInBackup++;
        return;
      }
      switch (order(there, here.get())) {
        case EQUAL -> same++;
        case BETTER -> better++;
        case WORSE -> worse++;
        case UNCONNECTED -> {
          different++;
          if (differentOnes.size() < MAX_NAMED) {
            differentOnes.add(id);
          }
        }
      }
    } catch (DamagedKeyException e) {
      damaged(id.roomId(), id.sessionId(), e.reason());
    }
  }

  /**
   * A device whose keys nobody claims may be missing on one side: other apps leave that out. Keys
   * of two devices are two keys, whatever their ratchets are.
   */
  private static SessionOrdering order(ExportedRoomKey there, RoomKeyCopy here) {
    boolean otherClaim =
        there.claimedKey().isPresent()
            && here.claimedKey().isPresent()
            && !there.claimedKey().equals(here.claimedKey());
    if (otherClaim || !there.senderKey().equals(here.senderKey())) {
      return SessionOrdering.UNCONNECTED;
    }
    try (InboundGroupSession theirs =
            InboundGroupSession.importExported(there.sessionKey(), SessionConfig.V1);
        InboundGroupSession ours =
            InboundGroupSession.importExported(here.sessionKey(), SessionConfig.V1)) {
      return theirs.compare(ours);
    }
  }

  private void damaged(String roomId, String sessionId, Reason reason) {
    damaged++;
    if (damagedOnes.size() < MAX_NAMED) {
      damagedOnes.add(new DamagedEntry(cut(roomId), cut(sessionId), reason));
    }
  }

  private static String cut(String text) {
    return text.length() > RoomKeyId.MAX_CHARS ? text.substring(0, RoomKeyId.MAX_CHARS) : text;
  }

  private long checked() {
    return same + better + worse + different + onlyInBackup + damaged;
  }

  /** Keys of the store of which the backup has no entry. */
  long missing() {
    return Math.max(0, inStore - inBoth);
  }

  /** Keys of which the store and the backup have two that do not fit together. */
  long different() {
    return different;
  }

  long damaged() {
    return damaged;
  }

  long worse() {
    return worse;
  }

  /** How many entries the backup has. */
  long entries() {
    return entries;
  }

  boolean isStoreEmpty() {
    return inStore == 0;
  }

  /** Names what does not fit and what is damaged, up to {@value #MAX_NAMED} of each. */
  void name(Printer printer) {
    for (RoomKeyId id : differentOnes) {
      printer.tell(
          "different",
          json -> json.put("room", id.roomId()).put("session", id.sessionId()),
          "ALARM: another key than ours: " + id);
    }
    for (DamagedEntry one : damagedOnes) {
      String reason = one.reason().name().toLowerCase(Locale.ROOT);
      printer.tell(
          "damaged",
          json ->
              json.put("room", one.roomId()).put("session", one.sessionId()).put("reason", reason),
          "Damaged (" + reason + "): " + shown(one));
    }
  }

  /** Without control characters, as {@link RoomKeyId} shows itself. */
  private static String shown(DamagedEntry one) {
    return isId(one.roomId()) && isId(one.sessionId())
        ? new RoomKeyId(one.roomId(), one.sessionId()).toString()
        : "an entry without a room or a session";
  }

  /** The counts. */
  void putTo(ObjectNode json) {
    json.put("inBackup", entries)
        .put("inStore", inStore)
        .put("checked", checked())
        .put("same", same)
        .put("betterInBackup", better)
        .put("worseInBackup", worse)
        .put("different", different)
        .put("onlyInBackup", onlyInBackup)
        .put("damaged", damaged)
        .put("missing", missing());
  }

  /** The same counts for people. */
  String toText() {
    return String.format(
        Locale.ROOT,
        "%,d keys in the backup, %,d in the store. Of %,d that were opened, %,d are the same,"
            + " %,d better in the backup, %,d better in the store, %,d DIFFERENT, %,d only in the"
            + " backup, %,d damaged. Of the store, %,d are missing in the backup.",
        entries,
        inStore,
        checked(),
        same,
        better,
        worse,
        different,
        onlyInBackup,
        damaged,
        missing());
  }
}
