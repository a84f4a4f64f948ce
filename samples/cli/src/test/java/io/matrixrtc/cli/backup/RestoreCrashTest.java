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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restore in a JVM of its own that is killed at some moment, and started again: its store ends as
 * that of an undisturbed run.
 */
class RestoreCrashTest {
  private static final int KEYS = 1_500;
  private static final int WAIT_SECONDS = 120;

  @TempDir private Path directory;

  @Test
  void killedAtAnyMomentTheStoreEndsTheSame_ours() throws Exception {
    try (EmbeddedServer server = EmbeddedServer.start(0)) {
      Path password =
          Files.writeString(directory.resolve("password"), server.account("alice").password());
      String key = makeBackup(server, password);
      Set<RoomKeyInfo> undisturbed = held("whole.db");
      assertThat(undisturbed).hasSize(KEYS);
      int[] killed = new int[1];
      Cases.run(
          "restore killed",
          2,
          12,
          (seed, random) -> {
            String store = "killed" + seed + ".db";
            List<String> line = new ArrayList<>(online(server, password, "restore", store));
            line.addAll(List.of("--recovery-key", key));
            FaultPlan.Active slow = slow(server.embedded().orElseThrow());
            killed[0] += killed(line, random) ? 1 : 0;
            slow.remove();
            Run last = Run.of(line.toArray(String[]::new));
            assertThat(last.exitCode()).as("%s%s", last.out(), last.err()).isZero();
            assertThat(held(store)).isEqualTo(undisturbed);
            assertThat(Files.size(directory.resolve(store + ".spool"))).isZero();
          });
      assertThat(killed[0]).as("runs that were killed before their end").isPositive();
      interrupted(server, password, key);
      assertThat(held("interrupted.db")).isEqualTo(undisturbed);
    }
  }

  /** What Ctrl-C does: it pauses, says so in its summary, and the same command goes on. */
  private void interrupted(EmbeddedServer server, Path password, String key) throws Exception {
    List<String> line = new ArrayList<>(online(server, password, "restore", "interrupted.db"));
    line.addAll(List.of("--recovery-key", key));
    FaultPlan.Active slow = slow(server.embedded().orElseThrow());
    Process process = start(line);
    try (BufferedReader out = output(process)) {
      assertThat(out.readLine()).contains("\"progress\"");
      process.destroy();
      assertThat(out.lines().reduce((first, last) -> last).orElse("nothing"))
          .contains("\"summary\"", "\"state\":\"paused\"");
      assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    slow.remove();
    Run last = Run.of(line.toArray(String[]::new));
    assertThat(last.exitCode()).as("%s%s", last.out(), last.err()).isZero();
  }

  private static FaultPlan.Active slow(EmbeddedHomeserver server) {
    return server
        .faults()
        .add(
            FaultRule.on("/room_keys/keys$", new Fault.SlowAnswer(64 << 10, Duration.ofMillis(40)))
                .method("GET")
                .always());
  }

  private List<String> online(EmbeddedServer server, Path password, String command, String store) {
    return List.of(
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
        "--json");
  }

  /** Brings keys from a file, uploads them, and returns the backup's key. */
  private String makeBackup(EmbeddedServer server, Path password) throws Exception {
    SavedBackup saved = SavedBackup.of(KEYS, 40);
    Path answer = saved.writeTo(directory.resolve("saved.json"));
    String store = directory.resolve("whole.db").toString();
    Run.of(
        "backup",
        "restore",
        "--from-file",
        answer.toString(),
        "--recovery-key",
        saved.key.toRecoveryKey(),
        "--store",
        store);
    Run enabled = Run.of(online(server, password, "enable", "whole.db").toArray(String[]::new));
    assertThat(enabled.exitCode()).as("%s%s", enabled.out(), enabled.err()).isZero();
    return Run.of("backup", "recovery-key", "--store", store).out().strip();
  }

  private static Process start(List<String> line) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(line);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts the command in a JVM of its own and kills it; returns whether it was still running. */
  private static boolean killed(List<String> line, SplittableRandom random) throws Exception {
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
