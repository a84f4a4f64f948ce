package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The durable inbox: at least once, under one id, in order, and bounded without loss. */
class InboxTest {
  private static final UserDevice ALICE = new UserDevice("@a:x.org", "A");
  private static final UserDevice BOB = new UserDevice("@b:x.org", "B");

  private final MachineNetwork network = new MachineNetwork(31);
  private final FailingStore store = new FailingStore(new MemoryCryptoStore());
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void introduce() throws Exception {
    alice = network.open(ALICE, MachineNetwork.ALL, new MemoryCryptoStore());
    bob = reopen();
    network.introduce(alice, bob);
  }

  private OlmMachine reopen() throws Exception {
    return network.open(BOB, MachineNetwork.ALL, store);
  }

  private void send(String text) throws Exception {
    network.deliver(alice, "org.example", Json.newObject().put("text", text), BOB);
  }

  private static ObjectNode clear(String text) {
    ObjectNode event = Json.newObject().put("type", "org.example").put("sender", "@c:x.org");
    event.putObject("content").put("text", text);
    return event;
  }

  private static List<Long> ids(List<ToDeviceResult> results) {
    return results.stream().map(result -> result.inboxId().orElse(-1)).toList();
  }

  private static List<JsonNode> clearEvents(int count) {
    return LongStream.range(0, count).<JsonNode>mapToObj(i -> clear("c" + i)).toList();
  }

  @Test
  void inboxStayEventsWaitUntilTheyAreAcknowledgedAndKeepTheirIds() throws Exception {
    send("one");
    send("two");
    List<ToDeviceResult> received = network.sync(bob, network.takeQueue(BOB));
    assertThat(ids(received)).containsExactly(1L, 2L);
    assertThat(bob.inbox().events(0, 10)).isEqualTo(received);

    OlmMachine again = reopen();
    assertThat(again.inbox().events(0, 10)).as("after a restart").isEqualTo(received);
    again.acknowledge(List.of(1L));
    assertThat(ids(reopen().inbox().events(0, 10))).containsExactly(2L);
    again.acknowledge(List.of(1L, 2L, 77L));
    assertThat(reopen().inbox().size()).isZero();
  }

  @Test
  void inboxIdIsNeverGivenTwice() throws Exception {
    List<ToDeviceResult> first = network.sync(bob, clearEvents(3));
    bob.acknowledge(ids(first));
    bob = reopen();
    assertThat(ids(network.sync(bob, clearEvents(2)))).containsExactly(4L, 5L);
  }

  @Test
  void inboxAtomicWhatAFailedWriteReceivedComesAgainOnce() throws Exception {
    send("one");
    List<JsonNode> events = network.takeQueue(BOB);
    String token = bob.syncToken().orElseThrow();
    store.fails = true;
    OlmMachine broken = bob;
    assertThatThrownBy(() -> network.sync(broken, events))
        .isInstanceOf(CryptoStoreException.Unavailable.class);
    store.fails = false;

    bob = reopen();
    assertThat(bob.syncToken()).as("the token is not ahead").contains(token);
    assertThat(bob.inbox().size()).isZero();
    List<ToDeviceResult> received = network.sync(bob, events);
    assertThat(received).singleElement().isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(bob.syncToken()).as("and follows").isNotEqualTo(Optional.of(token));
    assertThat(reopen().inbox().events(0, 10)).isEqualTo(received);
  }

  @Test
  void whatWasRefusedIsNotKept() throws Exception {
    send("one");
    List<JsonNode> events = new ArrayList<>(network.takeQueue(BOB));
    events.add(events.get(0)); // a replay
    events.add(Json.newObject().put("type", "no event"));
    events.add(clear("hello"));
    List<ToDeviceResult> results = network.sync(bob, events);
    assertThat(ids(results)).containsExactly(1L, -1L, -1L, 2L);
    assertThat(bob.inbox().events(0, 10)).containsExactly(results.get(0), results.get(3));
  }

  @Test
  void inboxFullRefusesASyncAndLosesNothing() throws Exception {
    network.sync(bob, clearEvents(Inbox.MAX_EVENTS - 2));
    SyncChanges fits = changes(clearEvents(2), "fits");
    SyncChanges oneTooMany = changes(clearEvents(3), "one too many");
    assertThat(bob.inbox().hasRoomFor(fits)).isTrue();
    assertThat(bob.inbox().hasRoomFor(oneTooMany)).isFalse();
    assertThatThrownBy(() -> bob.receiveSync(oneTooMany, network.now))
        .isInstanceOf(IllegalStateException.class);
    assertThat(bob.syncToken()).as("nothing has changed").isNotEmpty().isNotEqualTo("one too many");
    assertThat(bob.receiveSync(fits, network.now)).as("and the machine works on").hasSize(2);

    SyncChanges next = changes(clearEvents(1), "next");
    assertThat(bob.inbox().size()).isEqualTo(Inbox.MAX_EVENTS);
    assertThat(bob.inbox().hasRoomFor(next)).isFalse();
    assertThat(bob.inbox().hasRoomFor(changes(List.of(), "empty"))).isTrue();
    bob.acknowledge(List.of(1L));
    assertThat(bob.inbox().hasRoomFor(next)).isTrue();
    assertThat(bob.receiveSync(next, network.now)).hasSize(1);
  }

  @Test
  void inboxFullDoesNotHoldForOneLargeSyncIntoAnEmptyInbox() throws Exception {
    SyncChanges large = changes(clearEvents(Inbox.MAX_EVENTS + 1), "large");
    network.sync(bob, clearEvents(1));
    assertThat(bob.inbox().hasRoomFor(large)).isFalse();
    bob.acknowledge(List.of(1L));
    assertThat(bob.inbox().hasRoomFor(large)).isTrue();
    assertThat(bob.receiveSync(large, network.now)).hasSize(Inbox.MAX_EVENTS + 1);
    assertThat(reopen().inbox().size()).isEqualTo(Inbox.MAX_EVENTS + 1);
  }

  private static SyncChanges changes(List<JsonNode> events, String token) {
    return new SyncChanges(events, Set.of(), Set.of(), 50, Optional.empty(), token);
  }

  @Test
  void eventsComeBackAsTheyWere() throws Exception {
    StringBuilder deep = new StringBuilder();
    int levels = Json.MAX_DEPTH - 2;
    deep.append("[".repeat(levels)).append("]".repeat(levels));
    ObjectNode odd =
        Json.parseObject(
            "{\"type\":\"t\",\"sender\":\"@c:x.org\",\"content\":{\"deep\":"
                + deep
                + ",\"half\":\"\\ud800\",\"text\":\"\\u00e9\\n\\ud83d\\ude00\","
                + "\"numbers\":[-7,12345678901234567890,1.50]}}");
    List<ToDeviceResult> received = network.sync(bob, List.of(odd));
    assertThat(received)
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.PlainText.class, plain -> assertThat(plain.event()).isEqualTo(odd));
    assertThat(reopen().inbox().events(0, 1)).isEqualTo(received);
  }

  @Test
  void storeRowAnEventCopiedToAnotherRowIsRefused() throws Exception {
    network.sync(bob, clearEvents(2));
    Sealed second = store.inboxEvents(1, 1).get(0).event();
    assertThat(bob.inbox().events(0, 1)).as("control: its own row").hasSize(1);
    store.write(Changes.builder().inboxEvent(new StoredInboxEvent(1, second)).build());
    assertThatThrownBy(() -> bob.inbox().events(0, 1))
        .isInstanceOf(CryptoStoreException.Unreadable.class)
        .hasMessageContaining("inbox event");
  }

  @Test
  void storeRowASessionCopiedToAnotherRowIsRefused() throws Exception {
    OlmMachine carol = network.open("@c:x.org", "C");
    network.introduce(alice, bob, carol);
    send("one");
    network.sync(bob);
    network.deliver(carol, "org.example", Json.newObject(), BOB);
    network.sync(bob);
    StoredSession withAlice = store.sessions(alice.identityKeys().curve25519()).get(0);
    StoredSession withCarol = store.sessions(carol.identityKeys().curve25519()).get(0);
    store.write(
        Changes.builder()
            .session(
                new StoredSession(
                    withAlice.peer(),
                    withAlice.sessionId(),
                    withAlice.createdAt(),
                    withAlice.lastReceivedAt(),
                    withCarol.session()))
            .build());
    OlmMachine again = reopen();
    Map<UserDevice, DeliveryOutcome> control =
        network.deliver(again, "org.example", Json.newObject(), carol.device());
    assertThat(control).containsEntry(carol.device(), new DeliveryOutcome.Sent());
    assertThatThrownBy(() -> network.deliver(again, "org.example", Json.newObject(), ALICE))
        .isInstanceOf(CryptoStoreException.Unreadable.class)
        .hasMessageContaining("Olm session");
  }

  @Test
  void inboxInternalEventsAboutSecretsAreNotForTheApp() throws Exception {
    for (String type : List.of("m.secret.send", "m.secret.request")) {
      network.deliver(alice, type, Json.newObject().put("secret", "hidden"), BOB);
    }
    network.deliver(alice, "m.secretive", Json.newObject().put("secret", "the app's"), BOB);
    List<ToDeviceResult> results = network.sync(bob);
    assertThat(results).hasSize(3);
    assertThat(results.get(0).inboxId()).isEmpty();
    assertThat(results.get(1).inboxId()).isEmpty();
    assertThat(results.toString()).doesNotContain("hidden");
    assertThat(reopen().inbox().events(0, 10))
        .as("the control")
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.Decrypted.class,
            event -> assertThat(event.content().path("secret").asText()).isEqualTo("the app's"));
  }

  @Test
  void inboxInternalRequestsInTheClearAreNotForTheApp() throws Exception {
    ObjectNode request = Json.newObject().put("type", "m.secret.request").put("sender", "@x:y");
    request.putObject("content").put("action", "request");
    ObjectNode other = Json.newObject().put("type", "m.other").put("sender", "@x:y");
    other.putObject("content");
    network.sync(bob, List.of(request, other));
    assertThat(bob.inbox().events(0, 10)).singleElement().hasToString("PlainText[@x:y, m.other]");
  }
}
