package io.matrixrtc.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of the engine over one target, in a JVM of its own: the engine can serve one target per
 * process, and a bounded heap belongs to the test.
 *
 * @param target class name
 * @param exitCode 0 if nothing was found
 * @param inputs how many inputs the engine says it ran
 * @param seconds how long it took
 * @param output all that the engine wrote
 */
record JazzerRun(String target, int exitCode, long inputs, long seconds, String output) {
  /** What the engine exits with after a finding. */
  static final int FOUND = 77;

  private static final Pattern INPUTS =
      Pattern.compile("stat::number_of_executed_units:\\s+(\\d+)");

  static JazzerRun of(String target, long runs, Path folder)
      throws IOException, InterruptedException, ReflectiveOperationException {
    String name = FuzzTargets.shortName(target);
    Path corpus = Files.createDirectories(folder.resolve(name));
    FuzzTarget opened = FuzzTargets.open(target);
    int number = 0;
    try {
      for (byte[] seed : opened.seeds()) {
        Files.write(corpus.resolve("seed-" + number++), seed);
      }
    } catch (Exception e) {
      throw new IllegalStateException("seeds of " + name, e);
    }
    Path log = folder.resolve(name + ".log");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading",
            "-Dfuzz.target=" + target,
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + FuzzEntry.class.getName(),
            "--instrumentation_includes=io.matrixrtc.**",
            "--custom_hook_includes=io.matrixrtc.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder.resolve(name + "-"),
            "-runs=" + runs,
            "-max_len=" + opened.maxBytes(),
            "-len_control=0",
            "-seed=1",
            "-timeout=10",
            "-rss_limit_mb=0", // the heap is bounded; huge pages add to the rest
            "-print_final_stats=1",
            "-verbosity=1",
            corpus.toString());
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(20, TimeUnit.MINUTES)) {
        throw new AssertionError(name + ": still running after 20 minutes");
      }
    } finally {
      process.destroyForcibly();
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    String output = Files.readString(log, UTF_8);
    Matcher inputs = INPUTS.matcher(output);
    long ran = inputs.find() ? Long.parseLong(inputs.group(1)) : 0;
    return new JazzerRun(target, process.exitValue(), ran, seconds, output);
  }

  /** The last lines, enough to see what was found. */
  String tail() {
    return output.substring(Math.max(0, output.length() - 4_000));
  }
}
