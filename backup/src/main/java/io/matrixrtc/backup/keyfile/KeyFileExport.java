package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.RoomKeyVault.Kept;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses keys of the store and writes them to a key file, a page at a time. */
public final class KeyFileExport {
  private static final int PAGE_KEYS = 500;

  private KeyFileExport() {}

  /** Chooses the keys of one room. */
  public static Predicate<Kept> inRoom(String roomId) {
    return kept -> kept.key().id().roomId().equals(roomId);
  }

  /**
   * Chooses keys by when they came to this device (FILE-SINCE). That is an approximation, and the
   * app must say so: keys do not tell when their messages were sent. Those of which it is not known
   * are chosen.
   *
   * @param since the first moment that counts
   * @param until the first moment that does not
   */
  public static Predicate<Kept> firstSeenBetween(Instant since, Instant until) {
    return kept ->
        kept.firstSeen().map(at -> !at.isBefore(since) && at.isBefore(until)).orElse(true);
  }

  /**
   * Writes the chosen keys; the caller then finishes the file.
   *
   * @return how many
   */
  public static long run(RoomKeyVault vault, Predicate<Kept> choice, KeyFileWriter file)
      throws IOException, VaultException {
    long before = file.written();
    Optional<RoomKeyId> after = Optional.empty();
    while (true) {
      List<Kept> page = vault.keysAfter(after, PAGE_KEYS);
      try {
        for (Kept kept : page) {
          if (choice.test(kept)) {
            file.write(kept.key());
          }
          after = Optional.of(kept.key().id());
        }
      } finally {
        page.forEach(kept -> kept.key().close());
      }
      if (page.isEmpty()) {
        return file.written() - before;
      }
    }
  }
}
