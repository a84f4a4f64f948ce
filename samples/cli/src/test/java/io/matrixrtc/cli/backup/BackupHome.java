package io.matrixrtc.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.Run;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A user with a homeserver and some stores in a folder, who runs {@code backup} commands. */
final class BackupHome implements AutoCloseable {
  private static final int ALL = 100_000;

  private final Path folder;
  private final EmbeddedServer server;
  private final Path password;
  private final AtomicInteger puts = new AtomicInteger();

  private BackupHome(Path folder, EmbeddedServer server) throws IOException {
    this.folder = folder;
    this.server = server;
    this.password =
        Files.writeString(folder.resolve("password"), server.account("alice").password() + "\n");
    server
        .requestLog()
        .orElseThrow()
        .listen(
            exchange -> {
              if (exchange.method().equals("PUT") && exchange.uri().contains("/room_keys/keys")) {
                puts.incrementAndGet();
              }
            });
  }

  static BackupHome in(Path folder) throws IOException {
    return new BackupHome(folder, EmbeddedServer.start(0));
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(file(name), text);
  }

  /** Runs a command on a store, without a login. */
  Run offline(String command, String store, String... more) {
    return offline(folder, command, store, more);
  }

  static Run offline(Path folder, String command, String store, String... more) {
    List<String> line = new ArrayList<>(List.of("backup", command, "--store"));
    line.add(folder.resolve(store).toString());
    line.addAll(List.of(more));
    return Run.of(line.toArray(String[]::new));
  }

  /** Runs a command on a store with alice's login, for programs to read. */
  Run online(String command, String store, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--homeserver", server.baseUrl().toString(), "--user", "alice"));
    all.addAll(List.of("--password-file", password.toString(), "--json"));
    return offline(command, store, all.toArray(String[]::new));
  }

  /** The last object of a type that was printed, however the command ended. */
  static ObjectNode told(Run run, String type) {
    return run.out()
        .lines()
        .map(BackupHome::parse)
        .filter(object -> object.path("type").asText().equals(type))
        .reduce((first, last) -> last)
        .orElseThrow(() -> new AssertionError("no " + type + " in " + run));
  }

  /** As {@link #told}, of a command that ended well. */
  static ObjectNode done(Run run, String type) {
    assertThat(run.exitCode()).as("%s", run).isZero();
    return told(run, type);
  }

  private static ObjectNode parse(String line) {
    try {
      return Json.parseObject(line);
    } catch (MalformedJsonException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Puts the keys of a saved backup into a store. */
  static void fill(Path folder, String store, SavedBackup saved) throws IOException {
    Path answer = saved.writeTo(folder.resolve("saved.json"));
    String key = saved.key.toRecoveryKey();
    String[] options = {"--from-file", answer.toString(), "--recovery-key", key};
    Run run = offline(folder, "restore", store, options);
    assertThat(run.exitCode()).as("%s", run).isZero();
  }

  void fill(String store, SavedBackup saved) throws IOException {
    fill(folder, store, saved);
  }

  /** Makes a backup of a store, and returns its recovery key. */
  String enable(String store, String... more) {
    return done(online("enable", store, more), "enabled").path("recoveryKey").asText();
  }

  /** Puts an entry into the backup, past every command, with the login of a store. */
  void plant(String store, String room, String session, ObjectNode entry) throws Exception {
    ObjectNode login = Json.parseObject(Files.readString(file(store + ".login")));
    ObjectNode body = Json.newObject();
    body.putObject("rooms").putObject(room).putObject("sessions").set(session, entry);
    String version = done(online("status", store), "backup").path("version").asText();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            server.baseUrl()
                                + "/_matrix/client/v3/room_keys/keys?version="
                                + version))
                    .header("Authorization", "Bearer " + login.path("access_token").asText())
                    .header("Content-Type", "application/json")
                    .PUT(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** How often entries were put into the backup so far. */
  int puts() {
    return puts.get();
  }

  /** What a store holds. */
  static List<RoomKeyInfo> held(Path store) throws Exception {
    try (SqliteCryptoStore opened = new StoreFile(store).openExisting();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(opened, opened.stateKey(), RandomSource.secure())) {
      return keys.keys().infos(Optional.empty(), ALL);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
