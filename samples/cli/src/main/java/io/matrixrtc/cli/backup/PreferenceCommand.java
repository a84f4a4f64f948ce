package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the account's preference, or sets it. */
@Command(
    name = "preference",
    description = {
      "Show whether the account wants backups (MSC4287), or say so; other clients of the account follow it at their next sign-in.",
      "Saying so makes no backup, and deletes none: 'enable' and 'disable' do."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup preference --store alice.db",
      "  matrixrtc backup preference off --store alice.db"
    })
final class PreferenceCommand implements Callable<Integer> {
  /** What may be said. */
  enum Wish {
    on,
    off
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "on|off",
      description = "What the account wants; without it the present value is shown.")
  private @Nullable Wish wish;

  @Mixin private final AccountOptions options = new AccountOptions();

  @Override
  public Integer call() throws CommandFailure {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      PreferenceFlow flow = new PreferenceFlow(account, printer, false);
      String value = wish == null ? shown(flow) : set(flow, wish == Wish.on);
      Optional<BackupVersion> backup = wish == null ? Optional.empty() : account.version();
      printer.tell("summary", json -> json.put("preference", value), "It is " + value + ".");
      if (wish == Wish.on && backup.isEmpty()) {
        printer.tell(
            "next",
            json -> json.put("command", "enable"),
            "There is no backup yet. Make one with: backup enable");
      } else if (wish == Wish.off && backup.isPresent()) {
        printer.tell(
            "next",
            json -> json.put("command", "disable"),
            "The backup stays on the server. Delete it with: backup disable");
      }
      return 0;
    }
  }

  private static String shown(PreferenceFlow flow) throws CommandFailure {
    return flow.start().map(known -> known.name().toLowerCase(Locale.ROOT)).orElse("unknown");
  }

  private static String set(PreferenceFlow flow, boolean on) throws CommandFailure {
    if (on) {
      flow.turnOn();
    } else {
      flow.turnOff(); // whether a backup is deleted is another command's
    }
    return on ? "on" : "off";
  }
}
