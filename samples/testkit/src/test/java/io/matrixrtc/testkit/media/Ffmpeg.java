package io.matrixrtc.testkit.media;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Decodes files with the ffmpeg on the PATH, a decoder that is not ours. */
final class Ffmpeg {
  private Ffmpeg() {}

  /** What ffmpeg made of a file: its complaints, and how many frames it decoded. */
  record Decoded(String complaints, int frames) {}

  /** Skips the calling test, with a line on stdout, where there is no ffmpeg. */
  static void assumePresent() {
    boolean present;
    try {
      present =
          new ProcessBuilder("ffmpeg", "-version").redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      present = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (!present) {
      System.out.println("SKIPPED: no ffmpeg on the PATH, files were not decoded by it");
    }
    assumeTrue(present, "no ffmpeg on the PATH");
  }

  /** Decodes all of a file; {@code -v warning} and {@code -xerror} let no doubt pass. */
  static Decoded decode(byte[] file, String extension) throws IOException, InterruptedException {
    Path path = Files.createTempFile("clip", "." + extension);
    try {
      Files.write(path, file);
      Process process =
          new ProcessBuilder(
                  List.of(
                      "ffmpeg",
                      "-hide_banner",
                      "-nostdin",
                      "-v",
                      "warning",
                      "-xerror",
                      "-err_detect",
                      "explode",
                      "-i",
                      path.toString(),
                      "-fps_mode",
                      "passthrough",
                      "-f",
                      "framecrc",
                      "-"))
              .redirectError(ProcessBuilder.Redirect.PIPE)
              .start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String complaints =
          new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        complaints += "exit code " + process.exitValue();
      }
      int frames = (int) out.lines().filter(line -> !line.startsWith("#")).count();
      return new Decoded(complaints, frames);
    } finally {
      Files.delete(path);
    }
  }
}
