package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.process.ParticipantProcess;
import java.nio.file.Path;
import java.util.List;

/** Starts participants: here, or each in a JVM of its own with this very class path. */
final class ParticipantStarter {
  private ParticipantStarter() {}

  static WorldSettings.Starter of(boolean processes) {
    return processes
        ? (spec, trace) -> ParticipantProcess.start(command(), spec, trace)
        : ParticipantAgent::new;
  }

  private static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        // Many small JVMs on few cores: start fast, stay small.
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        "io.matrixrtc.cli.Main",
        "participant");
  }
}
