package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.StoredDecision;
import io.matrixrtc.backup.preference.BackupPreference;
import io.matrixrtc.backup.preference.PreferenceEffect;
import io.matrixrtc.backup.preference.PreferenceMachine;
import io.matrixrtc.backup.preference.PreferenceSettings;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Follows the user's preference for the length of one command. A decision that cannot be written
 * now is kept in the store, and written by the next command.
 */
final class PreferenceFlow {
  private final Account account;
  private final Printer printer;
  private final PreferenceMachine machine;
  private final boolean ignored;
  private boolean deleteWanted;
  private boolean mayUpload;
  private boolean unknownIsTold;

  PreferenceFlow(Account account, Printer printer, boolean ignore) throws CommandFailure {
    this.account = account;
    this.printer = printer;
    this.ignored = ignore;
    this.mayUpload = ignore;
    try {
      this.machine =
          new PreferenceMachine(
              ignore ? PreferenceSettings.IGNORE : PreferenceSettings.DEFAULT,
              StoredDecision.read(account.archive()));
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }

  /** Reads the preference, and writes what an earlier command could not; tells what it is. */
  Optional<BackupPreference> start() throws CommandFailure {
    if (ignored) {
      printer.tell(
          "preference",
          json -> json.put("notice", "ignored"),
          "Preference: ignored, neither read nor written.");
    }
    follow(machine.start());
    return machine.value();
  }

  /** Tells what follows from it: whether keys of this device go to a backup (PREF-GATE). */
  void tellUploads() {
    printer.tell(
        "uploads",
        json -> json.put("allowed", mayUpload),
        mayUpload
            ? "Uploads: keys of this device go to the backup, if it is trusted."
            : "Uploads: no key of this device goes to a backup.");
    if (deleteWanted) {
      printer.tell(
          "deletion",
          json -> json.put("command", "disable"),
          "Deletion: decided, and not done yet. Delete the backup with: backup disable");
    }
  }

  /** As {@link #start}; that the server does not tell is told, and no failure. */
  void look() throws CommandFailure {
    unknownIsTold = true;
    start();
  }

  /** Writes that the user wants a backup. */
  void turnOn() throws CommandFailure {
    follow(machine.userTurnsOn());
  }

  /** Writes that the user wants none; returns whether the one on the server is to be deleted. */
  boolean turnOff() throws CommandFailure {
    follow(machine.userTurnsOff());
    return deleteWanted;
  }

  private void follow(List<PreferenceEffect> effects) throws CommandFailure {
    Deque<PreferenceEffect> todo = new ArrayDeque<>(effects);
    try {
      while (!todo.isEmpty()) {
        PreferenceEffect effect = todo.poll();
        if (effect instanceof PreferenceEffect.Fetch) {
          todo.addAll(
              machine.fetched(read(BackupPreference.TYPE), read(BackupPreference.UNSTABLE_TYPE)));
        } else if (effect instanceof PreferenceEffect.Write write) {
          account.accountData().write(write.type(), write.content());
          todo.addAll(machine.written(write.type(), isOn(write.content())));
        } else if (effect instanceof PreferenceEffect.Persist persist) {
          StoredDecision.write(account.archive(), persist.decision());
        } else if (effect instanceof PreferenceEffect.Tell tell) {
          tell(tell.notice());
        } else if (effect instanceof PreferenceEffect.UseBackup) {
          mayUpload = true;
        } else if (effect instanceof PreferenceEffect.StopBackup) {
          mayUpload = false;
        } else if (effect instanceof PreferenceEffect.DeleteBackup) {
          deleteWanted = true;
        } else {
          throw new IllegalStateException("unknown effect");
        }
      }
    } catch (AccountDataException e) {
      if (unknownIsTold && !machine.isWriting()) {
        tell(PreferenceEffect.Notice.UNKNOWN);
        return;
      }
      throw new CommandFailure(
          e.getMessage()
              + (machine.isWriting()
                  ? " The decision is kept; the next backup command writes it."
                  : ""));
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }

  private JsonNode read(String type) throws AccountDataException {
    return account
        .accountData()
        .read(type)
        .<JsonNode>map(content -> content)
        .orElseGet(MissingNode::getInstance);
  }

  private static boolean isOn(ObjectNode content) {
    return content.path("enabled").asBoolean(false)
        || (content.has("disabled") && !content.path("disabled").asBoolean(true));
  }

  private void tell(PreferenceEffect.Notice notice) {
    printer.tell(
        "preference",
        json -> json.put("notice", notice.name().toLowerCase(Locale.ROOT)),
        switch (notice) {
          case ON_BY_ACCOUNT -> "Preference: the account wants a backup.";
          case OFF_BY_ACCOUNT -> "Preference: the account wants no backup, so nothing is uploaded.";
          case UNDETERMINED ->
              "Preference: nobody decided yet, so nothing is uploaded. Try: backup enable";
          case DECIDED_BY_APP -> "Preference: decided by this program, and written down.";
          case UNKNOWN -> "Preference: not known, the server does not say; nothing is uploaded.";
          case NOT_WRITTEN -> "Preference: decided, but not on the server yet.";
          case WRITTEN -> "Preference: written to the account.";
          case TURNED_ON_ELSEWHERE -> "Preference: another client turned backups on.";
          case TURNED_OFF_ELSEWHERE -> "Preference: another client turned backups off.";
        });
  }
}
