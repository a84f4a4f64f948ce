package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static io.matrixrtc.client.TestDevice.TYPE;
import static io.matrixrtc.client.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.Inbox;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.RoomUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell around machine and homeserver, on virtual time: order, faults, stores, rooms. */
class EncryptedClientTest {
  private static final String ROOM = "room";

  private final VirtualTime time = new VirtualTime();
  private final HomeserverDouble homeserver = new HomeserverDouble(time);
  private TestDevice alice;
  private TestDevice bob;

  /** What goes wrong with a call. */
  enum Fault {
    LOST_REQUEST,
    LOST_ANSWER,
    LIMITED,
    BAD_GATEWAY
  }

  @BeforeEach
  void start() throws Exception {
    alice = device("@alice:hs.test", "PHONE", 1);
    bob = device("@bob:hs.test", "LAPTOP", 2);
  }

  private TestDevice device(String user, String id, long seed) throws Exception {
    TestDevice device = TestDevice.of(homeserver, time, user, id, seed);
    device.client.start();
    return device;
  }

  /** The next {@code times} calls whose path holds {@code part} meet {@code fault}. */
  private void fault(String part, int times, Fault fault) {
    int[] left = {times};
    homeserver.drop = call -> fault == Fault.LOST_REQUEST && isHit(call, part, left);
    homeserver.lose = call -> fault == Fault.LOST_ANSWER && isHit(call, part, left);
    homeserver.refuse =
        call -> {
          if (fault == Fault.LIMITED && isHit(call, part, left)) {
            return Optional.of(new HttpAnswer(429, Optional.of("3"), "{}"));
          }
          return fault == Fault.BAD_GATEWAY && isHit(call, part, left)
              ? Optional.of(new HttpAnswer(502, Optional.empty(), "<html>"))
              : Optional.empty();
        };
  }

  private static boolean isHit(HttpCall call, String part, int[] left) {
    return call.uri().getPath().contains(part) && left[0]-- > 0;
  }

  private void mend() {
    fault("", 0, Fault.LOST_REQUEST);
  }

  private static CompletableFuture<Map<DeviceAddress, Outcome>> send(
      TestDevice from, String text, DeviceAddress... to) {
    return from.client.toDevice().send(TYPE, text(text), Set.of(to)).toCompletableFuture();
  }

  private static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  private void assertDelivered(String text) {
    assertThat(now(send(alice, text, bob.address)))
        .isEqualTo(Map.of(bob.address, new Outcome.Sent()));
    assertThat(bob.received).contains(text);
  }

  private List<String> puts() {
    return homeserver.log.stream().filter(line -> line.contains("sendToDevice")).toList();
  }

  @Test
  void pumpOrderManyAtOnceArriveInOrder() {
    assertDelivered("first");
    fault("/sendToDevice", 3, Fault.LOST_ANSWER);
    List<CompletableFuture<Map<DeviceAddress, Outcome>>> ends = new ArrayList<>();
    List<String> texts = new ArrayList<>(List.of("first"));
    for (int i = 0; i < 20; i++) {
      texts.add("message " + i);
      ends.add(send(alice, "message " + i, bob.address));
    }
    time.advance(Duration.ofSeconds(30));
    assertThat(ends).allMatch(end -> now(end).equals(Map.of(bob.address, new Outcome.Sent())));
    assertThat(bob.received).isEqualTo(texts);
  }

  @Test
  void pumpOrderADeviceWhoseMessageIsStuckHoldsUpNobodyElse() throws Exception {
    TestDevice carol = device("@carol:hs.test", "TABLET", 3);
    assertDelivered("warm up");
    now(send(alice, "warm up", carol.address));
    fault("/sendToDevice", 1, Fault.LIMITED);
    CompletableFuture<Map<DeviceAddress, Outcome>> stuck = send(alice, "stuck", bob.address);
    CompletableFuture<Map<DeviceAddress, Outcome>> behind = send(alice, "behind", bob.address);
    assertThat(now(send(alice, "free", carol.address)))
        .isEqualTo(Map.of(carol.address, new Outcome.Sent()));
    assertThat(stuck).isNotDone();
    assertThat(behind).isNotDone();
    time.advance(Duration.ofSeconds(5));
    assertThat(bob.received).containsExactly("warm up", "stuck", "behind");
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void httpRetryEveryFaultOnTheWayIsMendedAndNothingComesTwice(Fault fault) throws Exception {
    for (String part : List.of("/keys/query", "/keys/claim", "/sendToDevice")) {
      TestDevice carol = device("@carol" + part.hashCode() + ":hs.test", "D", part.hashCode());
      int times = fault == Fault.LIMITED ? 1 : 2; // a device list is waited for 5 s, no longer
      fault(part, times, fault);
      CompletableFuture<Map<DeviceAddress, Outcome>> end = send(carol, part, bob.address);
      assertThat(end).isNotDone();
      time.advance(Duration.ofSeconds(15));
      assertThat(now(end)).isEqualTo(Map.of(bob.address, new Outcome.Sent()));
      assertThat(bob.received).containsOnlyOnce(part);
    }
    List<String> tries = puts();
    int repeated = fault == Fault.LIMITED ? 2 : 3;
    assertThat(tries.subList(tries.size() - repeated, tries.size()))
        .as("the same transaction")
        .containsOnly(tries.get(tries.size() - 1));
  }

  @Test
  void sendOutcomesOneForEachDevice() throws Exception {
    TestDevice carol = device("@carol:hs.test", "TABLET", 3);
    TestDevice dave = device("@dave:hs.test", "BLOCKED", 4);
    DeviceAddress nobody = new DeviceAddress("@bob:hs.test", "NOSUCH");
    assertDelivered("warm up");
    now(send(alice, "known", dave.address));
    now(
        alice.client.withMachine(
            machine ->
                machine.setLocalTrust(
                    new UserDevice("@dave:hs.test", "BLOCKED"), LocalTrust.BLOCKED)));
    carol.client.close(); // or it would supply new keys at once
    homeserver.exhaustKeys("@carol:hs.test", "TABLET");
    CompletableFuture<Map<DeviceAddress, Outcome>> end =
        send(alice, "all", bob.address, carol.address, dave.address, nobody, alice.address);
    time.advance(Duration.ofSeconds(20));
    Map<DeviceAddress, Outcome> outcomes = now(end);
    assertThat(outcomes).hasSize(5);
    assertThat(outcomes.get(bob.address)).isEqualTo(new Outcome.Sent());
    assertThat(outcomes.get(carol.address)).isEqualTo(new Outcome.NoOneTimeKeys());
    assertThat(outcomes.get(dave.address)).isInstanceOf(Outcome.Refused.class);
    assertThat(outcomes.get(nobody)).isEqualTo(new Outcome.UnknownDevice());
    assertThat(outcomes.get(alice.address)).isInstanceOf(Outcome.Refused.class);
    assertThat(bob.received).contains("all"); // the control: others are not held up
    assertThat(dave.received).containsExactly("known");
  }

  @Test
  void sizeToDeviceAtTheBoundWithTheLongestIdsAndOneBeyond() throws Exception {
    String longUser = "@" + "u".repeat(246) + ":hs.test";
    TestDevice from = device(longUser, "F".repeat(255), 3);
    TestDevice to = device("@" + "v".repeat(246) + ":hs.test", "T".repeat(255), 4);
    int rest = OlmToDeviceChannel.MAX_CONTENT_BYTES - text("").toString().length();
    assertThat(now(send(from, "x".repeat(rest), to.address)))
        .isEqualTo(Map.of(to.address, new Outcome.Sent()));
    assertThat(to.received).containsExactly("x".repeat(rest));
    int calls = puts().size();
    assertThat(now(send(from, "x".repeat(rest + 1), to.address, bob.address)))
        .hasSize(2)
        .allSatisfy(
            (device, outcome) ->
                assertThat(((Outcome.Refused) outcome).reason()).contains("40961 bytes"));
    assertThat(puts()).hasSize(calls);
  }

  @Test
  void sizeToDeviceOfRawMessages() {
    ObjectNode body = Json.newObject();
    ObjectNode user = body.putObject("messages").putObject(bob.session.userId());
    int rest = EventSize.MAX_BYTES - text("").toString().length();
    user.set("LAPTOP", text("x".repeat(rest)));
    now(alice.client.matrix().toDevice().send(TYPE, "txn-1", body)).orThrow();
    user.set("LAPTOP", text("x".repeat(rest + 1)));
    assertThat(now(alice.client.matrix().toDevice().send(TYPE, "txn-2", body)))
        .isEqualTo(
            new ApiResult.Failed<>(new ApiFailure.TooLarge("a to-device message", 65_537, 65_536)));
    assertThat(puts()).hasSize(1);
  }

  @Test
  void sizeToDeviceOfARequestAtTheBoundAndOneBeyond() {
    ObjectNode body = Json.newObject();
    ObjectNode user = body.putObject("messages").putObject(bob.session.userId());
    for (int i = 0; i < 4; i++) {
      user.set("OTHER" + i, text("x".repeat(EventSize.MAX_BYTES - 1_000)));
    }
    user.set("LAPTOP", text(""));
    int rest = EventSize.MAX_REQUEST_BYTES - body.toString().length();
    user.set("LAPTOP", text("x".repeat(rest + 1)));
    assertThat(now(alice.client.matrix().toDevice().send(TYPE, "txn-1", body)))
        .isEqualTo(
            new ApiResult.Failed<>(
                new ApiFailure.TooLarge("a request of to-device messages", 262_145, 262_144)));
    assertThat(puts()).isEmpty();
    user.set("LAPTOP", text("x".repeat(rest)));
    now(alice.client.matrix().toDevice().send(TYPE, "txn-2", body)).orThrow();
    assertThat(puts()).hasSize(1);
  }

  @Test
  void sizeEventAndItsNamesAtTheBoundAndOneBeyond() {
    ObjectNode content = text("");
    int ids = "!r:hs.test".length() + "t".length() + "k".length();
    content.put("text", "x".repeat(EventSize.MAX_BYTES - content.toString().length() - ids));
    assertThat(EventSize.ofEvent("!r:hs.test", "t", "k", content)).isEmpty();
    assertThat(EventSize.ofEvent("!r:hs.test", "t", "kk", content)).isPresent();
    assertThat(EventSize.ofEvent("!r", "t".repeat(255), "k".repeat(255), text(""))).isEmpty();
    assertThat(EventSize.ofEvent("!r", "t".repeat(256), "", text(""))).isPresent();
    assertThat(EventSize.ofEvent("!r", "t", "k".repeat(256), text(""))).isPresent();
    int calls = homeserver.log.size();
    RoomsApi rooms = alice.client.matrix().rooms();
    content.put("text", "x".repeat(EventSize.MAX_BYTES));
    assertThat(now(rooms.sendEvent(ROOM, "t", "txn", content)))
        .isInstanceOf(ApiResult.Failed.class);
    assertThat(now(rooms.sendState(ROOM, "t", "", content))).isInstanceOf(ApiResult.Failed.class);
    assertThat(homeserver.log).hasSize(calls);
  }

  @Test
  void idUserAndDeviceThatCannotBeAreRefusedAloneAndTheOthersReached() {
    DeviceAddress noUser = new DeviceAddress("bob", "LAPTOP");
    DeviceAddress noDevice = new DeviceAddress("@bob:hs.test", "LAP\nTOP");
    Map<DeviceAddress, Outcome> outcomes = now(send(alice, "all", bob.address, noUser, noDevice));
    assertThat(outcomes).containsEntry(bob.address, new Outcome.Sent()).hasSize(3);
    assertThat(outcomes.get(noUser)).isInstanceOf(Outcome.Refused.class);
    assertThat(outcomes.get(noDevice)).isInstanceOf(Outcome.Refused.class);
    assertThat(now(send(alice, "nobody", noUser))).hasSize(1);
  }

  @Test
  void sendOutcomesToNobodyIsDoneAtOnce() {
    assertThat(now(send(alice, "nobody"))).isEmpty();
  }

  @Test
  void sendOutcomesAHomeserverThatStaysAwayIsNamed() {
    assertDelivered("warm up");
    fault("/sendToDevice", 1000, Fault.LOST_REQUEST);
    CompletableFuture<Map<DeviceAddress, Outcome>> end = send(alice, "lost", bob.address);
    time.advance(Duration.ofMinutes(2));
    assertThat(now(end).get(bob.address))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.reason()).contains("does not answer"));
    mend();
    assertDelivered("mended"); // the session did not suffer
  }

  @Test
  void recvClearRawMessagesGoOutUnencryptedAndAreNotBelieved() {
    ObjectNode body = Json.newObject();
    body.putObject("messages")
        .putObject(bob.session.userId())
        .set(bob.session.deviceId(), text("plain"));
    now(alice.client.matrix().toDevice().send(TYPE, "txn-1", body)).orThrow();
    assertThat(bob.inTheClear).containsExactly("plain");
    assertThat(bob.received).isEmpty();
    assertDelivered("encrypted");
  }

  @Test
  void recvEvidenceTheSenderIsTheOneOfTheSessionNotTheOneOfTheEnvelope() {
    assertDelivered("genuine");
    ObjectNode envelope =
        (ObjectNode) homeserver.sent.get(0).path("messages").path("@bob:hs.test").path("LAPTOP");
    for (String claimed : List.of("@mallory:hs.test", "@alice:hs.test")) {
      ObjectNode event = Json.newObject().put("type", "m.room.encrypted").put("sender", claimed);
      event.set("content", envelope);
      homeserver.inject("@bob:hs.test", "LAPTOP", event);
    }
    assertThat(bob.received).containsExactly("genuine");
    assertThat(bob.evidence)
        .containsExactly(new SenderEvidence.OlmDevice(alice.address, SenderEvidence.Trust.KNOWN));
    assertThat(bob.events)
        .filteredOn(
            event ->
                event instanceof ClientEvent.ToDevice one
                    && one.result() instanceof ToDeviceResult.UnableToDecrypt)
        .hasSize(2);
  }

  private TestDevice reopened(TestDevice device, Acknowledgement who) throws Exception {
    device.close();
    time.advance(Duration.ZERO);
    TestDevice again = new TestDevice(device.session, homeserver, time, ALL, device.store, 9, who);
    again.client.start();
    time.advance(Duration.ZERO);
    return again;
  }

  @Test
  void inboxStayEventsComeInEachRunUntilTheAppHasAcknowledgedThem() throws Exception {
    bob = reopened(bob, Acknowledgement.BY_APP);
    assertDelivered("one");
    assertDelivered("two");
    bob = reopened(bob, Acknowledgement.BY_APP);
    assertThat(bob.received).containsExactly("one", "two");

    bob.client.acknowledge(List.of(inboxIds(bob).get(0)));
    bob = reopened(bob, Acknowledgement.BY_APP);
    assertThat(bob.received).containsExactly("two");
  }

  @Test
  void inboxStayTheClientAcknowledgesWhatItsListenersWereTold() throws Exception {
    assertDelivered("one");
    bob = reopened(bob, Acknowledgement.AFTER_LISTENERS);
    assertThat(bob.received).isEmpty();
    assertDelivered("two");
  }

  @Test
  void inboxFullSyncsWaitForTheAppAndNothingIsLost() throws Exception {
    bob = reopened(bob, Acknowledgement.BY_APP);
    assertDelivered("first");
    List<Long> first = inboxIds(bob);
    for (int i = 0; i < Inbox.MAX_EVENTS; i++) {
      homeserver.inject(
          bob.address.userId(),
          bob.address.deviceId(),
          Json.newObject()
              .put("type", TYPE)
              .put("sender", alice.address.userId())
              .set("content", text("in the clear")));
    }
    time.advance(Duration.ofMinutes(1));
    assertThat(inboxIds(bob)).hasSize(Inbox.MAX_EVENTS);
    assertThat(bob.events).contains(new ClientEvent.Sync(new SyncStatus.InboxFull()));

    bob.client.acknowledge(first);
    time.advance(Duration.ofMinutes(1));
    assertThat(inboxIds(bob)).hasSize(1 + Inbox.MAX_EVENTS);
  }

  private static List<Long> inboxIds(TestDevice device) {
    return device.events.stream()
        .filter(ClientEvent.ToDevice.class::isInstance)
        .flatMapToLong(event -> ((ClientEvent.ToDevice) event).result().inboxId().stream())
        .boxed()
        .toList();
  }

  @Test
  void publishedOnceTheHomeserverHasTheKeysOrNeverIfClosedBefore() throws Exception {
    fault("/keys/upload", 1, Fault.LOST_REQUEST);
    TestDevice carol = device("@carol:hs.test", "TABLET", 3);
    assertThat(carol.client.published().toCompletableFuture()).isNotDone();
    time.advance(Duration.ofMinutes(1));
    assertThat(carol.client.published().toCompletableFuture()).isCompleted();

    fault("/keys/upload", 1, Fault.LOST_REQUEST);
    TestDevice dave = device("@dave:hs.test", "PHONE", 4);
    dave.close();
    assertThat(dave.client.published().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void clientCloseTellsWhenTheStoreIsUsedNoMore() {
    List<String> order = new ArrayList<>();
    alice.client.ended().thenRun(() -> order.add("ended"));
    time.execute(
        () -> {
          alice.client.close(); // waits for its turn
          order.add("work before");
        });
    assertThat(order).containsExactly("work before", "ended");
  }

  @Test
  void clientCloseSendsEndExceptionallyAndNothingGoesOutAnyMore() {
    assertDelivered("warm up");
    fault("/sendToDevice", 1000, Fault.LOST_REQUEST);
    CompletableFuture<Map<DeviceAddress, Outcome>> underWay = send(alice, "a", bob.address);
    alice.client.close();
    alice.client.start();
    CompletableFuture<Map<DeviceAddress, Outcome>> later = send(alice, "b", bob.address);
    CompletableFuture<?> room = alice.client.followRoom(ROOM, update -> {}).toCompletableFuture();
    for (CompletableFuture<?> end : List.of(underWay, later, room)) {
      assertThatThrownBy(end::join).hasCauseInstanceOf(IllegalStateException.class);
    }
    bob.client.close();
    int calls = homeserver.log.size();
    time.advance(Duration.ofMinutes(5));
    assertThat(homeserver.log).hasSize(calls);
  }

  @Test
  void syncLogoutIsAnEvent() {
    homeserver.logOut(alice.session.token(), false);
    time.advance(Duration.ofMinutes(1));
    assertThat(alice.events)
        .contains(
            new ClientEvent.Login(new LoginStatus.Ended()),
            new ClientEvent.Sync(new SyncStatus.Ended(new ApiFailure.LoggedOut(false))));
    CompletableFuture<Map<DeviceAddress, Outcome>> end = send(alice, "late", bob.address);
    time.advance(Duration.ofMinutes(1));
    assertThat(now(end).get(bob.address)).isNotEqualTo(new Outcome.Sent());
    bob.client.close();
    int calls = homeserver.log.size();
    time.advance(Duration.ofHours(1));
    assertThat(homeserver.log).as("nothing goes out any more").hasSize(calls);
    assertThat(now(alice.client.matrix().resume(alice.session))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void clientLogoutDeletesTheDeviceAndErasesTheStore(boolean answerLost) throws Exception {
    assertDelivered("warm up");
    assertThat(alice.store.account()).isPresent();
    fault("/logout", answerLost ? 1 : 0, Fault.LOST_ANSWER);
    CompletableFuture<LogoutOutcome> end = alice.client.logout().toCompletableFuture();
    time.advance(Duration.ofSeconds(2));
    assertThat(end.join()).isEqualTo(new LogoutOutcome.LoggedOut());
    assertThat(alice.store.account()).isEmpty();
    assertThat(alice.store.syncToken()).isEmpty();
    assertThat(alice.events).noneMatch(ClientEvent.EncryptionFailed.class::isInstance);
    assertThatThrownBy(() -> send(alice, "late", bob.address).join())
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> alice.client.logout().toCompletableFuture().join())
        .hasCauseInstanceOf(IllegalStateException.class);
    alice.client.close();
    bob.client.close();
    int calls = homeserver.log.size();
    time.advance(Duration.ofHours(1));
    assertThat(homeserver.log).hasSize(calls);
  }

  @Test
  void clientLogoutThatTheHomeserverDoesNotTakeChangesNothing() {
    fault("/logout", 1000, Fault.BAD_GATEWAY);
    CompletableFuture<LogoutOutcome> end = alice.client.logout().toCompletableFuture();
    time.advance(Duration.ofMinutes(2));
    assertThat(end.join()).isEqualTo(new LogoutOutcome.Failed(new ApiFailure.ServerError(502)));
    assertDelivered("still here");
  }

  @Test
  void clientLogoutSaysWhenTheStoreIsNotErased() throws Exception {
    FailingStore store = new FailingStore();
    TestDevice carol = TestDevice.of(homeserver, time, "@carol:hs.test", "TABLET", 3, ALL, store);
    carol.client.start();
    store.fails = true;
    assertThat(now(carol.client.logout())).isInstanceOf(LogoutOutcome.StoreNotErased.class);
  }

  private MatrixSession newLogin(TestDevice device) {
    return new MatrixSession(
        device.session.homeserver(),
        device.session.userId(),
        device.session.deviceId(),
        homeserver.loginAgain(device.session.userId(), device.session.deviceId()));
  }

  @Test
  void loginSoftEverythingWaitsAndGoesOnInOrderUnderTheSameTransactions() throws Exception {
    TestDevice carol = device("@carol:hs.test", "TABLET", 3);
    assertDelivered("warm up");
    now(send(alice, "warm up", carol.address));
    callMember(bob);
    homeserver.logOut(alice.session.token(), true);
    List<CompletableFuture<Map<DeviceAddress, Outcome>>> ends = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ends.add(send(alice, "b" + i, bob.address));
      ends.add(send(alice, "c" + i, carol.address));
    }
    List<RoomUpdate> updates = new ArrayList<>();
    CompletableFuture<ApiResult<RoomSubscription>> room =
        alice.client.followRoom(ROOM, updates::add).toCompletableFuture();
    List<String> refused = puts();
    assertThat(now(send(bob, "meanwhile", alice.address))).containsValue(new Outcome.Sent());
    time.advance(EncryptedClient.HELD_LIMIT.minusSeconds(1));
    assertThat(ends).noneMatch(CompletableFuture::isDone);
    assertThat(room).isNotDone();
    assertThat(alice.events)
        .containsOnlyOnce(new ClientEvent.Login(new LoginStatus.SoftLoggedOut()))
        .contains(new ClientEvent.Sync(new SyncStatus.Suspended(new ApiFailure.LoggedOut(true))));
    assertThat(alice.received).isEmpty();

    MatrixSession again = newLogin(alice);
    assertThat(now(alice.client.matrix().resume(again))).isTrue();
    assertThat(ends).allMatch(end -> now(end).containsValue(new Outcome.Sent()));
    assertThat(bob.received).containsExactly("warm up", "b0", "b1", "b2");
    assertThat(carol.received).containsExactly("warm up", "c0", "c1", "c2");
    assertThat(alice.received).containsExactly("meanwhile");
    assertThat(room.join()).isInstanceOf(ApiResult.Ok.class);
    assertThat(updates).hasSize(1);
    assertThat(puts()).as("the same transactions").containsAll(refused);
    assertThat(alice.events).contains(new ClientEvent.Login(new LoginStatus.Renewed(again)));
  }

  @Test
  void loginSoftMessagesWaitSoLongAndNoLonger() {
    assertDelivered("warm up");
    homeserver.logOut(alice.session.token(), true);
    CompletableFuture<Map<DeviceAddress, Outcome>> end = send(alice, "waits", bob.address);
    time.advance(EncryptedClient.HELD_LIMIT.minusMillis(1));
    assertThat(end).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(now(end).get(bob.address)).isEqualTo(new Outcome.Failed("the login has expired"));
    assertThat(now(send(alice, "later", bob.address)).get(bob.address))
        .isEqualTo(new Outcome.Failed("the login has expired"));
    now(alice.client.matrix().resume(newLogin(alice)));
    assertDelivered("again");
    assertThat(bob.received).containsExactly("warm up", "again");
  }

  @Test
  void syncAckAStoreThatFailsStopsEverythingAndTheMessageComesAgain() throws Exception {
    FailingStore store = new FailingStore();
    TestDevice carol = TestDevice.of(homeserver, time, "@carol:hs.test", "TABLET", 3, ALL, store);
    carol.client.start();
    now(send(alice, "stored", carol.address));
    store.fails = true;
    now(send(alice, "not stored", carol.address));
    assertThat(carol.received).containsExactly("stored");
    assertThat(carol.events).anyMatch(ClientEvent.EncryptionFailed.class::isInstance);
    assertThat(now(send(carol, "x", bob.address)).get(bob.address))
        .isInstanceOf(Outcome.Failed.class);
    time.advance(Duration.ofMinutes(5));
    store.fails = false;
    TestDevice back = TestDevice.of(homeserver, time, "@carol:hs.test", "TABLET", 4, ALL, store);
    back.client.start();
    assertThat(back.received).containsExactly("not stored");
  }

  @Test
  void pumpResultsAreHandedOnThoughWhatFollowsFails() throws Exception {
    FailingStore store = new FailingStore();
    TestDevice carol = TestDevice.of(homeserver, time, "@carol:hs.test", "TABLET", 3, ALL, store);
    carol.client.start();
    store.failsAfter = 1; // the answer with the message is stored, what it makes due is not
    now(send(alice, "stored", carol.address));
    assertThat(store.fails).isTrue();
    assertThat(carol.received).containsExactly("stored");
    assertThat(carol.events).anyMatch(ClientEvent.EncryptionFailed.class::isInstance);
    assertThat(carol.events.get(carol.events.size() - 1))
        .as("the last word is that it ended")
        .isInstanceOf(ClientEvent.EncryptionFailed.class);
  }

  @Test
  void syncSilenceSyncsAreHeldShorterWhileARoomIsFollowed() {
    List<String> waits = new ArrayList<>();
    homeserver.drop =
        call -> {
          if (call.uri().getPath().endsWith("/sync")) {
            waits.add(call.uri().getQuery().replaceAll(".*timeout=([0-9]+).*", "$1"));
          }
          return false;
        };
    RoomSubscription subscription = now(alice.client.followRoom(ROOM, update -> {})).orThrow();
    assertThat(waits).contains("8000"); // at once: the held one is dropped
    waits.clear();
    time.advance(Duration.ofSeconds(8));
    assertThat(waits).contains("8000");
    subscription.close();
    time.advance(Duration.ofSeconds(8));
    waits.clear();
    time.advance(Duration.ofSeconds(30));
    assertThat(waits).isNotEmpty().containsOnly("30000");
  }

  private void callMember(TestDevice who) {
    homeserver.roomState(
        ROOM,
        CallMemberEvent.TYPE,
        "_" + who.session.userId() + "_" + who.session.deviceId(),
        who.session.userId(),
        Json.newObject().put("application", "m.call"));
  }

  private void member(TestDevice who, String membership) {
    String user = who.session.userId();
    homeserver.roomState(
        ROOM, "m.room.member", user, user, Json.newObject().put("membership", membership));
  }

  @Test
  void feedWholeFirstTheWholeStateThenChanges() {
    member(bob, "join");
    callMember(bob);
    List<RoomUpdate> updates = new ArrayList<>();
    RoomSubscription subscription = now(alice.client.followRoom(ROOM, updates::add)).orThrow();
    assertThat(updates).hasSize(1);
    assertThat(updates.get(0).joined()).containsExactly("@bob:hs.test");
    assertThat(updates.get(0).events())
        .extracting(CallMemberEvent::stateKey)
        .containsExactly("_@bob:hs.test_LAPTOP");
    member(bob, "leave");
    assertThat(updates).hasSize(2);
    assertThat(updates.get(1).notJoined()).containsExactly("@bob:hs.test");
    subscription.close();
    callMember(bob);
    assertThat(updates).hasSize(2);
    assertThat(alice.events).anyMatch(ClientEvent.Room.class::isInstance);
  }

  @Test
  void feedTrackDevicesOfTheCallAreFollowed() {
    member(alice, "join");
    now(bob.client.followRoom(ROOM, update -> {})).orThrow();
    assertThat(now(bob.client.withMachine(OlmMachine::trackedUsers)))
        .doesNotContain("@alice:hs.test"); // a member of the room alone is not
    callMember(alice);
    assertThat(now(bob.client.withMachine(OlmMachine::trackedUsers))).contains("@alice:hs.test");
  }

  @Test
  void feedWholeAFailedFetchIsRepeatedAndSyncsGoOn() {
    callMember(bob);
    fault("/rooms/", 4, Fault.BAD_GATEWAY);
    List<RoomUpdate> updates = new ArrayList<>();
    CompletableFuture<ApiResult<RoomSubscription>> end =
        alice.client.followRoom(ROOM, updates::add).toCompletableFuture();
    assertThat(end).isNotDone();
    now(send(bob, "in between", alice.address));
    assertThat(alice.received).containsExactly("in between");
    time.advance(Duration.ofSeconds(30));
    assertThat(end.join()).isInstanceOf(ApiResult.Ok.class);
    assertThat(updates.get(0).events()).hasSize(1);
  }

  @Test
  void feedWholeGivesUpAfterTheBudget() {
    fault("/rooms/", 1000, Fault.BAD_GATEWAY);
    CompletableFuture<ApiResult<RoomSubscription>> end =
        alice.client.followRoom(ROOM, update -> {}).toCompletableFuture();
    time.advance(Duration.ofMinutes(2));
    assertThat(end.join()).isInstanceOf(ApiResult.Failed.class);
  }

  @Test
  void feedFirstTheMembershipComesBeforeTheKeyOfTheSameAnswer() {
    assertDelivered("warm up");
    List<String> order = new ArrayList<>();
    now(bob.client.followRoom(ROOM, update -> order.add("room"))).orThrow();
    bob.client
        .toDevice()
        .subscribe(
            TYPE,
            new ToDeviceChannel.Listener() {
              @Override
              public void onEncrypted(SenderEvidence from, ObjectNode content) {
                order.add("key");
              }

              @Override
              public void onCleartext(String userId, ObjectNode content) {
                order.add("cleartext");
              }
            });
    order.clear();
    fault("/sync", 1000, Fault.LOST_REQUEST);
    time.advance(Duration.ofSeconds(31)); // until no long poll is held any more
    now(send(alice, "key", bob.address));
    callMember(alice);
    assertThat(order).isEmpty();
    mend();
    time.advance(Duration.ofSeconds(20));
    assertThat(order).containsExactly("room", "key");
  }

  @Test
  void clientListenerOneThatThrowsHarmsNobody() {
    now(bob.client.followRoom(
            ROOM,
            update -> {
              throw new IllegalStateException("a listener's own bug");
            }))
        .orThrow();
    callMember(alice);
    assertDelivered("still here");
  }
}
