package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.cli.keys.ProfileUser;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code matrixrtc keys} as users run it, one command after another, on the embedded server. */
class KeysCommandTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static EmbeddedServer server;
  private static int users;

  @TempDir private Path directory;
  private String alice = "";
  private String bob = "";

  @BeforeAll
  static void startServer() {
    server = EmbeddedServer.start(0);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void nameUsers() {
    users++;
    alice = "alice" + users;
    bob = "bob" + users;
  }

  @Test
  void aDeviceIsMadeAndGivenAnIdentityThatSignsTheOthers_KEYS_CMD_SIGN() throws Exception {
    List<JsonNode> login = login("first", alice, true);
    assertThat(one(login, "one_time_keys").path("onServer").asInt()).isEqualTo(50);
    assertThat(one(login, "one_time_keys").path("lost").asBoolean()).isFalse();
    assertThat(one(login, "own_identity").path("exists").asBoolean()).isFalse();
    List<JsonNode> setup = ok("setup", "first", "--password-file", password());
    assertThat(one(setup, "own_identity").path("deviceSigned").asBoolean()).isTrue();
    assertThat(one(setup, "own_identity").path("privateKeys")).hasSize(3);

    String second = one(login("second", alice, false), "own_device").path("fingerprint").asText();
    assertThat(device("first", id(alice), second).path("state").asText())
        .isEqualTo("UNSIGNED_DEVICE");
    // The second one has no private keys to sign with; the first one has.
    keys("sign", "second", id(alice), second).failedWith("private keys are not here", "reset");
    JsonNode signed = one(ok("sign", "first", id(alice), second), "signed");
    assertThat(signed.path("before").asBoolean()).isFalse();
    assertThat(device("first", id(alice), second).path("state").asText()).isEqualTo("VERIFIED");
    assertThat(one(ok("sign", "first", id(alice), second), "signed").path("before").asBoolean())
        .isTrue();
    // Others see it too.
    login("bob", bob, true);
    assertThat(device("bob", id(alice), second).path("state").asText())
        .isEqualTo("UNVERIFIED_IDENTITY");
  }

  @Test
  void aFingerprintVerifiesAUserOrADeviceAndAWrongOneNothing_KEYS_CMD_VERIFY() throws Exception {
    login("alice", alice, true);
    ok("setup", "alice", "--password-file", password());
    String device = one(login("bob", bob, true), "own_device").path("fingerprint").asText();
    keys("verify", "alice", id(bob), own("alice"))
        .failedWith("has this fingerprint", "do not go on");
    assertThat(device("alice", id(bob), device).path("state").asText())
        .isEqualTo("UNSIGNED_DEVICE");
    // In groups, as clients show it.
    ok("verify", "alice", id(bob), device.substring(0, 4), device.substring(4));
    assertThat(device("alice", id(bob), device).path("state").asText()).isEqualTo("VERIFIED");
    keys("sign", "alice", id(bob), device).failedWith("signed by that user alone", "keys verify");

    ok("setup", "bob", "--password-file", password());
    List<JsonNode> seen = ok("devices", "alice", id(bob));
    assertThat(one(seen, "identity").path("state").asText()).isEqualTo("UNVERIFIED");
    ok("sign", "alice", id(bob), one(seen, "identity").path("master").asText());
    assertThat(one(ok("devices", "alice", id(bob)), "identity").path("state").asText())
        .isEqualTo("VERIFIED");
  }

  @Test
  void whoLacksAKeyIsShownOnBothSidesWithTheReason_KEYS_CMD_LACKS() throws Exception {
    login("alice", alice, true);
    ok("setup", "alice", "--password-file", password());
    String device = one(login("bob", bob, true), "own_device").path("fingerprint").asText();
    ok("setup", "bob", "--password-file", password());
    String room = ProfileUser.createRoom(directory.resolve("alice"));
    ProfileUser.join(directory.resolve("bob"), room);

    ok("block", "alice", id(bob), device);
    assertThat(device("alice", id(bob), device).path("localTrust").asText()).isEqualTo("BLOCKED");
    String kept = ProfileUser.write(directory.resolve("alice"), room, "not for bob");
    JsonNode holder = one(ok("lacks", "alice", room), "member_device");
    assertThat(holder.path("has").asBoolean()).isFalse();
    assertThat(holder.path("withheld").asText()).isEqualTo("m.blacklisted");
    JsonNode unread = one(ok("lacks", "bob", room), "unread_event");
    assertThat(unread.path("event").asText()).isEqualTo(kept);
    assertThat(unread.path("reason").asText()).isEqualTo("missing_room_key");
    assertThat(unread.path("why").asText()).contains("m.blacklisted");

    // Control: unblocked, the device has the key of the next event and reads it.
    ok("block", "alice", "--undo", id(bob), device);
    ProfileUser.write(directory.resolve("alice"), room, "for bob");
    assertThat(one(ok("lacks", "alice", room), "member_device").path("has").asBoolean()).isTrue();
    assertThat(one(ok("lacks", "bob", room), "unread_event").path("event").asText())
        .isEqualTo(kept);
    assertThat(one(ok("sessions", "bob", room), "reading_session").path("owner").asText())
        .startsWith(id(alice) + "/");
    assertThat(one(ok("sessions", "alice", room), "writing_session").path("devices").asInt())
        .isEqualTo(1);
  }

  @Test
  void theRoomKeysOfADeviceGoToAFileThatOthersRead_KEYS_CMD_EXPORT() throws Exception {
    login("alice", alice, true);
    ok("setup", "alice", "--password-file", password());
    String room = ProfileUser.createRoom(directory.resolve("alice"));
    String other = ProfileUser.createRoom(directory.resolve("alice"));
    ProfileUser.write(directory.resolve("alice"), room, "one");
    ProfileUser.write(directory.resolve("alice"), other, "two");
    assertThat(exported("all.txt")).isEqualTo(2);
    assertThat(exported("room.txt", "--room", room)).isEqualTo(1);
    keys("export", "alice", file("all.txt"), "--passphrase-file", password())
        .failedWith("exists already");
    keys("export", "alice", file("none.txt"), "--passphrase-file", password(), "--room", "r")
        .misusedWith("want a room id");
    keys("export", "nobody", file("none.txt"), "--passphrase-file", password())
        .failedWith("nobody is logged in");

    // The file is one that the other command reads.
    Run read =
        Run.of(
            "backup",
            "import",
            "--json",
            file("all.txt"),
            "--store",
            file("copy.db"),
            "--passphrase-file",
            password());
    assertThat(read.exitCode()).as(read.err()).isZero();
    assertThat(MAPPER.readTree(read.out()).path("imported").asInt()).isEqualTo(2);
  }

  private int exported(String file, String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of(file(file), "--passphrase-file", password()));
    all.addAll(List.of(more));
    Run run = keys("export", "alice", all.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return MAPPER.readTree(run.out()).path("exported").asInt();
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void aResetSaysWhatItCostsFirstAndNeedsThePassword_KEYS_CMD_RESET() throws Exception {
    login("alice", alice, true);
    ok("setup", "alice", "--password-file", password());
    login("bob", bob, true);
    ok("setup", "bob", "--password-file", password());
    String master = one(ok("devices", "alice", id(bob)), "identity").path("master").asText();
    ok("sign", "alice", id(bob), master);

    JsonNode cost = one(ok("reset", "alice"), "lost");
    assertThat(cost.path("usersToSignAgain")).extracting(JsonNode::asText).containsExactly(id(bob));
    assertThat(cost.path("secretsToStoreAgain")).hasSize(3);
    String before = cost.path("identity").asText();
    assertThat(one(ok("status", "alice"), "own_identity").path("master").asText())
        .isEqualTo(before);
    Path wrong = Files.writeString(directory.resolve("wrong.txt"), "wrong-secret\n");
    Run refused = keys("reset", "alice", "--yes", "--password-file", wrong.toString());
    refused.failedWith("wants to be shown that it is you");
    assertThat(refused.out() + refused.err()).doesNotContain("wrong-secret");
    assertThat(one(ok("status", "alice"), "own_identity").path("master").asText())
        .isEqualTo(before);

    List<JsonNode> reset = ok("reset", "alice", "--yes", "--password-file", password());
    assertThat(one(reset, "own_identity").path("master").asText()).isNotEqualTo(before);
    assertThat(one(reset, "own_identity").path("deviceSigned").asBoolean()).isTrue();
    assertThat(one(ok("devices", "bob", id(alice)), "identity").path("state").asText())
        .isEqualTo("UNVERIFIED"); // seen for the first time
    // Here the comparison counts on; for the user's other devices it is signed again.
    assertThat(one(ok("devices", "alice", id(bob)), "identity").path("state").asText())
        .isEqualTo("VERIFIED");
    assertThat(one(ok("sign", "alice", id(bob), master), "signed").path("before").asBoolean())
        .isFalse();
  }

  @Test
  void whatStandsInTheWayIsNamedWithTheNextStep_KEYS_CMD_SENTENCE() throws Exception {
    keys("status", "nobody").failedWith("nobody is logged in at", "keys login");
    Run json = keys("status", "nobody");
    assertThat(json.out()).startsWith("{\"type\":\"summary\",\"ok\":false,\"error\":");
    login("alice", alice, true);
    keys("login", "alice", "--homeserver", url(), "--user", alice, "--password-file", password())
        .failedWith("is logged in", "--profile");
    keys("devices", "alice", "@nobody:localhost").failedWith("lists no device", "@nobody");
    keys("sign", "alice", id(alice), own("alice")).failedWith("no identity", "keys setup");
    keys("block", "alice", id(alice), own("alice")).failedWith("the device itself");
    keys("lacks", "alice", "!none:localhost").failedWith("The homeserver refused");
    keys("login", "other", "--homeserver", "http://127.0.0.1:1", "--user", "x")
        .failedWith("no password of x", "--password-file");
    keys("logout", "alice").misusedWith("will be deleted", "--yes");
    keys("verify", "alice", "bob", own("alice")).misusedWith("want a full user id");
    keys("verify", "alice", id(bob), "short").misusedWith("this is no key", "43");
    keys("sessions", "alice", "room").misusedWith("want a room id");
    keys("lacks", "alice", "!r:x", "--events", "1001").misusedWith("want 0 to 1000, got 1001");
  }

  @Test
  void theFolderIsItsOwnersAloneAndEmptyAfterLogout_KEYS_CMD_PROFILE() throws Exception {
    login("alice", alice, true);
    Path folder = directory.resolve("alice");
    for (String file : List.of("login.json", "store.key", "crypto.db")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
          .as(file)
          .isEqualTo("rw-------");
    }
    ok("logout", "alice", "--yes");
    assertThat(folder.resolve("store.key")).doesNotExist();
    keys("status", "alice").failedWith("nobody is logged in");
  }

  private String own(String profile) throws Exception {
    return one(ok("status", profile), "own_device").path("fingerprint").asText();
  }

  private JsonNode device(String profile, String user, String fingerprint) throws Exception {
    return ok("devices", profile, user).stream()
        .filter(line -> line.path("type").asText().equals("device"))
        .filter(line -> line.path("fingerprint").asText().equals(fingerprint))
        .findFirst()
        .orElseThrow();
  }

  private List<JsonNode> login(String profile, String user, boolean register) throws Exception {
    List<String> more =
        new ArrayList<>(
            List.of("--homeserver", url(), "--user", user, "--password-file", password()));
    if (register) {
      more.add("--register");
    }
    return ok("login", profile, more.toArray(String[]::new));
  }

  private static String url() {
    return server.baseUrl().toString();
  }

  private static String id(String user) {
    return "@" + user + ":localhost";
  }

  private String password() throws Exception {
    return Files.writeString(directory.resolve("password.txt"), "correct horse\n").toString();
  }

  private Run keys(String command, String profile, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("keys", command, "--json", "--profile", directory.resolve(profile).toString()));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  /** The objects that a command printed, without the summary, which must be the last. */
  private List<JsonNode> ok(String command, String profile, String... more) throws Exception {
    Run run = keys(command, profile, more);
    assertThat(run.exitCode()).as("%s %s: %s", command, profile, run.err()).isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      lines.add(MAPPER.readTree(line));
    }
    JsonNode summary = lines.remove(lines.size() - 1);
    assertThat(summary.path("type").asText()).isEqualTo("summary");
    assertThat(summary.path("ok").asBoolean()).isTrue();
    return lines;
  }

  private static JsonNode one(List<JsonNode> lines, String type) {
    List<JsonNode> found =
        lines.stream().filter(line -> line.path("type").asText().equals(type)).toList();
    assertThat(found).as("%s in %s", type, lines).hasSize(1);
    return found.get(0);
  }
}
