package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LongPollTest extends ServerTest {
  private static final int TIMEOUT_MILLIS = 30_000;

  private Client alice;
  private Client bob;
  private String room;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
    room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
  }

  private CompletableFuture<Reply> waiting() {
    CompletableFuture<Reply> waiting = bob.waitForNews(bob.firstSync(), TIMEOUT_MILLIS);
    awaitWaitingSyncs(1);
    return waiting;
  }

  @Test
  void withoutNewsTheAnswerComesWhenTheTimeIsUp_HS_SYNC_HOLD() {
    JsonNode first = bob.firstSync();
    CompletableFuture<Reply> waiting = bob.waitForNews(first, TIMEOUT_MILLIS);
    awaitWaitingSyncs(1);
    time.advance(Duration.ofMillis(TIMEOUT_MILLIS - 1));
    bob.get("/account/whoami").ok();
    assertThat(waiting).isNotDone();
    time.advance(Duration.ofMillis(1));
    JsonNode answer = waiting.join().ok();
    assertThat(answer.has("rooms")).isFalse();
    assertThat(answer.path("device_one_time_keys_count").has("signed_curve25519")).isTrue();
    assertThat(answer.path("next_batch").isTextual()).isTrue();
  }

  @Test
  void aMessageWakesIt() {
    CompletableFuture<Reply> waiting = waiting();
    alice.send(room, "x", "t");
    assertThat(bodies(waiting.join().ok(), room)).containsExactly("x");
    awaitWaitingSyncs(0);
  }

  @Test
  void anInviteWakesItAndSoDoesAKick() {
    CompletableFuture<Reply> waiting = waiting();
    String other = alice.createRoom("{'invite':['@bob:test']}");
    assertThat(waiting.join().ok().at("/rooms/invite").has(other)).isTrue();
    CompletableFuture<Reply> again = waiting();
    alice.post(Client.room(room, "kick"), "{'user_id':'@bob:test'}").ok();
    assertThat(again.join().ok().at("/rooms/leave").has(room)).isTrue();
  }

  @Test
  void aToDeviceMessageWakesTheRightDeviceOnly() {
    Client second = bob.logIn("BOB2");
    CompletableFuture<Reply> other = second.waitForNews(second.firstSync(), TIMEOUT_MILLIS);
    awaitWaitingSyncs(1);
    CompletableFuture<Reply> waiting = bob.waitForNews(bob.firstSync(), TIMEOUT_MILLIS);
    awaitWaitingSyncs(2);
    alice.sendToDevice(bob, "x", "t", "{'n':1}");
    assertThat(waiting.join().ok().at("/to_device/events")).hasSize(1);
    assertThat(other).isNotDone();
    alice.sendToDevice(second, "x", "t2", "{'n':2}");
    assertThat(other.join().ok().at("/to_device/events/0/content/n").asInt()).isEqualTo(2);
  }

  @Test
  void newDeviceKeysWakeIt() {
    CompletableFuture<Reply> waiting = waiting();
    alice.uploadDeviceKeys("A");
    assertThat(texts(waiting.join().ok().at("/device_lists/changed")))
        .containsExactly("@alice:test");
  }

  @Test
  void accountDataWakesIt() {
    CompletableFuture<Reply> waiting = waiting();
    bob.put("/user/@bob:test/account_data/x", "{}").ok();
    assertThat(each(waiting.join().ok().at("/account_data/events"), "/type")).containsExactly("x");
  }

  @Test
  void aLogoutEndsItAsAnUnknownToken() {
    CompletableFuture<Reply> waiting = waiting();
    bob.post("/logout", "{}").ok();
    waiting.join().fails(401, "M_UNKNOWN_TOKEN");
  }

  @Test
  void aFirstSyncAndAFullStateNeverWait() {
    JsonNode first = bob.get("/sync?timeout=30000").ok();
    String since = first.path("next_batch").asText();
    assertThat(bob.get("/sync?timeout=30000&full_state=true&since=" + since).ok().at("/rooms/join"))
        .hasSize(1);
    assertThat(time.alarms()).isZero();
  }

  @Test
  void strangersNewsDoesNotWakeIt() {
    CompletableFuture<Reply> waiting = waiting();
    Client carol = register("carol");
    String elsewhere = carol.createRoom("{}");
    carol.send(elsewhere, "x", "t");
    carol.uploadDeviceKeys("C");
    assertThat(waiting).isNotDone();
    carol.join(room);
    assertThat(texts(waiting.join().ok().at("/device_lists/changed")))
        .containsExactly("@carol:test");
  }
}
