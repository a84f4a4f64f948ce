package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the account's password comes from; never the command line, which others can see. */
final class Passwords {
  private static final String VARIABLE = "MATRIXRTC_PASSWORD";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "First line: the account's password. Without it: MATRIXRTC_PASSWORD, else it is asked"
              + " for on the terminal.")
  private @Nullable Path file;

  /** The password, if there is a file or a variable. */
  Optional<String> given() throws CommandFailure {
    if (file == null) {
      return Optional.ofNullable(System.getenv(VARIABLE));
    }
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().findFirst();
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot read the password file " + file + ". Check --password-file.");
    }
  }

  /** As {@link #given}, or what the user types; empty if there is no terminal. */
  Optional<String> ask(String userId) throws CommandFailure {
    Optional<String> given = given();
    Console console = System.console();
    if (given.isPresent() || console == null) {
      return given;
    }
    char[] typed = console.readPassword("Password of %s: ", userId);
    return typed == null ? Optional.empty() : Optional.of(new String(typed));
  }

  String orFail(String userId) throws CommandFailure {
    return ask(userId)
        .orElseThrow(
            () ->
                new CommandFailure(
                    "no password of " + userId + ". Give one with --password-file or " + VARIABLE));
  }
}
