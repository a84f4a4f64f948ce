package io.matrixrtc.cli.backup;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The store that a command works on without a homeserver, and how it prints. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "FILE",
      required = true,
      description = "The SQLite store.")
  private Path store = Path.of("");

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  StoreFile files() {
    return new StoreFile(store);
  }

  Printer printer() {
    return new Printer(System.out, json);
  }
}
