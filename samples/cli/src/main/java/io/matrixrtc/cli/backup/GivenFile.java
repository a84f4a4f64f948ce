package io.matrixrtc.cli.backup;

import io.matrixrtc.cli.failure.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is wrong with a file that the user named, before it is opened. */
final class GivenFile {
  private GivenFile() {}

  /** Fails if there is none to read; {@code what} says what it is, or its option. */
  static void checkToRead(Path file, String what) throws CommandFailure {
    checkNoFolder(file, what);
    if (!Files.exists(file)) {
      throw new CommandFailure(
          "cannot read " + what + " " + file + ": there is no such file. Check the path.");
    }
    if (!Files.isReadable(file)) {
      throw new CommandFailure(
          "cannot read " + what + " " + file + ". Give yourself the right to read it.");
    }
  }

  /** Fails if there can be none of that name. */
  static void checkToMake(Path file, String what) throws CommandFailure {
    checkNoFolder(file, what);
    if (Files.exists(file)) {
      throw new CommandFailure(
          "cannot write " + what + " " + file + ": it exists already. Name another, or delete it.");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new CommandFailure(
          "cannot write " + what + " " + file + ": there is no folder " + folder + ". Make it.");
    }
  }

  /** Fails if a folder is there instead. */
  static void checkNoFolder(Path file, String what) throws CommandFailure {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(what + " " + file + " is a folder. Name a file.");
    }
  }
}
