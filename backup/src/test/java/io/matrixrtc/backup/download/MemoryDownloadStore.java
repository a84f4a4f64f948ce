package io.matrixrtc.backup.download;

import io.matrixrtc.backup.MemoryVault;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Job and keys in memory, each operation whole or not at all. */
final class MemoryDownloadStore implements DownloadStore {
  final MemoryVault vault = new MemoryVault();
  private final Set<DamagedEntry> damaged = new LinkedHashSet<>();
  private final List<Integer> batches = new ArrayList<>();
  private @Nullable DownloadJob job;
  private int operationsLeft = Integer.MAX_VALUE;
  private boolean afterwards;
  private int opened;
  private boolean full;

  /** After {@code count} operations the process dies: before the next one, or right after it. */
  void dieAfter(int count, boolean afterIt) {
    operationsLeft = count;
    afterwards = afterIt;
  }

  /** Whether each transaction with keys fails, and changes nothing. */
  void full(boolean now) {
    full = now;
  }

  /** Sizes of the batches committed. */
  List<Integer> batches() {
    return batches;
  }

  /** How many keys reached a merge. */
  int openedKeys() {
    return opened;
  }

  void takeOver(String owner, java.time.Instant until) {
    DownloadJob held = job;
    if (held != null) {
      job = held.ownedBy(owner, until);
    }
  }

  private void before() {
    if (operationsLeft == 0 && !afterwards) {
      throw new Killed();
    }
  }

  private void after() {
    if (operationsLeft == 0 && afterwards) {
      throw new Killed();
    }
    operationsLeft--;
  }

  /** The process was killed. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Optional<DownloadJob> job() {
    return Optional.ofNullable(job);
  }

  @Override
  public boolean save(DownloadJob next, String expectedOwner) {
    before();
    if (job != null && !job.owner().equals(expectedOwner)) {
      return false;
    }
    job = next;
    after();
    return true;
  }

  @Override
  public Optional<DownloadJob> commit(
      DownloadJob running,
      long checkpoint,
      int frames,
      List<ExportedRoomKey> keys,
      List<DamagedEntry> bad)
      throws VaultException {
    before();
    if (full) {
      throw new VaultException("the disk is full");
    }
    if (job == null || !job.owner().equals(running.owner())) {
      return Optional.empty();
    }
    RoomKeyVault.Merged merged = vault.merge(keys, Optional.of(running.version()));
    opened += keys.size();
    damaged.addAll(bad);
    batches.add(frames);
    job =
        running.imported(
            checkpoint, merged.imported(), frames - bad.size() - merged.imported(), bad.size());
    after();
    return Optional.of(job);
  }

  @Override
  public Map<RoomKeyId, RoomKeyVault.Held> held(Collection<RoomKeyId> ids, String version) {
    Map<RoomKeyId, RoomKeyVault.Held> held = new HashMap<>();
    ids.forEach(id -> vault.held(id, version).ifPresent(known -> held.put(id, known)));
    return held;
  }

  @Override
  public List<DamagedEntry> damaged() {
    return new ArrayList<>(damaged);
  }
}
