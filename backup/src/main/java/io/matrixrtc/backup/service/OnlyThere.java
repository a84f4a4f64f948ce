package io.matrixrtc.backup.service;

import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.download.EntryScanner;
import io.matrixrtc.backup.download.EntrySink;
import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Counts the keys that a backup version has and the store has not, or only from a later message on.
 * Names and first indexes are in the clear, so that needs no key of the version (UP-OLDER).
 */
final class OnlyThere {
  /** Something that came of an answer; none of its members at its end. */
  private record Arrival(
      Optional<byte[]> bytes, CompletableFuture<Void> taken, Optional<FetchFailure> failure) {
    static Arrival end(Optional<FetchFailure> failure) {
      return new Arrival(Optional.empty(), new CompletableFuture<>(), failure);
    }
  }

  private final BackupSource source;
  private final RoomKeyVault vault;
  private final String version;
  private long found;

  private OnlyThere(BackupSource source, RoomKeyVault vault, String version) {
    this.source = source;
    this.vault = vault;
    this.version = version;
  }

  /**
   * Reads the whole version, and counts. Blocks as long as that takes.
   *
   * @throws VaultException if the store fails, or the version cannot be read to its end
   */
  static long count(BackupSource source, RoomKeyVault vault, String version) throws VaultException {
    OnlyThere there = new OnlyThere(source, vault, version);
    try {
      there.read();
    } catch (IOException e) {
      throw e.getCause() instanceof VaultException failed
          ? failed
          : new VaultException("backup version " + version + " cannot be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VaultException("interrupted while backup version " + version + " was read", e);
    }
    return there.found;
  }

  private void read() throws IOException, InterruptedException {
    BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    EntryScanner scanner = EntryScanner.ofBackup(new Entries());
    BackupSource.Reading reading = source.read(version, new Incoming(arrivals));
    try {
      Arrival next = arrivals.take();
      while (next.bytes().isPresent()) {
        scanner.feed(next.bytes().get(), next.bytes().get().length);
        next.taken().complete(null);
        next = arrivals.take();
      }
      if (next.failure().isPresent() || !scanner.isWhole()) {
        throw new IOException("its answer did not come to its end. Try again");
      }
    } finally {
      reading.cancel();
    }
  }

  /** Hands what comes to the thread that counts: the transport must not wait for the store. */
  private record Incoming(BlockingQueue<Arrival> arrivals) implements BackupSource.Body {
    @Override
    public CompletionStage<Void> take(byte[] bytes) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      arrivals.add(new Arrival(Optional.of(bytes), taken, Optional.empty()));
      return taken;
    }

    @Override
    public void ended() {
      arrivals.add(Arrival.end(Optional.empty()));
    }

    @Override
    public void failed(FetchFailure failure) {
      arrivals.add(Arrival.end(Optional.of(failure)));
    }
  }

  private final class Entries implements EntrySink {
    @Override
    public void entry(String roomId, String sessionId, byte[] json) throws IOException {
      try {
        long hinted = EntryRank.parse(Json.parse(json)).firstMessageIndex();
        Optional<RoomKeyVault.Held> held = vault.held(new RoomKeyId(roomId, sessionId), version);
        if (held.isEmpty() || held.get().evicted() || held.get().firstKnownIndex() > hinted) {
          found++;
        }
      } catch (MalformedJsonException e) {
        damaged(roomId, sessionId, Reason.JSON);
      } catch (VaultException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void damaged(String roomId, String sessionId, Reason reason) {
      // nobody can read it: nothing is lost with it
    }
  }
}
