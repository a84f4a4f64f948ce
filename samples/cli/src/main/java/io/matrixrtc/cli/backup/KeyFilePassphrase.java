package io.matrixrtc.cli.backup;

import io.matrixrtc.cli.failure.CommandFailure;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The passphrase of a key file. */
public final class KeyFilePassphrase {
  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      required = true,
      description = "The passphrase of the key file, as the first line.")
  private Path file = Path.of("");

  /** Reads it; fails if it is empty or cannot be read. */
  public String read() throws CommandFailure {
    String passphrase = AccountOptions.firstLine(file, "--passphrase-file");
    if (passphrase.isEmpty()) {
      throw new CommandFailure(
          "the passphrase in " + file + " is empty. Write it on the first line.");
    }
    return passphrase;
  }
}
