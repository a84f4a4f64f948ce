package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.EvictedRooms;
import io.matrixrtc.backup.archive.SharedHistoryArchive;
import io.matrixrtc.backup.ondemand.OldMessage;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.keys.SerialScheduler;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Single rooms of a {@link BackupService}. Any thread may call but the client's scheduler. */
public final class BackupRooms {
  private final RoomBackup rooms;
  private final RoomsFirst first;
  private final EvictedRooms evicted;
  private final SharedHistoryArchive fetched;
  private final SerialScheduler scheduler;
  private final BooleanSupplier exists;
  private final Supplier<Optional<String>> version;
  private final Supplier<@Nullable BackupKey> key;
  private final Runnable check;
  private final LaneRunner lane;

  BackupRooms(
      RoomBackup rooms,
      RoomsFirst first,
      EvictedRooms evicted,
      SharedHistoryArchive fetched,
      SerialScheduler scheduler,
      BooleanSupplier exists,
      Supplier<Optional<String>> version,
      Supplier<@Nullable BackupKey> key,
      Runnable check,
      LaneRunner lane) {
    this.lane = lane;
    this.rooms = rooms;
    this.first = first;
    this.evicted = evicted;
    this.fetched = fetched;
    this.scheduler = scheduler;
    this.exists = exists;
    this.version = version;
    this.key = key;
    this.check = check;
  }

  /** Something to do with the backup that can be read. */
  @FunctionalInterface
  private interface Use {
    CompletionStage<ApiResult<Integer>> with(String version, BackupKey key) throws VaultException;
  }

  private CompletionStage<ApiResult<Integer>> use(Use use) {
    return CompletableFuture.supplyAsync(
            () -> {
              Optional<String> now = version.get();
              BackupKey held = key.get();
              try {
                return now.isPresent() && held != null
                    ? use.with(now.get(), held)
                    : CompletableFuture.<ApiResult<Integer>>completedFuture(new ApiResult.Ok<>(0));
              } catch (VaultException e) {
                throw new CompletionException(e);
              }
            },
            scheduler)
        .thenCompose(stage -> stage);
  }

  /** The current version, if its key is here. */
  public CompletionStage<Optional<String>> readableVersion() {
    return CompletableFuture.supplyAsync(version, scheduler);
  }

  /**
   * Brings the keys of one room now, ahead of the download of everything. If it was evicted, it no
   * longer is.
   *
   * @return completes with how many keys were new, none if there is no backup that can be read
   */
  public CompletionStage<ApiResult<Integer>> bring(String roomId) {
    return use(
        (now, held) -> {
          evicted.remove(roomId);
          return rooms.bring(now, held, roomId);
        });
  }

  /**
   * Forgets the keys of a room, for a device with little space; they are fetched one by one when a
   * message wants them. Only what is in the backup, as was looked up and opened just now, goes, and
   * nothing whose owner is proven. Never done unless it is asked for.
   *
   * @return completes with how many keys went
   */
  public CompletionStage<ApiResult<Integer>> evict(String roomId) {
    return use((now, held) -> {
          evicted.add(roomId);
          fetched.forgetFetched(roomId);
          return rooms.evict(now, held, roomId, evicted);
        })
        .whenComplete((done, error) -> check.run());
  }

  /**
   * Why a message from before this device cannot be read: what to tell the user (LANE-REASON).
   *
   * @param wasMember what the event says of us at its time, {@code unsigned.membership} being
   *     {@code join} or not said (MSC4115)
   */
  public CompletionStage<OldMessage> whyUnreadable(boolean wasMember) {
    return CompletableFuture.supplyAsync(
        () -> OldMessage.reason(wasMember, exists.getAsBoolean(), version.get().isPresent()),
        scheduler);
  }

  /**
   * Says which rooms the user looks at now: single keys that their messages want go before those of
   * all others. Ends what was said before.
   */
  public void lookingAt(Set<String> roomIds) {
    Set<String> now = Set.copyOf(roomIds);
    scheduler.execute(() -> lane.lookingAt(now));
  }

  /**
   * Says which rooms the user would miss first. Of a backup with more than 20,000 keys the first 50
   * come before the rest, of one with more than 300,000 all (DL-ROOMS).
   *
   * @param mostRecentFirst asked on a thread of the service; must not block
   */
  public void order(Supplier<List<String>> mostRecentFirst) {
    first.order(mostRecentFirst);
  }
}
