package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings the keys of a file into the store, {@value #BATCH_KEYS} in a transaction. */
public final class KeyFileImport {
  /** Keys in one transaction. */
  public static final int BATCH_KEYS = 500;

  /**
   * What became of a file's entries.
   *
   * @param imported keys that were new or better than what was held
   * @param unchanged keys that brought nothing
   * @param skipped how many entries could not be used, by reason
   */
  public record Report(
      long imported, long unchanged, Map<DamagedKeyException.Reason, Long> skipped) {
    public Report {
      skipped = Map.copyOf(skipped);
    }

    /** How many entries could not be used. */
    public long skippedCount() {
      return skipped.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private final RoomKeyVault vault;
  private final Damaged damaged;
  private RoomKeyBatch batch = new RoomKeyBatch();
  private @Nullable VaultException failure;
  private long imported;
  private long unchanged;
  private int added;
  private final Map<DamagedKeyException.Reason, Long> skipped =
      new EnumMap<>(DamagedKeyException.Reason.class);

  /** Learns of an entry that cannot be used, as soon as it was read. */
  @FunctionalInterface
  public interface Damaged {
    /** One of them; {@code position} counts from 0. */
    void entry(long position, DamagedKeyException.Reason reason);
  }

  private KeyFileImport(RoomKeyVault vault, Damaged damaged) {
    this.vault = vault;
    this.damaged = damaged;
  }

  /**
   * Reads {@code file} into {@code vault}.
   *
   * @throws KeyFileException if the file is refused; nothing was imported
   * @throws VaultException if the store failed; what was imported before stays, and doing it again
   *     does no harm
   */
  public static Report run(KeyFileReader.Source file, String passphrase, RoomKeyVault vault)
      throws IOException, KeyFileException, VaultException {
    return run(file, passphrase, vault, (position, reason) -> {});
  }

  /** As the other one, and names what is {@code damaged}. */
  public static Report run(
      KeyFileReader.Source file, String passphrase, RoomKeyVault vault, Damaged damaged)
      throws IOException, KeyFileException, VaultException {
    KeyFileImport running = new KeyFileImport(vault, damaged);
    try {
      KeyFileReader.read(file, passphrase, running.sink());
      running.flush();
    } finally {
      running.batch.close();
    }
    if (running.failure != null) {
      throw running.failure;
    }
    return new Report(running.imported, running.unchanged, running.skipped);
  }

  private KeyFileReader.Sink sink() {
    return new KeyFileReader.Sink() {
      @Override
      public void key(ExportedRoomKey key) {
        batch.add(key);
        added++;
        if (added >= BATCH_KEYS) {
          flush();
        }
      }

      @Override
      public void skipped(long position, DamagedKeyException.Reason reason) {
        skipped.merge(reason, 1L, Long::sum);
        damaged.entry(position, reason);
      }
    };
  }

  private void flush() {
    if (failure == null && added > 0) {
      try {
        RoomKeyVault.Merged merged = vault.merge(batch.keys(), Optional.empty());
        imported += merged.imported();
        unchanged += added - merged.imported();
      } catch (VaultException e) {
        failure = e;
      }
    }
    added = 0;
    batch.close();
    batch = new RoomKeyBatch();
  }
}
