package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.cli.failure.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the recovery key is. */
final class RecoveryKeyOptions {
  private static final Pattern LINE_END = Pattern.compile("[\\r\\n]+\\z");

  @Option(
      names = "--recovery-key",
      paramLabel = "KEY",
      description = "The recovery key, 48 characters; spaces do not matter. Others may see it.")
  private @Nullable String text;

  @Option(
      names = "--recovery-key-file",
      paramLabel = "FILE",
      description = "A file with the recovery key, or the passphrase, alone.")
  private @Nullable Path file;

  boolean isGiven() {
    return text != null || file != null;
  }

  /** The text, as it was typed: recovery key or passphrase, without the end of its line. */
  String text() throws CommandFailure {
    if (text != null) {
      return text;
    }
    if (file == null) {
      throw new CommandFailure("want --recovery-key or --recovery-key-file.");
    }
    GivenFile.checkToRead(file, "--recovery-key-file");
    try {
      return LINE_END.matcher(Files.readString(file, UTF_8)).replaceFirst("");
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot read --recovery-key-file " + file + ". Want a file of text in UTF-8.");
    }
  }

  /** The key of the backup that it is. The caller closes it. */
  BackupKey key() throws CommandFailure {
    try {
      return BackupKey.fromRecoveryKey(text());
    } catch (RecoveryKeyException e) {
      throw new CommandFailure(
          switch (e.reason()) {
            case ALPHABET ->
                "the recovery key has a character that none has: 0, O, I and l do not occur.";
            case LENGTH -> "the recovery key is not whole: want twelve groups of four characters.";
            case PREFIX -> "this is no recovery key: those begin with Es.";
            case PARITY -> "the recovery key has a typing mistake. Compare it with the original.";
          });
    }
  }
}
