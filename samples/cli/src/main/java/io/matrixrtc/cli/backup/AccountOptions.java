package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.cli.failure.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which account, and where its device is kept. */
final class AccountOptions {
  @Option(
      names = "--store",
      paramLabel = "FILE",
      required = true,
      description = {
        "The SQLite store of the device; made if absent, with its key in FILE.key and its login in",
        "FILE.login beside it."
      })
  private Path store = Path.of("");

  @Option(
      names = "--homeserver",
      paramLabel = "URL",
      description = "Where to log in, the first time; kept in FILE.login from then on.")
  private @Nullable URI homeserver;

  @Option(names = "--user", paramLabel = "NAME", description = "Who logs in, the first time.")
  private @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "The user's password, the first time [MATRIXRTC_PASSWORD].")
  private @Nullable Path passwordFile;

  @Option(names = "--json", description = "Print one JSON object per line, a summary as the last.")
  private boolean json;

  boolean json() {
    return json;
  }

  StoreFile files() {
    return new StoreFile(store);
  }

  Printer printer() {
    return new Printer(System.out, json);
  }

  /** Opens the device, and logs in if it never did. */
  Account open() throws CommandFailure {
    return Account.open(this);
  }

  URI homeserver() throws CommandFailure {
    if (homeserver == null || homeserver.getHost() == null) {
      throw new CommandFailure(
          "there is no login in "
              + files().login()
              + ". Give --homeserver http://localhost:8008, --user and --password-file once.");
    }
    return homeserver;
  }

  String user() throws CommandFailure {
    if (user == null) {
      throw new CommandFailure("want --user to log in.");
    }
    return user;
  }

  String password() throws CommandFailure {
    String fromEnvironment = System.getenv("MATRIXRTC_PASSWORD");
    if (passwordFile == null && fromEnvironment != null) {
      return fromEnvironment;
    }
    if (passwordFile == null) {
      throw new CommandFailure("want --password-file to log in.");
    }
    return firstLine(passwordFile, "--password-file");
  }

  /** The first line of a file that holds a secret. */
  static String firstLine(Path file, String option) throws CommandFailure {
    GivenFile.checkToRead(file, option);
    try {
      return Files.readString(file, UTF_8).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot read " + option + " " + file + ". Want a file of text in UTF-8.");
    }
  }
}
