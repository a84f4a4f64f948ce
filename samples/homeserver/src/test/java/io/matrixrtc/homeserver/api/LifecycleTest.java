package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LifecycleTest extends ServerTest {

  @Test
  void aRestartKeepsEverythingOnTheSamePort() throws BindFailed {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    bob.uploadDeviceKeys("B");
    bob.post("/keys/upload", "{'one_time_keys':{'signed_curve25519:A':{'key':'1'}}}").ok();
    JsonNode before = bob.firstSync();
    String event = alice.send(room, "x", "t1");
    alice.sendToDevice(bob, "x", "t1", "{'n':1}");
    String filter = bob.post("/user/@bob:test/filter", "{'x':1}").ok().path("filter_id").asText();
    bob.put("/user/@bob:test/account_data/x", "{'v':1}").ok();
    int port = server.port();

    server.restart();

    assertThat(server.port()).isEqualTo(port);
    assertThat(alice.send(room, "again", "t1")).isEqualTo(event);
    alice.sendToDevice(bob, "x", "t1", "{'n':2}");
    JsonNode after = bob.syncAfter(before);
    assertThat(bodies(after, room)).containsExactly("x");
    assertThat(each(after.at("/to_device/events"), "/content/n")).containsExactly("1");
    assertThat(after.at("/device_one_time_keys_count/signed_curve25519").asInt()).isEqualTo(1);
    assertThat(after.at("/account_data/events/0/content/v").asInt()).isEqualTo(1);
    assertThat(bob.get("/user/@bob:test/filter/" + filter).ok().path("x").asInt()).isEqualTo(1);
    assertThat(alice.post("/keys/query", "{'device_keys':{'@bob:test':[]}}").ok().toString())
        .contains("ed25519:BOB1");
    alice.send(room, "later", "t2");
    assertThat(bodies(bob.syncAfter(after), room)).containsExactly("later");
    alice.logIn("TWO").get("/account/whoami").ok();
  }

  @Test
  void closingTwiceIsHarmless() {
    server.close();
    server.close();
  }

  @Test
  void aTakenPortIsOneClearException_HS_BIND() {
    BindFailed failed =
        catchThrowableOfType(
            BindFailed.class,
            () ->
                EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(server.port()))
                    .close());
    assertThat(failed.port()).isEqualTo(server.port());
    assertThat(failed).hasMessageContaining("127.0.0.1:" + server.port());
    assertThat(nobody().get("/_matrix/client/versions").status()).isEqualTo(200);
  }

  @Test
  void theDumpHoldsEverythingStoredButNoPasswordsOrTokens_HS_HASHED() {
    Client alice = register("alice");
    Client bob = register("bob");
    alice.sendToDevice(bob, "x", "t", "{'secret':'needle-in-to-device'}");
    alice.put("/user/@alice:test/account_data/x", "{'v':'needle-in-account-data'}").ok();
    String room = alice.createRoom("{'name':'needle-in-state'}");
    alice.send(room, "needle-in-event", "needle-in-transaction");
    server.plant("control", "needle-planted");
    for (String needle :
        new String[] {
          "needle-in-to-device",
          "needle-in-account-data",
          "needle-in-state",
          "needle-in-event",
          "needle-in-transaction",
          "needle-planted"
        }) {
      assertThat(found(needle)).as(needle).isNotZero();
    }
    assertThat(found("secret-alice")).isZero();
    assertThat(found(alice.token())).isZero();
    assertThat(found("never-sent")).isZero();
  }

  private long found(String needle) {
    return server.databaseDump().stream()
        .flatMap(row -> Stream.of(row.key().toString(), row.value()))
        .filter(text -> text.contains(needle))
        .count();
  }
}
