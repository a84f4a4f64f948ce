package io.matrixrtc.backup;

import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyMerge;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Room keys in memory, with marks for backup versions. Can fail, and counts its transactions. */
public class MemoryVault implements RoomKeyVault {
  private final TreeMap<RoomKeyId, ExportedRoomKey> keys =
      new TreeMap<>(Comparator.comparing(RoomKeyId::roomId).thenComparing(RoomKeyId::sessionId));
  private final Map<String, Set<RoomKeyId>> marks = new HashMap<>();
  private final Map<RoomKeyId, Instant> firstSeen = new HashMap<>();
  private boolean failing;
  private int merges;

  /** Starts empty. */
  public MemoryVault() {}

  /** Whether every change fails from now on. */
  public void fail(boolean fails) {
    failing = fails;
  }

  /** How many merges there were. */
  public int merges() {
    return merges;
  }

  /** Notes when a key came. */
  public void seen(RoomKeyId id, Instant at) {
    firstSeen.put(id, at);
  }

  /** Every key with what matters of it, for comparing stores. */
  public Map<RoomKeyId, String> contents() {
    Map<RoomKeyId, String> contents = new HashMap<>();
    keys.forEach(
        (id, key) ->
            contents.put(
                id, key.firstKnownIndex() + " " + key.sharedHistory() + " " + key.senderKey()));
    return contents;
  }

  /** The key, which stays the vault's. */
  public Optional<ExportedRoomKey> key(RoomKeyId id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public Merged merge(List<ExportedRoomKey> arrived, Optional<String> inVersion)
      throws VaultException {
    if (failing) {
      throw new VaultException("disk full");
    }
    merges++;
    int imported = 0;
    for (ExportedRoomKey key : arrived) {
      ExportedRoomKey held = keys.get(key.id());
      Optional<ExportedRoomKey> better =
          held == null ? Optional.of(copy(key)) : RoomKeyMerge.better(held, key);
      if (better.isPresent()) {
        keys.put(key.id(), better.get());
        marks.values().forEach(marked -> marked.remove(key.id()));
        imported++;
      }
      ExportedRoomKey now = keys.get(key.id());
      if (inVersion.isPresent() && now != null && isCovered(now, key)) {
        marks.computeIfAbsent(inVersion.get(), v -> new HashSet<>()).add(key.id());
      } else if (inVersion.isPresent() && now != null && RoomKeyMerge.isConnected(now, key)) {
        marks.getOrDefault(inVersion.get(), new HashSet<>()).remove(key.id());
      }
    }
    return new Merged(imported, arrived.size() - imported);
  }

  private static boolean isCovered(ExportedRoomKey held, ExportedRoomKey inBackup) {
    return RoomKeyMerge.isConnected(held, inBackup)
        && inBackup.firstKnownIndex() <= held.firstKnownIndex();
  }

  static ExportedRoomKey copy(ExportedRoomKey key) {
    try {
      return ExportedRoomKey.parse(key.toFileJson());
    } catch (DamagedKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<Held> held(RoomKeyId id, String version) {
    return key(id).map(key -> new Held(key.firstKnownIndex(), isMarked(version, id)));
  }

  private boolean isMarked(String version, RoomKeyId id) {
    return marks.getOrDefault(version, Set.of()).contains(id);
  }

  @Override
  public List<Kept> keysAfter(Optional<RoomKeyId> after, int limit) {
    List<Kept> page = new ArrayList<>();
    for (ExportedRoomKey key :
        (after.isPresent() ? keys.tailMap(after.get(), false) : keys).values()) {
      if (page.size() < limit) {
        page.add(new Kept(copy(key), Optional.ofNullable(firstSeen.get(key.id()))));
      }
    }
    return page;
  }

  @Override
  public List<ExportedRoomKey> notBackedUp(String version, int limit) {
    return keys.values().stream()
        .filter(key -> !isMarked(version, key.id()))
        .limit(limit)
        .map(MemoryVault::copy)
        .toList();
  }

  @Override
  public long countNotBackedUp(String version) {
    return keys.keySet().stream().filter(id -> !isMarked(version, id)).count();
  }

  @Override
  public void markBackedUp(String version, List<Mark> backedUp) throws VaultException {
    if (failing) {
      throw new VaultException("disk full");
    }
    for (Mark mark : backedUp) {
      ExportedRoomKey key = keys.get(mark.id());
      if (key != null
          && key.firstKnownIndex() == mark.firstKnownIndex()
          && key.sharedHistory() == mark.sharedHistory()) {
        marks.computeIfAbsent(version, v -> new HashSet<>()).add(mark.id());
      }
    }
  }

  @Override
  public void forgetMarks() {
    marks.clear();
  }
}
