package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.ondemand.LaneAnswer;
import io.matrixrtc.backup.ondemand.LaneEffect;
import io.matrixrtc.backup.ondemand.MissingKeyLane;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a {@link MissingKeyLane} wants. Confined to a scheduler that may block: not that of a
 * client.
 */
final class LaneRunner {
  private static final Logger LOG = LoggerFactory.getLogger(LaneRunner.class);

  /** How long a server that names no time is left alone. */
  private static final Duration RATE_LIMIT_REST = Duration.ofSeconds(5);

  /** Something to do with the lane. */
  @FunctionalInterface
  private interface Use {
    List<LaneEffect> run(Instant now) throws IOException, VaultException;
  }

  private final MissingKeyLane lane;
  private final RoomKeyVault vault;
  private final RoomKeysApi api;
  private final SerialScheduler scheduler;
  private final DownloadRunner downloads;
  private final Consumer<Exception> broken;
  private SerialScheduler.@Nullable Timer timer;
  private @Nullable BackupKey key;
  private Set<String> visible = Set.of();

  /**
   * Looks into {@code archive} first, and then into what {@code downloads} has fetched, which makes
   * way while somebody waits.
   */
  LaneRunner(
      Archive archive,
      DownloadRunner downloads,
      RoomKeyVault vault,
      RoomKeysApi api,
      SerialScheduler scheduler,
      Consumer<Exception> broken) {
    this.lane = new MissingKeyLane(new FetchedKeys(archive, downloads));
    this.vault = vault;
    this.api = api;
    this.scheduler = scheduler;
    this.downloads = downloads;
    this.broken = broken;
  }

  /** Asks for this version from now on, with a key that stays the caller's. */
  void use(String version, BackupKey opens) {
    key = opens;
    run(now -> lane.use(Optional.of(version), now));
  }

  /** Asks for nothing until there is a version again; what waits goes on waiting. */
  void rest() {
    run(now -> lane.use(Optional.empty(), now));
  }

  void backupChanged() {
    lane.backupChanged();
  }

  /** An event could not be read for want of this key, or of an earlier part of it. */
  void wanted(RoomKeyId id) {
    downloads.makeWay();
    run(now -> lane.wanted(id, enough(vault.held(id, "")), visible.contains(id.roomId()), now));
  }

  /**
   * From which index on a key that comes is enough. Of a key that is not here any part will do for
   * now: the machine tells again of one that began too late. Of one that is here what begins
   * earlier.
   */
  static long enough(Optional<RoomKeyVault.Held> held) {
    return held.map(known -> Math.max(0, known.firstKnownIndex() - 1)).orElse(Long.MAX_VALUE);
  }

  /** The user looks at these rooms now, and at no others. */
  void lookingAt(Set<String> rooms) {
    visible = Set.copyOf(rooms);
    lane.lookingAt(visible);
  }

  void stop() {
    lane.stop();
    if (timer != null) {
      timer.cancel();
    }
  }

  private void run(Use use) {
    try {
      follow(use.run(scheduler.now()));
    } catch (IOException | VaultException e) {
      stop();
      broken.accept(e);
    }
  }

  private void follow(List<LaneEffect> effects) throws VaultException {
    for (LaneEffect effect : effects) {
      if (effect instanceof LaneEffect.Ask ask) {
        api.key(ask.version(), ask.id())
            .whenComplete(
                (result, closed) ->
                    scheduler.execute(() -> answered(ask.version(), ask.id(), result)));
      } else if (effect instanceof LaneEffect.Import fetched) {
        importFetched(fetched);
      } else if (effect instanceof LaneEffect.WakeAt wake) {
        if (timer != null) {
          timer.cancel();
        }
        timer = scheduler.schedule(wake.time(), () -> run(lane::wake));
      } else {
        throw new IllegalStateException("unknown effect");
      }
    }
  }

  private void importFetched(LaneEffect.Import fetched) throws VaultException {
    try {
      // Not marked as in the version: the download that has it comes by here and does so
      take(fetched.id(), Json.parseObject(fetched.entry()), Optional.empty());
    } catch (MalformedJsonException | DamagedKeyException e) {
      LOG.info("{}: the fetched entry cannot be used", fetched.id());
    }
    lane.arrived(fetched.id());
  }

  private void take(RoomKeyId id, JsonNode entry, Optional<String> version)
      throws DamagedKeyException, VaultException {
    BackupKey opens = key;
    if (opens == null) {
      return;
    }
    try (ExportedRoomKey roomKey = BackupEntry.open(opens, id.roomId(), id.sessionId(), entry)) {
      vault.merge(List.of(roomKey), version);
    }
  }

  private void answered(String version, RoomKeyId id, @Nullable ApiResult<ObjectNode> result) {
    run(
        now -> {
          if (!lane.isAsking(id) || result == null) { // LANE-STOP
            return List.of();
          }
          if (result instanceof ApiResult.Failed<ObjectNode> failed) {
            return refused(id, failed.failure(), now);
          }
          try {
            take(id, result.orThrow(), Optional.of(version));
            return lane.answered(id, LaneAnswer.IMPORTED, now);
          } catch (DamagedKeyException e) {
            LOG.info("{}: the entry in the backup cannot be used: {}", id, e.reason());
            return lane.answered(id, LaneAnswer.DAMAGED, now);
          } catch (VaultException e) {
            throw new IOException(e);
          }
        });
  }

  private List<LaneEffect> refused(RoomKeyId id, ApiFailure failure, Instant now)
      throws IOException {
    if (failure instanceof ApiFailure.RateLimited limited) {
      return lane.rateLimited(id, limited.retryAfter().orElse(RATE_LIMIT_REST), now);
    }
    return lane.answered(
        id, RoomKeysApi.isNotFound(failure) ? LaneAnswer.NOT_THERE : LaneAnswer.FAILED, now);
  }
}
