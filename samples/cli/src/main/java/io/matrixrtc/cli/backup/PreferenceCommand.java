package io.matrixrtc.cli.backup;

import io.matrixrtc.cli.failure.CommandFailure;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the account's preference. */
@Command(
    name = "preference",
    description = {
      "Show whether the account wants backups (MSC4287). 'enable' and 'disable' change it; other clients of the account follow it at their next sign-in."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Examples:", "  matrixrtc backup preference --store alice.db"})
final class PreferenceCommand implements Callable<Integer> {
  @Mixin private final AccountOptions options = new AccountOptions();

  @Override
  public Integer call() throws CommandFailure {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      String value =
          new PreferenceFlow(account, printer, false)
              .start()
              .map(known -> known.name().toLowerCase(Locale.ROOT))
              .orElse("unknown");
      printer.tell("summary", json -> json.put("preference", value), "It is " + value + ".");
      return 0;
    }
  }
}
