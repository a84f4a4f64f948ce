package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.ScriptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes sure before the call that what comes out of it can be written. */
final class OutputPaths {
  private OutputPaths() {}

  /**
   * Makes the directories that are missing.
   *
   * @throws ScriptException that names the option whose path cannot be written
   */
  static void make(DemoRun.Options options) {
    directory("--out", options.out());
    file("--report", options.report());
    file("--trace", options.trace());
  }

  private static void file(String option, @Nullable Path file) {
    if (file == null) {
      return;
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      directory(option, parent);
    }
    if (Files.isDirectory(file)) {
      throw new ScriptException(option + ": " + file + " is a directory, want a file.");
    }
  }

  private static void directory(String option, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new ScriptException(
          option + ": cannot make the directory " + directory + ". Choose another one.", e);
    }
    if (!Files.isWritable(directory)) {
      throw new ScriptException(
          option + ": cannot write to " + directory + ". Choose another one.");
    }
  }
}
