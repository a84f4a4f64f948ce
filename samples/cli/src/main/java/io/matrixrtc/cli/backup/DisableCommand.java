package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.json.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends backups for the account. */
@Command(
    name = "disable",
    description = {
      "Turn backups off for the account: writes the preference, then deletes every version from the server.",
      "The keys in the store stay."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Examples:", "  matrixrtc backup disable --store alice.db"})
final class DisableCommand implements Callable<Integer> {
  @Mixin private final AccountOptions options = new AccountOptions();

  @Option(
      names = "--confirm-loss",
      paramLabel = "N",
      description = "That N keys which are only in the backup are given up.")
  private long confirmedLoss;

  @Option(
      names = "--ignore-preference",
      description = "Neither read nor write the account's backup preference.")
  private boolean ignorePreference;

  @Override
  public Integer call() throws CommandFailure {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      account.versions().checkLoss(confirmedLoss);
      int deleted = 0;
      if (new PreferenceFlow(account, printer, ignorePreference).turnOff()) {
        deleted = delete(account);
      }
      int versions = deleted;
      printer.tell(
          "disabled",
          json -> json.put("versionsDeleted", versions),
          "Backups are off; versions deleted: " + versions + ". The keys in the store stay.");
      return 0;
    } catch (UnconfirmedLossException e) {
      throw UnconfirmedLoss.failure(e);
    } catch (VaultException | AccountDataException e) {
      throw CommandFailure.of(e);
    }
  }

  private int delete(Account account)
      throws VaultException, AccountDataException, UnconfirmedLossException, CommandFailure {
    ApiResult<Integer> deleted = account.versions().deleteAll(confirmedLoss);
    if (deleted instanceof ApiResult.Failed<Integer> failed) {
      throw new CommandFailure(failed.failure().sentence());
    }
    if (account.accountData().read(BackupKey.SECRET_NAME).isPresent()) {
      account.accountData().write(BackupKey.SECRET_NAME, Json.newObject()); // empty: gone
    }
    StoredBackupKey.forget(account.archive());
    return deleted.orThrow();
  }
}
