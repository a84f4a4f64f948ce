package io.matrixrtc.interop;

import io.matrixrtc.cli.Main;
import io.matrixrtc.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code matrixrtc widget-host} in a process of its own, which can be killed. */
final class HostCommand implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final Process process;
  private final URI link;

  private HostCommand(Process process, URI link) {
    this.process = process;
    this.link = link;
  }

  /** Starts it; its page is served when this returns. */
  static HostCommand start(int port, Path log, List<String> options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of("widget-host", "--json", "--port", String.valueOf(port)));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    boolean started = false;
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String told = String.valueOf(out.readLine()); // it ends with the process
      if (!told.contains("\"link\"")) {
        throw new AssertionError(told + ", see " + log);
      }
      started = true;
      return new HostCommand(process, URI.create(Json.parseObject(told).path("url").asText()));
    } finally {
      if (!started) {
        process.destroyForcibly();
      }
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The page of the one user, with the link. */
  String link() {
    return link.toString();
  }

  /** As {@code kill -9}: nothing is said to anybody. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process does not end");
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
