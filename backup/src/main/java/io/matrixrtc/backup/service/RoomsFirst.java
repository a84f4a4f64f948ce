package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.archive.EvictedRooms;
import io.matrixrtc.backup.archive.SharedHistoryArchive;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.RoomPlan;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a large backup room by room before it is fetched as a whole, or instead. Confined to a
 * scheduler that may block: not that of the client.
 */
final class RoomsFirst {
  private final EncryptedClient client;
  private final Archive archive;
  private final ArchiveDownloadStore jobs;
  private final Path spool;
  private final RoomBackup rooms;
  private final SharedHistoryArchive fetched;
  private final EvictedRooms evicted;
  private final SerialScheduler scheduler;
  private final BackupListener listener;
  private final Consumer<Exception> broken;
  private final Supplier<CompletionStage<Void>> stopWhole;
  private volatile Supplier<List<String>> order = List::of;
  private boolean running;
  private boolean cancelled;

  RoomsFirst(
      EncryptedClient client,
      Archive archive,
      ArchiveDownloadStore jobs,
      Path spool,
      RoomBackup rooms,
      SerialScheduler scheduler,
      BackupListener listener,
      Consumer<Exception> broken,
      Supplier<CompletionStage<Void>> stopWhole) {
    this.stopWhole = stopWhole;
    this.client = client;
    this.archive = archive;
    this.jobs = jobs;
    this.spool = spool;
    this.rooms = rooms;
    this.fetched = new SharedHistoryArchive(archive);
    this.evicted = new EvictedRooms(archive);
    this.scheduler = scheduler;
    this.listener = listener;
    this.broken = broken;
  }

  /** Which rooms the user would miss first; others follow in no order. */
  void order(Supplier<List<String>> mostRecentFirst) {
    order = mostRecentFirst;
  }

  /** Ends it after the room in hand, without the whole; returns whether it was under way. */
  boolean cancel() {
    cancelled = true;
    return running;
  }

  /**
   * Brings what the plan says, then runs {@code whole} unless nothing is left for it.
   *
   * @param key stays open, and the caller's
   */
  void run(BackupVersion version, BackupKey key, Runnable whole) throws VaultException {
    if (running) {
      return;
    }
    Optional<DownloadJob> job =
        jobs.job().filter(known -> known.version().equals(version.version()));
    Optional<DownloadState> state = job.map(DownloadJob::state);
    int attempts = job.map(DownloadJob::attempts).orElse(0);
    boolean begun =
        state.filter(at -> at != DownloadState.DONE).isPresent() && attempts < RoomPlan.ATTEMPTS;
    boolean held =
        state.filter(at -> at == DownloadState.PAUSED || at == DownloadState.STOPPED).isPresent();
    if (begun || held || version.count() == 0) {
      whole.run();
      return;
    }
    running = true;
    cancelled = false;
    client
        .matrix()
        .api()
        .call(ApiRequest.get("v3", "joined_rooms"))
        .whenCompleteAsync(
            (answer, closed) -> {
              if (answer == null) {
                running = false;
                return; // the client is closed
              }
              List<String> joined = new ArrayList<>();
              answer.fold(
                  ok -> {
                    ok.path("joined_rooms").forEach(room -> joined.add(room.asText()));
                    return true;
                  },
                  failure -> false);
              begin(version, key, attempts, joined, whole);
            },
            scheduler);
  }

  private void begin(
      BackupVersion version, BackupKey key, int attempts, List<String> joined, Runnable whole) {
    Set<String> known = new LinkedHashSet<>(order.get());
    known.retainAll(Set.copyOf(joined));
    known.addAll(joined);
    try {
      known.removeAll(evicted.all()); // EVICT-STAY
    } catch (VaultException e) {
      fail(e);
      return;
    }
    RoomPlan plan = RoomPlan.of(version.count(), attempts, freeBytes(), List.copyOf(known));
    next(version, key, plan, new ArrayDeque<>(plan.rooms()), whole);
  }

  private long freeBytes() {
    try {
      return Files.getFileStore(spool).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // the spool itself will say what is wrong
    }
  }

  private void next(
      BackupVersion version, BackupKey key, RoomPlan plan, Deque<String> rest, Runnable whole) {
    if (cancelled) {
      running = false;
      return;
    }
    try {
      String room = rest.poll();
      while (room != null && fetched.fetchedFrom(room).equals(Optional.of(mark(version)))) {
        room = rest.poll();
      }
      if (room == null) {
        end(version, plan, whole);
        return;
      }
      String roomId = room;
      rooms
          .bring(version.version(), key, roomId)
          .whenCompleteAsync(
              (result, error) -> onRoom(version, key, plan, rest, whole, roomId, result, error),
              scheduler);
    } catch (VaultException e) {
      fail(e);
    }
  }

  private void onRoom(
      BackupVersion version,
      BackupKey key,
      RoomPlan plan,
      Deque<String> rest,
      Runnable whole,
      String roomId,
      @Nullable ApiResult<Integer> result,
      @Nullable Throwable error) {
    if (result == null) {
      fail(error instanceof Exception why ? why : new IllegalStateException(error));
      return;
    }
    try {
      if (result instanceof ApiResult.Ok<Integer>) { // a room that failed comes with the whole
        fetched.saveFetched(roomId, mark(version));
        listener.rooms(plan.rooms().size() - rest.size(), plan.rooms().size());
      }
      next(version, key, plan, rest, whole);
    } catch (VaultException e) {
      fail(e);
    }
  }

  /** A room counts as fetched as long as nothing in the backup has changed. */
  private static String mark(BackupVersion version) {
    return version.version() + " " + version.etag();
  }

  private void end(BackupVersion version, RoomPlan plan, Runnable whole) throws VaultException {
    running = false;
    long missing = new ArchiveVault(archive).countNotBackedUp(version.version());
    long held = archive.use(room -> room.backupCount("").total()) - missing;
    if (plan.needsWhole(version.count(), held)) {
      whole.run();
    } else {
      // What waits for another answer, with what it has on disk, is not needed any more
      stopWhole.get().thenRunAsync(() -> done(version, held), scheduler);
    }
  }

  private void done(BackupVersion version, long held) {
    try {
      jobs.saveDone(version, held); // DL-ROOMS-ONLY
      listener.roomsWereAll(version, held);
    } catch (VaultException e) {
      fail(e);
    }
  }

  private void fail(Exception why) {
    running = false;
    broken.accept(why);
  }
}
