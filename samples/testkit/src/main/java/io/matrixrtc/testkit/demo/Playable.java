package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import java.io.IOException;
import java.nio.charset.Charset;
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
      List<Path> files = new ArrayList<>();
      for (ParticipantAnswer.Recording track : recordings.tracks()) {
        String file = track.file();
        if (file != null) {
          files.add(directory.resolve(file));
        }
      }
      decoded += files.size();
      problems.addAll(problemsIn(ffmpeg.get(), files));
    }
    return Check.of(
        NAME,
        CLAIM,
        decoded > 0 && problems.isEmpty(),
        decoded + " files" + (problems.isEmpty() ? "" : ", " + problems));
  }

  /** All files in one go, since starting ffmpeg takes longer than decoding; then one by one. */
  private static List<String> problemsIn(Path ffmpeg, List<Path> files) {
    if (files.isEmpty() || decode(ffmpeg, files).isEmpty()) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    for (Path file : files) {
      decode(ffmpeg, List.of(file))
          .ifPresent(problem -> problems.add(file.getFileName() + ": " + problem));
    }
    return problems.isEmpty() ? List.of("only all together fail: " + files) : problems;
  }

  /** What is wrong with these files; empty if nothing is. */
  private static Optional<String> decode(Path ffmpeg, List<Path> files) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(ffmpeg.toString(), "-nostdin", "-v", "error", "-xerror"));
    files.forEach(file -> command.addAll(List.of("-i", file.toString())));
    for (int i = 0; i < files.size(); i++) {
      command.addAll(List.of("-map", Integer.toString(i)));
    }
    command.addAll(List.of("-f", "null", "-"));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), Charset.defaultCharset()).strip();
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
