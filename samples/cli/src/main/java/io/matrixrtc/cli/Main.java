package io.matrixrtc.cli;

import io.matrixrtc.cli.backup.BackupCommand;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.keys.KeysCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of the {@code matrixrtc} command. */
@Command(
    name = "matrixrtc",
    description = "End-to-end encrypted MatrixRTC calls on the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      CallCommand.class,
      SimulateCommand.class,
      HomeserverCommand.class,
      AuthorizeCommand.class,
      WidgetHostCommand.class,
      KeysCommand.class,
      BackupCommand.class,
      BenchCommand.class,
      TraceCommand.class,
      ParticipantCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  matrixrtc demo",
      "  matrixrtc help demo",
      "",
      "Exit codes:  0 done, 1 the work failed, 2 wrong usage",
      "Logs go to stderr; MATRIXRTC_LOG_LEVEL=INFO (or DEBUG) shows more."
    })
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  /** All commands, and what they say when they are used wrongly or fail. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          if (exception instanceof CommandFailure) {
            command.getErr().println("matrixrtc: " + exception.getMessage());
          } else {
            command
                .getErr()
                .println("matrixrtc: this is a bug, please report it with what follows");
            exception.printStackTrace(command.getErr());
          }
          return CommandLine.ExitCode.SOFTWARE;
        });
    line.setParameterExceptionHandler(Main::misused);
    return line;
  }

  /** The whole help would push the one sentence that matters off the screen. */
  private static int misused(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, err);
    if (arguments.length == 0) {
      command.usage(err);
    } else {
      err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return CommandLine.ExitCode.USAGE;
  }
}
