package io.matrixrtc.benchmarks.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.benchmarks.NodePeer;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * matrix-sdk-crypto in WebAssembly, restoring a backup from a file in a Node process of its own:
 * {@code restore.mjs}. It has no store but memory there, so that it writes nothing.
 */
final class RustRestore {
  /** How the peer is named in results; the version is that of {@code package.json}. */
  static final String NAME = "rust wasm 18.9.0";

  private static final String SCRIPT = "restore.mjs";

  private RustRestore() {}

  /**
   * Restores a backup.
   *
   * @param directory empty, for the peer's files
   * @param keys how many there are
   * @return how many keys it restored in a second
   * @throws IOException if the peer cannot be had, or did not restore all of them
   */
  static double keysPerSecond(Path directory, GeneratedBackup backup, int keys)
      throws IOException, InterruptedException {
    NodePeer.install(directory, RustRestore.class, SCRIPT);
    Path answer = directory.resolve("answer.json");
    backup.write(answer, keys);
    Process node =
        new ProcessBuilder(
                "node",
                "--max-old-space-size=4096",
                SCRIPT,
                answer.toString(),
                backup.key().toSecret())
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(node.getInputStream().readAllBytes(), UTF_8);
    int exit = node.waitFor();
    Files.delete(answer);
    try {
      JsonNode result = Json.parseObject(said);
      if (exit != 0 || result.path("keys").asInt() != keys) {
        throw new IOException("node restored " + result.path("keys") + " of " + keys + " keys");
      }
      return keys / result.path("seconds").asDouble();
    } catch (MalformedJsonException e) {
      throw new IOException("node ended with " + exit, e);
    }
  }
}
