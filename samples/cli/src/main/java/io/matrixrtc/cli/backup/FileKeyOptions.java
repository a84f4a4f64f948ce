package io.matrixrtc.cli.backup;

import io.matrixrtc.cli.failure.CommandFailure;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The store and the passphrase of a key file. */
final class FileKeyOptions {
  @Option(
      names = "--store",
      paramLabel = "FILE",
      required = true,
      description = "The SQLite store.")
  private Path store = Path.of("");

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      required = true,
      description = "The passphrase of the key file, as the first line.")
  private Path passphraseFile = Path.of("");

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  StoreFile files() {
    return new StoreFile(store);
  }

  Printer printer() {
    return new Printer(System.out, json);
  }

  String passphrase() throws CommandFailure {
    return RoomKeyFile.passphraseIn(passphraseFile);
  }
}
