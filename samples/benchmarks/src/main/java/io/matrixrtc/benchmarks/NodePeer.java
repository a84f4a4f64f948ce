package io.matrixrtc.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A peer that runs in Node. Its packages come from npm when the benchmark is run. */
public final class NodePeer {
  private static final int INSTALL_SECONDS = 120;

  private NodePeer() {}

  /**
   * Puts {@code script} and its {@code package.json}, resources in the folder {@code peer} beside
   * {@code owner}, into {@code directory}, and has npm fetch the packages.
   *
   * @throws IOException if there is no npm, or it cannot get them
   */
  public static void install(Path directory, Class<?> owner, String script)
      throws IOException, InterruptedException {
    for (String name : List.of("package.json", script)) {
      try (InputStream resource = owner.getResourceAsStream("peer/" + name)) {
        if (resource == null) {
          throw new IOException("no resource peer/" + name);
        }
        Files.copy(resource, directory.resolve(name));
      }
    }
    Process npm =
        new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("npm.log").toFile())
            .start();
    if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
      npm.destroyForcibly();
      throw new IOException("npm install took longer than " + INSTALL_SECONDS + " s");
    }
    if (npm.exitValue() != 0) {
      throw new IOException(
          "npm install failed: " + Files.readString(directory.resolve("npm.log")).strip());
    }
  }
}
