package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Has ffmpeg decode the recordings, where there is an ffmpeg. */
final class Playable {
  private static final String NAME = "recordings-decode";
  private static final String CLAIM = "ffmpeg decodes every recording without an error";
  private static final long TIMEOUT_SECONDS = 60;

  private final Path directory;

  Playable(Path directory) {
    this.directory = directory;
  }

  Check check(Evidence evidence) {
    Optional<Path> ffmpeg = findFfmpeg();
    if (ffmpeg.isEmpty()) {
      return Check.notApplicable(NAME, CLAIM, "no ffmpeg on the PATH; install it to have this");
    }
    int decoded = 0;
    List<String> problems = new ArrayList<>();
    for (ParticipantAnswer.Recordings recordings : evidence.recordings().values()) {
      for (ParticipantAnswer.Recording track : recordings.tracks()) {
        String file = track.file();
        if (file != null) {
          Optional<String> problem = decode(ffmpeg.get(), directory.resolve(file));
          problem.ifPresent(text -> problems.add(file + ": " + text));
          decoded++;
        }
      }
    }
    return Check.of(
        NAME,
        CLAIM,
        decoded > 0 && problems.isEmpty(),
        decoded + " files" + (problems.isEmpty() ? "" : ", " + problems));
  }

  /** What is wrong with a file; empty if nothing is. */
  private static Optional<String> decode(Path ffmpeg, Path file) {
    try {
      Process process =
          new ProcessBuilder(
                  ffmpeg.toString(),
                  "-nostdin",
                  "-v",
                  "error",
                  "-xerror",
                  "-i",
                  file.toString(),
                  "-f",
                  "null",
                  "-")
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes()).strip();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("ffmpeg did not end");
      }
      boolean ok = process.exitValue() == 0 && output.isEmpty();
      return ok ? Optional.empty() : Optional.of("ffmpeg says: " + output);
    } catch (IOException e) {
      return Optional.of("ffmpeg did not start: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static Optional<Path> findFfmpeg() {
    String path = System.getenv("PATH");
    if (path == null) {
      return Optional.empty();
    }
    for (String folder : path.split(java.io.File.pathSeparator)) {
      Path candidate = Path.of(folder, "ffmpeg");
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
