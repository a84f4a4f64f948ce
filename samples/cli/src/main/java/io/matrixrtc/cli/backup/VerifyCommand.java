package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the backup with the store. */
@Command(
    name = "verify",
    description = {
      "Fetch entries of keys that are in the store, open them, and compare: whether the backup has each key, readable, and from as early on as here."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup verify --store alice.db",
      "  matrixrtc backup verify --store alice.db --all",
      "",
      "Exit codes: 0 every key that was looked at is as good there as here, 1 not so"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int PAGE = 1_000;

  @Mixin private final AccountOptions options = new AccountOptions();

  @Mixin private final RecoveryKeyOptions recoveryKey = new RecoveryKeyOptions();

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many keys to look at, spread evenly (default: ${DEFAULT-VALUE}).")
  private int sample;

  @Option(names = "--all", description = "Look at every key, room by room.")
  private boolean all;

  private long same;
  private long better;
  private long worse;
  private long missing;
  private long damaged;

  @Override
  public Integer call() throws CommandFailure {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      BackupVersion version = account.needVersion();
      try (BackupKey key = KeyOfBackup.find(account, version, recoveryKey)) {
        List<RoomKeyInfo> chosen = chosen(account);
        if (all) {
          byRoom(account, version, key, chosen);
        } else {
          for (RoomKeyInfo info : chosen) {
            compare(key, info, entry(account, version, info.id()));
          }
        }
      }
      printer.tell(
          "summary",
          json ->
              json.put("checked", same + better + worse + missing + damaged)
                  .put("same", same)
                  .put("betterInBackup", better)
                  .put("worseInBackup", worse)
                  .put("missing", missing)
                  .put("damaged", damaged),
          String.format(
              "%d are the same, %d better in the backup, %d worse there, %d missing, %d damaged.",
              same, better, worse, missing, damaged));
      return worse + missing + damaged == 0 ? 0 : 1;
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }

  private List<RoomKeyInfo> chosen(Account account) throws VaultException {
    List<RoomKeyInfo> infos = new ArrayList<>();
    while (true) {
      Optional<RoomKeyId> after =
          infos.isEmpty() ? Optional.empty() : Optional.of(infos.get(infos.size() - 1).id());
      List<RoomKeyInfo> page = account.archive().use(room -> room.infos(after, PAGE));
      infos.addAll(page);
      if (page.size() < PAGE) {
        break;
      }
    }
    if (all || infos.size() <= sample) {
      return infos;
    }
    List<RoomKeyInfo> spread = new ArrayList<>();
    for (int i = 0; i < sample; i++) {
      spread.add(infos.get((int) ((long) i * infos.size() / sample)));
    }
    return spread;
  }

  private static Optional<JsonNode> entry(Account account, BackupVersion version, RoomKeyId id)
      throws CommandFailure {
    return found(account.api().key(version.version(), id).toCompletableFuture().join());
  }

  private static Optional<JsonNode> found(ApiResult<ObjectNode> result) throws CommandFailure {
    if (result instanceof ApiResult.Failed<ObjectNode> failed) {
      if (failed.failure() instanceof ApiFailure.Refused refused && refused.status() == 404) {
        return Optional.empty();
      }
      throw new CommandFailure(failed.failure().sentence());
    }
    return Optional.of(result.orThrow());
  }

  private void byRoom(
      Account account, BackupVersion version, BackupKey key, List<RoomKeyInfo> infos)
      throws CommandFailure {
    Map<String, List<RoomKeyInfo>> rooms = new LinkedHashMap<>();
    for (RoomKeyInfo info : infos) {
      rooms.computeIfAbsent(info.id().roomId(), room -> new ArrayList<>()).add(info);
    }
    for (Map.Entry<String, List<RoomKeyInfo>> room : rooms.entrySet()) {
      JsonNode sessions =
          found(account.api().room(version.version(), room.getKey()).toCompletableFuture().join())
              .map(answer -> answer.path("sessions"))
              .orElseThrow(() -> new CommandFailure("the backup was deleted meanwhile."));
      for (RoomKeyInfo info : room.getValue()) {
        compare(key, info, Optional.ofNullable(sessions.get(info.id().sessionId())));
      }
    }
  }

  private void compare(BackupKey key, RoomKeyInfo here, Optional<JsonNode> entry) {
    if (entry.isEmpty()) {
      missing++;
      return;
    }
    try (ExportedRoomKey there =
        BackupEntry.open(key, here.id().roomId(), here.id().sessionId(), entry.get())) {
      int order = Long.compare(there.firstKnownIndex(), here.firstKnownIndex());
      same += order == 0 ? 1 : 0;
      better += order < 0 ? 1 : 0;
      worse += order > 0 ? 1 : 0;
    } catch (DamagedKeyException e) {
      damaged++;
    }
  }
}
