package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the subcommands have in common: a profile, and how they print. */
abstract class KeysAction implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--profile",
      paramLabel = "DIR",
      description = "Folder of the device to be (default: .matrixrtc in the home folder).")
  private Path folder = Path.of(System.getProperty("user.home", "."), ".matrixrtc");

  @Option(names = "--json", description = "Print one JSON object per line, a summary as the last.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    Printer out = new Printer(System.out, json);
    try {
      run(new Profile(folder), out);
      out.finish();
      return 0;
    } catch (CommandFailure e) {
      out.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Does the work, and prints what it found. */
  abstract void run(Profile profile, Printer out) throws CommandFailure;

  /** The usage is wrong. */
  ParameterException misused(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  /** Checks that {@code text} can be a user id. */
  String userId(String text) {
    if (!text.startsWith("@") || text.indexOf(':') < 2 || text.endsWith(":")) {
      throw misused("user: want a full user id such as @alice:example.org, got " + text);
    }
    return text;
  }

  /** Checks that {@code text} can be a room id. */
  String roomId(String text) {
    if (!text.startsWith("!") || text.length() < 2) {
      throw misused("room: want a room id such as !abc:example.org, got " + text);
    }
    return text;
  }
}
