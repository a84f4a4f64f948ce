package io.matrixrtc.benchmarks.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.benchmarks.NodePeer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;

/**
 * matrix-sdk-crypto in WebAssembly, in a Node process that is told what to do line by line: {@code
 * machine.mjs}. The package comes from npm when the benchmark is run.
 */
final class RustDialogue implements Dialogue {
  /** How the peer is named in results; the version is that of {@code package.json}. */
  static final String NAME = "rust wasm 18.9.0";

  private static final String SCRIPT = "machine.mjs";

  private final Process node;
  private final Writer commands;
  private final BufferedReader answers;

  /**
   * @param directory what {@link #install} has filled
   * @throws IOException if Node or the script does not start
   */
  RustDialogue(Path directory) throws IOException {
    node =
        new ProcessBuilder(
                "node", SCRIPT, Integer.toString(DEVICES), Integer.toString(EVENTS_PER_DEVICE))
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    commands = node.outputWriter(UTF_8);
    answers = new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8));
    expectOk("start");
  }

  /**
   * Puts the script into {@code directory} and has npm fetch the package.
   *
   * @throws IOException if there is no npm, or it cannot get the package
   */
  static void install(Path directory) throws IOException, InterruptedException {
    NodePeer.install(directory, RustDialogue.class, SCRIPT);
  }

  @Override
  public void send() {
    tell("send");
  }

  @Override
  public void answer() {
    tell("answer");
  }

  @Override
  public void receive() {
    tell("receive");
  }

  private void tell(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      expectOk(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void expectOk(String command) throws IOException {
    String answer = answers.readLine();
    if (!"ok".equals(answer)) {
      throw new IOException("node, " + command + ": " + answer);
    }
  }

  @Override
  public void close() {
    node.destroy();
  }
}
