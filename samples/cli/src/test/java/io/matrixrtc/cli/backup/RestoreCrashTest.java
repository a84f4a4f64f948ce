package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.cli.Main;
import io.matrixrtc.cli.Run;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restore in a JVM of its own that is killed at some moment, and started again: its store ends as
 * that of an undisturbed run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreCrashTest {
  /** More than fit into two transactions. */
  private static final int KEYS = 1_200;

  private static final int WAIT_SECONDS = 120;

  @TempDir private static Path directory;

  private final SavedBackup saved = SavedBackup.of(KEYS, 40);
  private EmbeddedServer server;
  private Path password;
  private Path answer;
  private Path keyFile;
  private Set<RoomKeyInfo> undisturbed;

  @BeforeAll
  void makeBackup() throws Exception {
    server = EmbeddedServer.start(0);
    password = Files.writeString(directory.resolve("password"), server.account("alice").password());
    answer = saved.writeTo(directory.resolve("saved.json"));
    keyFile = Files.writeString(directory.resolve("saved.key"), saved.key.toRecoveryKey());
    done(fromFile("whole.db"));
    undisturbed = held("whole.db");
    assertThat(undisturbed).hasSize(KEYS);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** The command until it has ended well, in this JVM. */
  private static void done(List<String> line) {
    Run run = Run.of(line.toArray(String[]::new));
    assertThat(run.exitCode()).as("%s%s", run.out(), run.err()).isZero();
  }

  private List<String> fromFile(String store) {
    return List.of(
        "backup",
        "restore",
        "--from-file",
        answer.toString(),
        "--recovery-key-file",
        keyFile.toString(),
        "--store",
        directory.resolve(store).toString(),
        "--json");
  }

  private List<String> online(String command, String store, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "backup",
                command,
                "--store",
                directory.resolve(store).toString(),
                "--homeserver",
                server.baseUrl().toString(),
                "--user",
                "alice",
                "--password-file",
                password.toString(),
                "--json"));
    line.addAll(List.of(more));
    return line;
  }

  /** Uploads what is in {@code whole.db} once; returns how to restore it. */
  private synchronized String backupKey() {
    Run status = Run.of(online("status", "whole.db").toArray(String[]::new));
    if (status.out().contains("\"exists\":false")) {
      done(online("enable", "whole.db"));
    }
    return Run.of("backup", "recovery-key", "--store", directory.resolve("whole.db").toString())
        .out()
        .strip();
  }

  @Test
  void killedAtAnyMomentTheStoreEndsTheSame_ours() throws Exception {
    List<String> measured = fromFile("measured.db");
    long start = System.nanoTime();
    Process undisturbedRun = start(measured);
    try (BufferedReader out = output(undisturbedRun)) {
      assertThat(out.lines().reduce((first, last) -> last).orElse("")).contains("\"done\"");
    }
    long wholeMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    int[] killed = new int[1];
    Cases.run(
        "restore of a file killed",
        3,
        12,
        (seed, random) -> {
          String store = "file" + seed + ".db";
          Process process = start(fromFile(store));
          boolean ended = process.waitFor(random.nextLong(wholeMillis + 1), TimeUnit.MILLISECONDS);
          process.destroyForcibly();
          assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
          killed[0] += ended ? 0 : 1;
          endsTheSame(store, fromFile(store));
        });
    assertThat(killed[0]).as("runs that were killed before their end").isPositive();
  }

  @Test
  void killedWhileTheServerAnswersTheStoreEndsTheSame_ours() throws Exception {
    String key = backupKey();
    int[] killed = new int[1];
    Cases.run(
        "restore from a server killed",
        1,
        4,
        (seed, random) -> {
          String store = "killed" + seed + ".db";
          List<String> line = online("restore", store, "--recovery-key", key);
          FaultPlan.Active slow = slow(server.embedded().orElseThrow());
          killed[0] += killed(line, random) ? 1 : 0;
          slow.remove();
          endsTheSame(store, line);
        });
    assertThat(killed[0]).as("runs that were killed before their end").isPositive();
  }

  private void endsTheSame(String store, List<String> line) throws Exception {
    done(line);
    assertThat(held(store)).isEqualTo(undisturbed);
    assertThat(Files.size(directory.resolve(store + ".spool"))).isZero();
  }

  /** What Ctrl-C does: it pauses, says so in its summary, and the same command goes on. */
  @Test
  void interruptedItPausesAndTheSameCommandGoesOn() throws Exception {
    List<String> line = online("restore", "interrupted.db", "--recovery-key", backupKey());
    FaultPlan.Active slow = slow(server.embedded().orElseThrow());
    Process process = start(line);
    try (BufferedReader out = output(process)) {
      assertThat(out.readLine()).contains("\"progress\"");
      process.toHandle().destroy(); // SIGTERM alone: the other one closes the pipes, too
      assertThat(out.lines().reduce((first, last) -> last).orElse("nothing"))
          .contains("\"summary\"", "\"state\":\"paused\"");
      assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.readString(directory.resolve("said")))
        .contains("Paused. The same command goes on from here.");
    slow.remove();
    endsTheSame("interrupted.db", line);
  }

  private static FaultPlan.Active slow(EmbeddedHomeserver server) {
    return server
        .faults()
        .add(
            FaultRule.on("/room_keys/keys$", new Fault.SlowAnswer(64 << 10, Duration.ofMillis(40)))
                .method("GET")
                .always());
  }

  private Process start(List<String> line) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(line);
    return new ProcessBuilder(command).redirectError(directory.resolve("said").toFile()).start();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts the command in a JVM of its own and kills it; returns whether it was still running. */
  private boolean killed(List<String> line, SplittableRandom random) throws Exception {
    Process process = start(line);
    int lines = random.nextInt(5);
    try (BufferedReader out = output(process)) {
      for (int i = 0; i < lines; i++) {
        String told = out.readLine();
        if (told == null || told.contains("\"summary\"")) {
          break;
        }
      }
      boolean ended = process.waitFor(random.nextInt(150), TimeUnit.MILLISECONDS);
      process.destroyForcibly();
      assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      return !ended;
    }
  }

  private Set<RoomKeyInfo> held(String name) throws Exception {
    try (SqliteCryptoStore store = new StoreFile(directory.resolve(name)).openExisting();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      return new HashSet<>(keys.keys().infos(Optional.empty(), KEYS + 1));
    }
  }
}
