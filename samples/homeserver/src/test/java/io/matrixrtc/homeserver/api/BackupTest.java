package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.http.BindFailed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions and entries of key backups. */
class BackupTest extends ServerTest {
  static final String ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
  private static final String R1 = "/room_keys/keys/!one:test";

  private Client alice;

  @BeforeEach
  void user() {
    alice = register("alice");
  }

  static String create(Client client) {
    return client
        .post(
            "/room_keys/version",
            "{'algorithm':'%s','auth_data':{'public_key':'k'}}".formatted(ALGORITHM))
        .ok()
        .path("version")
        .asText();
  }

  static String entry(String data) {
    return entry(0, 0, false, data);
  }

  static String entry(long index, long forwarded, boolean verified, String data) {
    return "{'first_message_index':%d,'forwarded_count':%d,'is_verified':%b,'session_data':{'ciphertext':'%s'}}"
        .formatted(index, forwarded, verified, data);
  }

  private Reply putOne(String room, String session, String entry, String version) {
    return alice.put(
        "/room_keys/keys/"
            + Client.encode(room)
            + "/"
            + Client.encode(session)
            + "?version="
            + version,
        entry);
  }

  private JsonNode info() {
    return alice.get("/room_keys/version").ok();
  }

  @Test
  void noBackupIsNotFoundAndNotUnrecognized_HS_NO_BACKUP() {
    alice.get("/room_keys/version").fails(404, "M_NOT_FOUND");
    alice.get("/room_keys/version/1").fails(404, "M_NOT_FOUND");
    alice.get("/room_keys/version/x").fails(404, "M_NOT_FOUND");
    alice.get("/room_keys/keys?version=1").fails(404, "M_NOT_FOUND");
    alice.put("/room_keys/keys?version=1", "{'rooms':{}}").fails(404, "M_NOT_FOUND");
    alice.delete("/room_keys/version/1", "").fails(404, "M_NOT_FOUND");
    alice.get("/room_keys/nothing").fails(404, "M_UNRECOGNIZED");
    nobody().get("/room_keys/version").fails(401, "M_MISSING_TOKEN");
  }

  @Test
  void versionsCountUpAndDeletingOneBringsTheOneBeforeBack_HS_BACKUP_VERSIONS() {
    assertThat(create(alice)).isEqualTo("1");
    assertThat(create(alice)).isEqualTo("2");
    assertThat(create(register("bob"))).isEqualTo("1");
    assertThat(info().toString())
        .isEqualTo(
            "{\"algorithm\":\"%s\",\"count\":0,\"etag\":\"0\",\"version\":\"2\",\"auth_data\":{\"public_key\":\"k\"}}"
                .formatted(ALGORITHM));
    alice.delete("/room_keys/version/2", "").ok();
    alice.delete("/room_keys/version/2", "").ok();
    assertThat(info().path("version").asText()).isEqualTo("1");
    alice.get("/room_keys/version/2").fails(404, "M_NOT_FOUND");
    alice.delete("/room_keys/version/1", "").ok();
    alice.get("/room_keys/version").fails(404, "M_NOT_FOUND");
    alice.delete("/room_keys/version/3", "").fails(404, "M_NOT_FOUND");
    assertThat(create(alice)).isEqualTo("3");
    alice.post("/room_keys/version", "{'auth_data':{}}").fails(400, "M_MISSING_PARAM");
    alice.post("/room_keys/version", "{'algorithm':'x'}").fails(400, "M_MISSING_PARAM");
    alice.post("/room_keys/version", "{'algorithm':'x','auth_data':'y'}").fails(400, "M_BAD_JSON");
  }

  @Test
  void onlyTheAuthDataOfAVersionCanBeChanged_HS_BACKUP_VERSIONS() {
    create(alice);
    String path = "/room_keys/version/1";
    String body = "{'algorithm':'%s','auth_data':{'public_key':'other'}%s}";
    alice.put(path, body.formatted(ALGORITHM, "")).ok();
    alice.put(path, body.formatted(ALGORITHM, ",'version':'1'")).ok();
    assertThat(info().at("/auth_data/public_key").asText()).isEqualTo("other");
    assertThat(info().path("etag").asText()).isEqualTo("0");
    alice.put(path, body.formatted("another", "")).fails(400, "M_INVALID_PARAM");
    alice.put(path, body.formatted(ALGORITHM, ",'version':'2'")).fails(400, "M_INVALID_PARAM");
    alice.put("/room_keys/version/9", body.formatted(ALGORITHM, "")).fails(404, "M_NOT_FOUND");
  }

  @Test
  void keysAreWrittenAndReadAtOnceByRoomAndOneByOne_HS_BACKUP_KEYS() {
    String version = "?version=" + create(alice);
    alice
        .put(
            "/room_keys/keys" + version,
            "{'rooms':{'!one:test':{'sessions':{'a/b+c':%s,'d':%s}},'!two:test':{'sessions':{'e':%s}}}}"
                .formatted(entry("1"), entry("2"), entry("3")))
        .ok();
    alice.put(R1 + version, "{'sessions':{'f':%s}}".formatted(entry("4"))).ok();
    JsonNode changes = putOne("!one:test", "a/b", entry("5"), "1").ok();
    assertThat(changes.toString()).isEqualTo("{\"etag\":\"3\",\"count\":5}");
    JsonNode all = alice.get("/room_keys/keys" + version).ok().path("rooms");
    assertThat(names(all)).containsExactly("!one:test", "!two:test");
    assertThat(names(all.at("/!one:test/sessions"))).containsExactly("a/b", "a/b+c", "d", "f");
    assertThat(alice.get(R1 + version).ok()).isEqualTo(all.path("!one:test"));
    JsonNode one = alice.get(R1 + "/a%2Fb%2Bc" + version).ok();
    assertThat(one).isEqualTo(all.at("/!one:test/sessions").path("a/b+c"));
    assertThat(one.toString()).isEqualTo(entry("1").replace('\'', '"'));
    // Old clients use another prefix.
    assertThat(alice.get("/_matrix/client/unstable" + R1 + "/d" + version).ok().toString())
        .contains("\"2\"");
  }

  @Test
  void whatIsNotThereIsEmptyButASingleKeyIsNotFound_HS_BACKUP_KEYS() {
    String version = "?version=" + create(alice);
    assertThat(alice.get("/room_keys/keys" + version).ok().toString()).isEqualTo("{\"rooms\":{}}");
    assertThat(alice.get(R1 + version).ok().toString()).isEqualTo("{\"sessions\":{}}");
    alice.get(R1 + "/s" + version).fails(404, "M_NOT_FOUND");
    alice.get(R1 + "/s?version=7").fails(404, "M_NOT_FOUND");
    alice.get(R1 + "?version=7").fails(404, "M_NOT_FOUND");
    alice.get("/room_keys/keys").fails(400, "M_MISSING_PARAM");
    alice.put(R1 + "/s", entry("1")).fails(400, "M_MISSING_PARAM");
  }

  @Test
  void entriesOfTheWrongShapeAreRefusedAndNothingIsWritten_HS_BACKUP_SHAPE() {
    String version = create(alice);
    for (String bad :
        new String[] {
          entry("x").replace("false", "'no'"),
          entry("x").replace("'first_message_index':0", "'first_message_index':-1"),
          entry("x").replace("'first_message_index':0", "'first_message_index':0.5"),
          entry("x").replace("{'ciphertext':'x'}", "'x'")
        }) {
      putOne("!one:test", "s", bad, version).fails(400, "M_INVALID_PARAM");
    }
    putOne("!one:test", "s", "{'first_message_index':0}", version).fails(400, "M_MISSING_PARAM");
    alice.put(R1 + "?version=1", "{}").fails(400, "M_MISSING_PARAM");
    alice.put(R1 + "?version=1", "{'sessions':{'s':7}}").fails(400, "M_BAD_JSON");
    alice
        .put(R1 + "?version=1", "{'sessions':{'good':%s,'bad':{}}}".formatted(entry("1")))
        .fails(400, "M_MISSING_PARAM");
    assertThat(info().path("count").asInt()).isZero();
    assertThat(info().path("etag").asText()).isEqualTo("0");
    assertThat(alice.get(R1 + "?version=1").ok().path("sessions")).isEmpty();
  }

  @Test
  void theEtagMovesOncePerUploadThatChangesAnything_HS_BACKUP_ETAG() {
    String version = create(alice);
    String two = "{'sessions':{'a':%s,'b':%s}}".formatted(entry("1"), entry("2"));
    assertThat(alice.put(R1 + "?version=1", two).ok().path("etag").asText()).isEqualTo("1");
    assertThat(alice.put(R1 + "?version=1", two).ok().path("etag").asText()).isEqualTo("1");
    JsonNode again = putOne("!one:test", "a", entry(0, 0, true, "3"), version).ok();
    assertThat(again.toString()).isEqualTo("{\"etag\":\"2\",\"count\":2}");
    JsonNode deleted = alice.delete(R1 + "/a?version=1", "").ok();
    assertThat(deleted.toString()).isEqualTo("{\"etag\":\"3\",\"count\":1}");
    assertThat(alice.delete(R1 + "/a?version=1", "").ok().path("etag").asText()).isEqualTo("4");
    assertThat(info().path("etag").asText()).isEqualTo("4");
  }

  @Test
  void keysAreDeletedOneByOneByRoomAndAtOnce_HS_BACKUP_DELETE() {
    String version = create(alice);
    for (String room : new String[] {"!one:test", "!two:test", "!three:test"}) {
      putOne(room, "a", entry("1"), version).ok();
      putOne(room, "b", entry("2"), version).ok();
    }
    assertThat(alice.delete(R1 + "/a?version=1", "").ok().path("count").asInt()).isEqualTo(5);
    assertThat(alice.delete("/room_keys/keys/!two:test?version=1", "").ok().path("count").asInt())
        .isEqualTo(3);
    JsonNode left = alice.get("/room_keys/keys?version=1").ok().path("rooms");
    assertThat(names(left)).containsExactly("!one:test", "!three:test");
    assertThat(alice.delete("/room_keys/keys?version=1", "").ok().path("count").asInt()).isZero();
    assertThat(alice.get("/room_keys/keys?version=1").ok().path("rooms")).isEmpty();
    alice.delete("/room_keys/keys?version=2", "").fails(404, "M_NOT_FOUND");
  }

  @Test
  void aVersionThatIsNotCurrentIsReadButNotWritten_HS_BACKUP_WRONG_VERSION() {
    create(alice);
    putOne("!one:test", "a", entry("old"), "1").ok();
    create(alice);
    Reply wrong = putOne("!one:test", "b", entry("new"), "1");
    wrong.fails(403, "M_WRONG_ROOM_KEYS_VERSION");
    assertThat(wrong.body().path("current_version").asText()).isEqualTo("2");
    putOne("!one:test", "b", entry("new"), "9").fails(404, "M_NOT_FOUND");
    alice.get(R1 + "/a?version=1").ok();
    assertThat(alice.get("/room_keys/version/1").ok().path("count").asInt()).isEqualTo(1);
    assertThat(info().path("count").asInt()).isZero();
    // It is current again once the newer one is gone; a deleted one has lost its keys for good.
    alice.delete("/room_keys/version/2", "").ok();
    putOne("!one:test", "b", entry("new"), "1").ok();
    alice.delete("/room_keys/version/1", "").ok();
    alice.get(R1 + "/a?version=1").fails(404, "M_NOT_FOUND");
    assertThat(server.databaseDump()).noneMatch(row -> row.value().contains("\"old\""));
  }

  @Test
  void aRestartKeepsTheBackup_HS_BACKUP_KEYS() throws BindFailed {
    putOne("!one:test", "a", entry("1"), create(alice)).ok();
    server.restart();
    assertThat(alice.get(R1 + "/a?version=1").ok().at("/session_data/ciphertext").asText())
        .isEqualTo("1");
    assertThat(info().path("etag").asText()).isEqualTo("1");
  }
}
