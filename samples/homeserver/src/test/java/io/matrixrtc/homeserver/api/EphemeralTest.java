package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Typing, receipts and read markers. */
class EphemeralTest extends ServerTest {
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

  private JsonNode ephemeral(JsonNode sync, String type) {
    for (JsonNode event : joined(sync, room).at("/ephemeral/events")) {
      if (event.path("type").asText().equals(type)) {
        return event.path("content");
      }
    }
    return JsonNodeFactory.instance.missingNode();
  }

  private List<String> typing(JsonNode sync) {
    return texts(ephemeral(sync, "m.typing").path("user_ids"));
  }

  private static Reply type(Client client, String room, String body) {
    return client.put(Client.room(room, "typing/" + client.userId()), body);
  }

  private Reply receipt(Client client, String type, String eventId, String body) {
    return client.post(Client.room(room, "receipt/" + type + "/" + eventId), body);
  }

  @Test
  void typingIsToldWhenItBeginsAndWhenItEnds_HS_TYPING() {
    JsonNode before = bob.firstSync();
    assertThat(ephemeral(before, "m.typing").isMissingNode()).isTrue();
    type(alice, room, "{'typing':true,'timeout':5000}").ok();
    JsonNode started = bob.syncAfter(before);
    assertThat(typing(started)).containsExactly("@alice:test");
    assertThat(typing(bob.firstSync())).containsExactly("@alice:test");
    type(alice, room, "{'typing':true,'timeout':8000}").ok();
    assertThat(joined(bob.syncAfter(started), room).isMissingNode()).as("no change").isTrue();

    CompletableFuture<Reply> waiting = bob.waitForNews(started, 30_000);
    awaitWaitingSyncs(2);
    time.advance(Duration.ofMillis(7_999));
    assertThat(waiting).isNotDone();
    time.advance(Duration.ofMillis(1));
    JsonNode ended = waiting.join().ok();
    assertThat(ephemeral(ended, "m.typing").has("user_ids")).isTrue();
    assertThat(typing(ended)).isEmpty();

    type(alice, room, "{'typing':true}").ok();
    type(bob, room, "{'typing':true}").ok();
    type(alice, room, "{'typing':false}").ok();
    assertThat(typing(bob.syncAfter(ended))).containsExactly("@bob:test");
  }

  @Test
  void typingEndsAfterTwoMinutesAtTheLatest_HS_TYPING() {
    type(alice, room, "{'typing':true,'timeout':999999999}").ok();
    time.advance(Duration.ofMillis(119_999));
    assertThat(typing(bob.firstSync())).containsExactly("@alice:test");
    time.advance(Duration.ofMillis(1));
    assertThat(typing(bob.firstSync())).isEmpty();
  }

  @Test
  void onlyMembersTypeAndOnlyForThemselves_HS_TYPING() {
    Client carol = register("carol");
    type(carol, room, "{'typing':true}").fails(403, "M_FORBIDDEN");
    alice.put(Client.room(room, "typing/@bob:test"), "{'typing':true}").fails(403, "M_FORBIDDEN");
    type(alice, room, "{}").fails(400, "M_BAD_JSON");
    type(alice, room, "{'typing':true}").ok();
    alice.post(Client.room(room, "leave"), "{}").ok();
    assertThat(typing(bob.firstSync())).isEmpty();
  }

  @Test
  void aReceiptIsToldToTheRoomAndMovesForwardOnly_HS_RECEIPT_FORWARD() {
    String one = alice.send(room, "one", "t1");
    String two = alice.send(room, "two", "t2");
    JsonNode before = alice.firstSync();
    receipt(bob, "m.read", two, "{}").ok();
    JsonNode after = alice.syncAfter(before);
    JsonNode read = ephemeral(after, "m.receipt");
    assertThat(names(read)).containsExactly(two);
    assertThat(read.path(two).path("m.read").path("@bob:test").path("ts").asLong())
        .isEqualTo(time.instant().toEpochMilli());
    receipt(bob, "m.read", one, "{}").ok();
    assertThat(joined(alice.syncAfter(after), room).isMissingNode()).isTrue();
    assertThat(names(ephemeral(alice.firstSync(), "m.receipt"))).containsExactly(two);
    receipt(bob, "m.read", one, "{'thread_id':'main'}").ok();
    JsonNode threaded = ephemeral(alice.syncAfter(after), "m.receipt").path(one);
    assertThat(threaded.path("m.read").path("@bob:test").path("thread_id").asText())
        .isEqualTo("main");
    String three = alice.send(room, "three", "t3");
    receipt(bob, "m.read", three, "").ok();
    assertThat(names(ephemeral(alice.firstSync(), "m.receipt")))
        .containsExactlyInAnyOrder(one, three);
  }

  @Test
  void aPrivateReceiptIsForItsOwnUserOnly_HS_RECEIPT_PRIVATE() {
    String event = alice.send(room, "one", "t1");
    JsonNode aliceBefore = alice.firstSync();
    JsonNode bobBefore = bob.firstSync();
    receipt(bob, "m.read.private", event, "{}").ok();
    assertThat(ephemeral(bob.syncAfter(bobBefore), "m.receipt").path(event).has("m.read.private"))
        .isTrue();
    assertThat(joined(alice.syncAfter(aliceBefore), room).isMissingNode()).isTrue();
    assertThat(ephemeral(alice.firstSync(), "m.receipt").isMissingNode()).isTrue();
  }

  @Test
  void readMarkersAreReceiptsAndAccountDataOfTheRoom_HS_READ_MARKERS() {
    String event = alice.send(room, "one", "t1");
    JsonNode before = bob.firstSync();
    bob.post(
            Client.room(room, "read_markers"),
            "{'m.fully_read':'%s','m.read':'%s'}".formatted(event, event))
        .ok();
    JsonNode after = bob.syncAfter(before);
    assertThat(joined(after, room).at("/account_data/events/0/type").asText())
        .isEqualTo("m.fully_read");
    assertThat(joined(after, room).at("/account_data/events/0/content/event_id").asText())
        .isEqualTo(event);
    assertThat(ephemeral(after, "m.receipt").path(event).path("m.read").has("@bob:test")).isTrue();
    String next = alice.send(room, "two", "t2");
    receipt(bob, "m.fully_read", next, "{}").ok();
    assertThat(
            joined(bob.syncAfter(after), room)
                .at("/account_data/events/0/content/event_id")
                .asText())
        .isEqualTo(next);
  }

  @Test
  void receiptsAreForEventsThatTheUserSees_HS_RECEIPT_FORWARD() {
    String event = alice.send(room, "one", "t1");
    String elsewhere = alice.send(alice.createRoom("{}"), "x", "t2");
    receipt(bob, "m.read", elsewhere, "{}").fails(404, "M_NOT_FOUND");
    receipt(bob, "m.read", "$none", "{}").fails(404, "M_NOT_FOUND");
    receipt(bob, "m.other", event, "{}").fails(400, "M_INVALID_PARAM");
    receipt(register("carol"), "m.read", event, "{}").fails(403, "M_FORBIDDEN");
    receipt(bob, "m.read", event, "{}").ok();
  }
}
