package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ToDeviceTest extends ServerTest {
  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private static List<String> numbers(JsonNode sync) {
    return each(sync.at("/to_device/events"), "/content/n");
  }

  private void send(int n) {
    alice.sendToDevice(bob, "x", "t" + n, "{'n':" + n + "}");
  }

  @Test
  void messagesArriveInOrderAndStayUntilTheNextTokenIsUsed_HS_TODEV_ACK() {
    JsonNode first = bob.firstSync();
    send(1);
    send(2);
    JsonNode one = bob.syncAfter(first);
    assertThat(numbers(one)).containsExactly("1", "2");
    assertThat(numbers(bob.syncAfter(first))).as("a lost answer").containsExactly("1", "2");
    send(3);
    assertThat(numbers(bob.syncAfter(first))).containsExactly("1", "2", "3");
    JsonNode two = bob.syncAfter(one);
    assertThat(numbers(two)).containsExactly("3");
    assertThat(numbers(bob.syncAfter(first))).as("acknowledged ones are gone").containsExactly("3");
    assertThat(numbers(bob.firstSync())).containsExactly("3");
    bob.syncAfter(two);
    assertThat(numbers(bob.firstSync())).isEmpty();
  }

  @Test
  void anAnswerHasAHundredAndTheNextOneTheRest_HS_TODEV_LIMIT() {
    JsonNode first = bob.firstSync();
    IntStream.range(0, 201).forEach(this::send);
    List<String> seen = new ArrayList<>();
    JsonNode at = first;
    for (int size : new int[] {100, 100, 1, 0}) {
      at = bob.get("/sync?timeout=0&since=" + at.path("next_batch").asText()).ok();
      assertThat(numbers(at)).hasSize(size);
      seen.addAll(numbers(at));
    }
    assertThat(seen)
        .containsExactlyElementsOf(IntStream.range(0, 201).mapToObj(String::valueOf).toList());
  }

  @Test
  void theRestComesWithoutWaiting_HS_TODEV_LIMIT() {
    JsonNode first = bob.firstSync();
    IntStream.range(0, 101).forEach(this::send);
    JsonNode hundred = bob.waitForNews(first, 30_000).join().ok();
    JsonNode rest = bob.waitForNews(hundred, 30_000).orTimeout(20, TimeUnit.SECONDS).join().ok();
    assertThat(numbers(rest)).containsExactly("100");
    CompletableFuture<Reply> waiting = bob.waitForNews(rest, 30_000);
    awaitWaitingSyncs(1);
    assertThat(waiting).isNotDone();
  }

  @Test
  void aHundredAreGivenAgainForTheSameToken_HS_TODEV_ACK() {
    JsonNode first = bob.firstSync();
    IntStream.range(0, 150).forEach(this::send);
    List<String> hundred = numbers(bob.syncAfter(first));
    assertThat(numbers(bob.syncAfter(first))).isEqualTo(hundred).hasSize(100);
    JsonNode again = bob.syncAfter(first);
    assertThat(numbers(bob.syncAfter(again))).hasSize(50);
    assertThat(numbers(bob.syncAfter(first))).as("the first hundred are gone").hasSize(50);
  }

  @Test
  void anotherDevicesSyncAcknowledgesNothing_HS_TODEV_ACK() {
    Client two = bob.logIn("BOB2");
    alice.put("/sendToDevice/x/t", "{'messages':{'@bob:test':{'*':{'n':7}}}}").ok();
    JsonNode read = two.firstSync();
    two.syncAfter(read);
    assertThat(numbers(two.firstSync())).isEmpty();
    assertThat(numbers(bob.firstSync())).containsExactly("7");
  }

  @Test
  void exactlyAHundredAreFollowedByNothing_HS_TODEV_LIMIT() {
    JsonNode first = bob.firstSync();
    IntStream.range(0, 100).forEach(this::send);
    JsonNode all = bob.syncAfter(first);
    assertThat(numbers(all)).hasSize(100);
    assertThat(numbers(bob.syncAfter(all))).isEmpty();
  }

  @Test
  void aRepeatedTransactionSendsNothing_HS_TXN_1() {
    send(1);
    send(1);
    alice.logIn("TWO").sendToDevice(bob, "x", "t1", "{'n':2}");
    alice.sendToDevice(bob, "y", "t1", "{'n':3}");
    assertThat(numbers(bob.firstSync())).containsExactly("1", "2", "3");
  }

  @Test
  void aStarStandsForTheDevicesThatExistNow_HS_TODEV_STAR() {
    Client two = bob.logIn("BOB2");
    alice.put("/sendToDevice/x/t", "{'messages':{'@bob:test':{'*':{'n':7}}}}").ok();
    Client three = bob.logIn("BOB3");
    assertThat(numbers(bob.firstSync())).containsExactly("7");
    assertThat(numbers(two.firstSync())).containsExactly("7");
    assertThat(numbers(three.firstSync())).isEmpty();
    assertThat(numbers(alice.firstSync())).isEmpty();
  }

  @Test
  void unknownUsersAndDevicesAreDroppedWithoutAnError() {
    String body =
        "{'messages':{'@none:test':{'*':{}},'@bob:test':{'NONE':{'n':1},'BOB1':{'n':2}},'@x:elsewhere':{'D':{}}}}";
    alice.put("/sendToDevice/x/t", body).ok();
    assertThat(numbers(bob.firstSync())).containsExactly("2");
    assertThat(numbers(bob.logIn("NONE").firstSync())).isEmpty();
  }

  @Test
  void aDeletedDevicesQueueIsDeleted() {
    Client two = bob.logIn("BOB2");
    alice.sendToDevice(two, "x", "t", "{'n':1}");
    two.post("/logout", "{}").ok();
    assertThat(numbers(bob.logIn("BOB2").firstSync())).isEmpty();
    assertThat(server.databaseDump()).noneMatch(row -> row.table().equals("to_device"));
  }

  @Test
  void contentIsHandedOverUnchanged() {
    String content =
        "{'org.matrix.msgid':'m','f':1.50,'e':1e3,'big':123456789012345678901234567890,'u':'\\u00e9\\ud83d\\ude00','n':null}";
    alice.sendToDevice(bob, "x", "t", content);
    String got = bob.firstSync().at("/to_device/events/0/content").toString();
    JsonNode sent;
    try {
      sent = Client.JSON.readTree(content.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    assertThat(got).isEqualTo(sent.toString());
  }

  @Test
  void aMessageMayHaveTheLargestSizeAndNotOneByteMore_HS_SIZE_2() {
    int rest = 65_536 - "{\"n\":\"\"}".length();
    alice.sendToDevice(bob, "x", "t1", "{'n':'" + "x".repeat(rest) + "'}");
    String body = "{'messages':{'@bob:test':{'BOB1':{'n':'ok'},'BOB2':{'n':'%s'}}}}";
    alice.put("/sendToDevice/x/t2", body.formatted("x".repeat(rest + 1))).fails(413, "M_TOO_LARGE");
    assertThat(numbers(bob.firstSync())).hasSize(1);
    alice
        .put("/sendToDevice/x/t3", "{'messages':{'@bob:test':{'BOB1':1}}}")
        .fails(400, "M_BAD_JSON");
    alice.put("/sendToDevice/x/t3", "{}").fails(400, "M_MISSING_PARAM");
  }
}
