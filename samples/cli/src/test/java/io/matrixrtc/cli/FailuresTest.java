package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.server.EmbeddedServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the user's way is told in one sentence. */
class FailuresTest {
  @TempDir private Path directory;

  @Test
  void aTakenPortIsNamed_CLI_SENTENCE() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      demo("--port", port).failedWith(port, "--port");
      Run.of("homeserver", "--port", port).failedWith(port, "--port");
      Path key = Files.writeString(directory.resolve("key"), "devkey: secret\n");
      Run.of(
              "authorize",
              "--key-file",
              key.toString(),
              "--livekit-url",
              "ws://127.0.0.1:7880",
              "--full-access",
              "*",
              "--bind",
              "127.0.0.1:" + port)
          .failedWith(port, "--bind");
    }
  }

  @Test
  void anUnreachableHomeserverIsNamedSoon_CLI_SENTENCE() {
    long start = System.nanoTime();
    demo("--homeserver", "http://127.0.0.1:1")
        .failedWith("http://127.0.0.1:1 does not answer", "Check the address");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void whatIsNoHomeserverIsNamed_CLI_SENTENCE() {
    demo("--homeserver", "localhost:8008").failedWith("localhost:8008", "http://localhost:8008");
    demo("--homeserver", "ftp://localhost").failedWith("ftp://localhost", "http://localhost:8008");
  }

  @Test
  void aWrongPasswordIsNamedAndNotShown_CLI_SENTENCE() throws Exception {
    try (EmbeddedServer server = EmbeddedServer.start(0)) {
      server.account("alice");
      server.account("bob");
      Run run = demo("--homeserver", server.baseUrl().toString(), "--accounts", wrongPasswords());
      run.failedWith("cannot sign in as alice", "does not accept this password");
      assertThat(run.out() + run.err()).doesNotContain("wrong-secret");
    }
  }

  @Test
  void anUnusableAccountsFileIsNamed_CLI_SENTENCE() throws Exception {
    String url = "http://127.0.0.1:1";
    String missing = directory.resolve("missing.txt").toString();
    demo("--homeserver", url, "--accounts", missing).failedWith("accounts file", missing);
    Path odd = Files.writeString(directory.resolve("odd.txt"), "alice\n");
    demo("--homeserver", url, "--accounts", odd.toString()).failedWith("localpart password");
    Path others = Files.writeString(directory.resolve("others.txt"), "zoe secret\n");
    demo("--homeserver", url, "--accounts", others.toString()).failedWith("no line for alice");
  }

  @Test
  void pathsThatCannotBeWrittenAreNamedBeforeTheCall_CLI_SENTENCE() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    Run.of("demo", "--out", file.toString()).failedWith("--out", file.toString());
    demo("--report", file.resolve("report.html").toString()).failedWith("--report");
    demo("--trace", directory.toString()).failedWith("--trace", "want a file");
  }

  @Test
  void aPlotThatCannotBeWrittenIsNamedBeforeTheSimulation_CLI_SENTENCE() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    Run run = Run.of("simulate", "--preset", "200", "--plot", file.resolve("p.html").toString());
    run.failedWith("--plot", file.toString());
    assertThat(run.out()).isEmpty();
    Run.of("simulate", "--plot", directory.toString()).failedWith("--plot", "want a file");
  }

  @Test
  void aDirectoryInPlaceOfATraceIsNamed_CLI_SENTENCE() {
    Run.of("trace", "show", directory.toString()).failedWith("is a directory", "--trace");
  }

  @Test
  void aDatabaseThatDoesNotOpenIsNamed_CLI_SENTENCE() throws Exception {
    Path file = Files.writeString(directory.resolve("no.db"), "this is no database, not at all");
    Run.of("homeserver", "--port", "0", "--database", file.toString())
        .failedWith("the database does not open");
  }

  @Test
  void inJsonTheFailureIsTheSummary_CLI_JSON() {
    Run run = demo("--json", "--homeserver", "http://127.0.0.1:1");
    run.failedWith("does not answer");
    assertThat(run.out().lines().reduce((first, last) -> last).orElseThrow())
        .startsWith("{\"type\":\"summary\",\"ok\":false,\"error\":");
  }

  private String wrongPasswords() throws Exception {
    return Files.writeString(
            directory.resolve("accounts.txt"), "alice wrong-secret\nbob wrong-secret\n")
        .toString();
  }

  private Run demo(String... more) {
    String[] all = new String[more.length + 4];
    System.arraycopy(new String[] {"demo", "--fast", "--out"}, 0, all, 0, 3);
    all[3] = directory.resolve("out").toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return Run.of(all);
  }
}
