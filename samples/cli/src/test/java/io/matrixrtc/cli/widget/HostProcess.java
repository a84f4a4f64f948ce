package io.matrixrtc.cli.widget;

import io.matrixrtc.cli.Main;
import io.matrixrtc.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code matrixrtc widget-host} in a process of its own, which can be killed. */
final class HostProcess implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path log;

  /** The page of the one user, with the link. */
  final URI page;

  private HostProcess(Process process, Path log) throws Exception {
    this.process = process;
    this.log = log;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.page = link();
  }

  /** Starts it; its page is served when this returns. */
  static HostProcess start(int port, Path log, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx128m",
                "-Djava.io.tmpdir=" + log.getParent(), // who is killed tidies nothing up
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "widget-host",
                "--json",
                "--port",
                String.valueOf(port)));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    boolean started = false;
    try {
      HostProcess host = new HostProcess(process, log);
      started = true;
      return host;
    } finally {
      if (!started) {
        process.destroyForcibly();
      }
    }
  }

  /** Presses Enter: a fresh link. */
  URI newLink() throws Exception {
    OutputStream keyboard = process.getOutputStream();
    keyboard.write('\n');
    keyboard.flush();
    return link();
  }

  private URI link() throws Exception {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf(out.readLine());
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    String told = line.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!told.contains("\"link\"")) {
      throw new AssertionError(told + "\n" + Files.readString(log));
    }
    return URI.create(Json.parseObject(told).path("url").asText());
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** As {@code kill -9}: nothing is said, nothing is written any more. */
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
