package io.matrixrtc.cli.backup;

import io.matrixrtc.cli.failure.CommandFailure;
import picocli.CommandLine.Mixin;

/** The store and the passphrase of a key file. */
final class FileKeyOptions {
  @Mixin private final StoreOptions store = new StoreOptions();

  @Mixin private final KeyFilePassphrase passphrase = new KeyFilePassphrase();

  StoreFile files() {
    return store.files();
  }

  Printer printer() {
    return store.printer();
  }

  String passphrase() throws CommandFailure {
    return passphrase.read();
  }
}
