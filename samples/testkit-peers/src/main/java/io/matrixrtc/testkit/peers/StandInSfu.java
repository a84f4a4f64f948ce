package io.matrixrtc.testkit.peers;

import io.matrixrtc.testkit.ScriptException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A stand-in for a LiveKit server, for a few participants of a call on this machine: a Node process
 * with WebRTC by werift. It is no server for anybody's calls. Any thread may call.
 */
public final class StandInSfu implements AutoCloseable {
  /** The name of its API key. */
  public static final String KEY = "interop";

  /** The secret of its API key. It listens on loopback, to whoever has a token under this. */
  public static final String SECRET = "a secret for one test, of 32 bytes and more";

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final PeerProcess process;
  private final String url;

  private StandInSfu(PeerProcess process, String url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts it on a free port of the loopback interface.
   *
   * @param log a new file for what it writes
   * @param options of its script, for example {@code --two-connections}
   * @throws PeerUnavailableException if its parts cannot be had
   * @throws IOException if Node does not start
   */
  public static StandInSfu start(Path log, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(PeerFolders.node());
    command.add(script("main.mjs").toString());
    command.addAll(List.of("--end-with-input", "--port", "0", "--key", KEY, "--secret", SECRET));
    command.addAll(options);
    PeerProcess process = new PeerProcess(command, log);
    boolean started = false;
    try {
      StandInSfu sfu = new StandInSfu(process, awaitUrl(process, log));
      started = true;
      return sfu;
    } finally {
      if (!started) {
        process.close();
      }
    }
  }

  /** A script of its folder. */
  static Path script(String name) {
    return NpmInstaller.usual().folder(NpmPeer.SFU).resolve(name);
  }

  private static String awaitUrl(PeerProcess process, Path log) throws InterruptedException {
    CompletableFuture<String> url = new CompletableFuture<>();
    process.listen(
        event -> {
          if (event.path("event").asText().equals("ready")) {
            url.complete(event.path("url").asText());
          }
        });
    // It may have said so before anybody listened.
    process.events("ready").forEach(event -> url.complete(event.path("url").asText()));
    try {
      return url.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new ScriptException("the SFU did not start; its log is " + log, e);
    }
  }

  /** Where clients connect to, {@code ws://…}. */
  public String url() {
    return url;
  }

  /** Whether its process has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
