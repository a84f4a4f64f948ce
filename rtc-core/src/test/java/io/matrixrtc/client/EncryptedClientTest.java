package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.FakeHomeserver.Fault;
import io.matrixrtc.e2ee.Changes;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.StoredAccount;
import io.matrixrtc.e2ee.StoredSession;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.RoomUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Devices on a homeserver in virtual time, with faults. */
class EncryptedClientTest {
  private static final String TYPE = "io.example.key";
  private static final String ROOM = "!room:hs.test";
  private static final OlmMachine.Settings EVERYONE =
      new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL);

  private final VirtualTime time = new VirtualTime();
  private final FakeHomeserver homeserver = new FakeHomeserver(time);
  private final Member alice = new Member("alice", "PHONE", new MemoryCryptoStore(), EVERYONE);
  private final Member bob = new Member("bob", "LAPTOP", new MemoryCryptoStore(), EVERYONE);

  /** A device with what it received. */
  private final class Member {
    final MatrixSession session;
    final CryptoStore store;
    final StateKey key = StateKey.copyOf(new byte[StateKey.BYTES]);
    final OlmMachine.Settings trust;
    final List<String> received = new ArrayList<>();
    final List<SenderEvidence> senders = new ArrayList<>();
    final List<String> cleartext = new ArrayList<>();
    final List<ClientEvent> events = new ArrayList<>();
    EncryptedClient client;
    ToDeviceChannel.Subscription subscription;

    Member(String user, String device, CryptoStore store, OlmMachine.Settings trust) {
      this.session = homeserver.login(user, device);
      this.store = store;
      this.trust = trust;
      open();
    }

    /** As after a restart of the process: from the store. */
    void open() {
      ClientSettings settings =
          ClientSettings.of(homeserver, time).withRandom(new SplittableRandom(5));
      try {
        client =
            new EncryptedClient(
                new MatrixClient(session, settings),
                trust,
                store,
                key,
                RandomSource.secure(),
                events::add);
      } catch (CryptoStoreException e) {
        throw new AssertionError(e);
      }
      subscription =
          client
              .toDevice()
              .subscribe(
                  TYPE,
                  new ToDeviceChannel.Listener() {
                    @Override
                    public void onEncrypted(SenderEvidence from, ObjectNode content) {
                      received.add(content.path("text").asText());
                      senders.add(from);
                    }

                    @Override
                    public void onCleartext(String userId, ObjectNode content) {
                      cleartext.add(userId + ": " + content.path("text").asText());
                    }
                  });
      client.start();
    }

    DeviceAddress address() {
      return new DeviceAddress(session.userId(), session.deviceId());
    }

    CompletableFuture<Map<DeviceAddress, Outcome>> send(String text, DeviceAddress... to) {
      ObjectNode content = Json.newObject().put("text", text);
      return client.toDevice().send(TYPE, content, Set.of(to)).toCompletableFuture();
    }
  }

  private static Map<DeviceAddress, Outcome> now(
      CompletableFuture<Map<DeviceAddress, Outcome>> stage) {
    assertThat(stage).isDone();
    return stage.join();
  }

  private static <T> T value(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  private void exchange(String text) {
    assertThat(now(alice.send(text, bob.address())))
        .isEqualTo(Map.of(bob.address(), new Outcome.Sent()));
    assertThat(bob.received).contains(text);
  }

  @Test
  void bothWays_withTheDeviceAsEvidence() {
    exchange("one");
    assertThat(now(bob.send("two", alice.address())))
        .isEqualTo(Map.of(alice.address(), new Outcome.Sent()));
    assertThat(alice.received).containsExactly("two");
    assertThat(bob.senders)
        .containsExactly(new SenderEvidence.OlmDevice(alice.address(), SenderEvidence.Trust.KNOWN));
    assertThat(homeserver.calls("/keys/claim")).hasSize(1); // one session serves both
  }

  @Test
  void PUMP_ORDER_manyAtOnceArriveInOrder() {
    exchange("first");
    bob.received.clear();
    homeserver.fault("/sendToDevice", 3, Fault.LOST_ANSWER);
    List<CompletableFuture<Map<DeviceAddress, Outcome>>> ends = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      texts.add("message " + i);
      ends.add(alice.send("message " + i, bob.address()));
    }
    time.advance(Duration.ofSeconds(30));
    assertThat(ends).allMatch(end -> now(end).equals(Map.of(bob.address(), new Outcome.Sent())));
    assertThat(bob.received).isEqualTo(texts);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void HTTP_RETRY_everyFaultOnTheWayIsMended_andNothingComesTwice(Fault fault) {
    for (String part : List.of("/keys/query", "/keys/claim", "/sendToDevice")) {
      Member carol = new Member("carol" + part.hashCode(), "D", new MemoryCryptoStore(), EVERYONE);
      int times = fault == Fault.LIMITED ? 1 : 2; // a device list is waited for 5 s, no longer
      homeserver.fault(part, times, fault);
      CompletableFuture<Map<DeviceAddress, Outcome>> end = carol.send(part, bob.address());
      assertThat(end).isNotDone();
      time.advance(Duration.ofSeconds(15));
      assertThat(now(end)).isEqualTo(Map.of(bob.address(), new Outcome.Sent()));
      assertThat(bob.received).containsOnlyOnce(part);
      List<HttpCall> tries = homeserver.calls("/sendToDevice");
      if (part.equals("/sendToDevice")) {
        List<HttpCall> last = tries.subList(tries.size() - times - 1, tries.size());
        assertThat(last).containsOnly(last.get(0)); // the same transaction
      }
    }
  }

  @Test
  void outcomePerDevice() {
    Member carol = new Member("carol", "TABLET", new MemoryCryptoStore(), EVERYONE);
    Member dave = new Member("dave", "BLOCKED", new MemoryCryptoStore(), EVERYONE);
    homeserver.forgetOneTimeKeys(carol.session);
    DeviceAddress nobody = new DeviceAddress("@bob:hs.test", "NOSUCH");
    exchange("warm up");
    now(alice.send("known", dave.address()));
    value(
        alice.client.withMachine(
            machine ->
                machine.setLocalTrust(
                    new UserDevice("@dave:hs.test", "BLOCKED"), LocalTrust.BLOCKED)));
    CompletableFuture<Map<DeviceAddress, Outcome>> end =
        alice.send("all", bob.address(), carol.address(), dave.address(), nobody, alice.address());
    time.advance(Duration.ofSeconds(20));
    Map<DeviceAddress, Outcome> outcomes = now(end);
    assertThat(outcomes).hasSize(5);
    assertThat(outcomes.get(bob.address())).isEqualTo(new Outcome.Sent());
    assertThat(outcomes.get(carol.address())).isEqualTo(new Outcome.NoOneTimeKeys());
    assertThat(outcomes.get(dave.address())).isInstanceOf(Outcome.Refused.class);
    assertThat(outcomes.get(nobody)).isEqualTo(new Outcome.UnknownDevice());
    assertThat(outcomes.get(alice.address())).isInstanceOf(Outcome.Refused.class);
    assertThat(bob.received).contains("all"); // the control: others are not held up
    assertThat(dave.received).containsExactly("known");
  }

  @Test
  void homeserverThatStaysAway_endsAsFailed() {
    exchange("warm up");
    homeserver.fault("/sendToDevice", 1000, Fault.LOST_REQUEST);
    CompletableFuture<Map<DeviceAddress, Outcome>> end = alice.send("lost", bob.address());
    time.advance(Duration.ofMinutes(2));
    assertThat(now(end).get(bob.address()))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.reason()).contains("does not answer"));
    homeserver.fault("", 0, Fault.LOST_REQUEST);
    exchange("mended"); // the session did not suffer
  }

  @Test
  void sendToNobodyIsDoneAtOnce() {
    assertThat(now(alice.send("nobody"))).isEmpty();
  }

  @Test
  void cleartextIsNeverAuthentic() {
    homeserver.toDevice(
        bob.session, "@alice:hs.test", TYPE, Json.newObject().put("text", "forged"));
    assertThat(bob.cleartext).containsExactly("@alice:hs.test: forged");
    assertThat(bob.received).isEmpty();
    exchange("genuine");
  }

  @Test
  void rawMessagesGoOutUnencrypted() {
    ObjectNode body = Json.newObject();
    body.putObject("messages")
        .putObject(bob.session.userId())
        .putObject(bob.session.deviceId())
        .put("text", "plain");
    value(alice.client.matrix().toDevice().send(TYPE, "txn-1", body)).orThrow();
    assertThat(bob.cleartext).containsExactly("@alice:hs.test: plain");
  }

  @Test
  void theSenderIsTheOneOfTheSession_notTheOneOfTheEnvelope() {
    exchange("genuine");
    HttpCall sent = homeserver.calls("/sendToDevice").get(0);
    ObjectNode envelope = message(sent, bob);
    ObjectNode fresh = envelope.deepCopy();
    homeserver.toDevice(bob.session, "@mallory:hs.test", "m.room.encrypted", fresh);
    homeserver.toDevice(bob.session, "@alice:hs.test", "m.room.encrypted", fresh); // a replay
    assertThat(bob.received).containsExactly("genuine");
    assertThat(bob.events)
        .filteredOn(
            event ->
                event instanceof ClientEvent.ToDevice one
                    && one.result() instanceof ToDeviceResult.UnableToDecrypt)
        .hasSize(2);
  }

  private static ObjectNode message(HttpCall call, Member to) {
    try {
      return (ObjectNode)
          Json.parse(call.body().orElseThrow())
              .path("messages")
              .path(to.session.userId())
              .path(to.session.deviceId());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void subscriptionEndsWhenClosed() {
    exchange("heard");
    bob.subscription.close();
    now(alice.send("unheard", bob.address()));
    assertThat(bob.received).containsExactly("heard");
  }

  @Test
  void SYNC_RESUME_afterARestartNothingIsMissedAndNothingComesTwice() {
    exchange("before");
    bob.client.close();
    now(alice.send("meanwhile", bob.address()));
    assertThat(bob.received).containsExactly("before");
    bob.open();
    assertThat(bob.received).containsExactly("before", "meanwhile");
    exchange("after");
  }

  @Test
  void closed_sendsEndExceptionally_andNothingGoesOutAnyMore() {
    exchange("warm up");
    homeserver.fault("/sendToDevice", 1000, Fault.LOST_REQUEST);
    CompletableFuture<Map<DeviceAddress, Outcome>> underWay = alice.send("a", bob.address());
    alice.client.close();
    CompletableFuture<Map<DeviceAddress, Outcome>> later = alice.send("b", bob.address());
    for (CompletableFuture<?> end : List.of(underWay, later)) {
      assertThatThrownBy(end::join).hasCauseInstanceOf(IllegalStateException.class);
    }
    int calls = homeserver.calls("").size();
    time.advance(Duration.ofSeconds(1));
    alice.client.start();
    int syncs = homeserver.calls("/sync").size();
    time.advance(Duration.ofMinutes(5));
    assertThat(homeserver.calls("/sync").size()).isGreaterThan(syncs); // bob's go on
    assertThat(homeserver.calls("").stream().skip(calls))
        .noneMatch(
            call ->
                call.token().equals(Optional.of(alice.session.token()))
                    && call.uri().getPath().contains("/sync"));
  }

  @Test
  void SYNC_LOGOUT_isAnEvent() {
    homeserver.logOut(alice.session);
    time.advance(Duration.ofMinutes(1));
    assertThat(alice.events)
        .contains(new ClientEvent.Sync(new SyncStatus.Ended(new ApiFailure.LoggedOut(true))));
  }

  @Test
  void SYNC_ACK_aStoreThatFailsStopsEverything_andTheMessageComesAgain() {
    FailingStore store = new FailingStore();
    Member carol = new Member("carol", "TABLET", store, EVERYONE);
    now(alice.send("stored", carol.address()));
    store.fails = true;
    now(alice.send("not stored", carol.address()));
    assertThat(carol.received).containsExactly("stored");
    assertThat(carol.events).anyMatch(ClientEvent.EncryptionFailed.class::isInstance);
    assertThat(now(carol.send("x", bob.address())).get(bob.address()))
        .isInstanceOf(Outcome.Failed.class);
    time.advance(Duration.ofMinutes(5));
    store.fails = false;
    carol.open();
    assertThat(carol.received).containsExactly("stored", "not stored");
  }

  /** FEED-WHOLE, FEED-FIRST, FEED-TRACK. */
  @Test
  void FEED_WHOLE_firstTheWholeStateThenChanges() {
    homeserver.roomEvent(
        ROOM,
        "m.room.member",
        Optional.of("@bob:hs.test"),
        "@bob:hs.test",
        Json.newObject().put("membership", "join"));
    callMember(bob, "m.call");
    List<RoomUpdate> updates = new ArrayList<>();
    RoomSubscription subscription = value(alice.client.followRoom(ROOM, updates::add)).orThrow();
    assertThat(updates).hasSize(1);
    assertThat(updates.get(0).joined()).containsExactly("@bob:hs.test");
    assertThat(updates.get(0).events())
        .extracting(CallMemberEvent::stateKey)
        .containsExactly("_@bob:hs.test_LAPTOP");
    assertThat(value(alice.client.withMachine(OlmMachine::trackedUsers)))
        .contains("@bob:hs.test"); // FEED-TRACK
    homeserver.roomEvent(
        ROOM,
        "m.room.member",
        Optional.of("@bob:hs.test"),
        "@bob:hs.test",
        Json.newObject().put("membership", "leave"));
    assertThat(updates).hasSize(2);
    assertThat(updates.get(1).notJoined()).containsExactly("@bob:hs.test");
    subscription.close();
    callMember(bob, "m.call");
    assertThat(updates).hasSize(2);
    assertThat(alice.events).anyMatch(ClientEvent.Room.class::isInstance);
  }

  private void callMember(Member who, String application) {
    homeserver.roomEvent(
        ROOM,
        CallMemberEvent.TYPE,
        Optional.of("_" + who.session.userId() + "_" + who.session.deviceId()),
        who.session.userId(),
        Json.newObject().put("application", application));
  }

  @Test
  void FEED_WHOLE_aFailedFetchIsRepeatedAndSyncsGoOn() {
    callMember(bob, "m.call");
    homeserver.fault("/rooms/", 4, Fault.BAD_GATEWAY);
    List<RoomUpdate> updates = new ArrayList<>();
    CompletableFuture<ApiResult<RoomSubscription>> end =
        alice.client.followRoom(ROOM, updates::add).toCompletableFuture();
    assertThat(end).isNotDone();
    now(bob.send("in between", alice.address()));
    assertThat(alice.received).containsExactly("in between");
    time.advance(Duration.ofSeconds(30));
    assertThat(end.join()).isInstanceOf(ApiResult.Ok.class);
    assertThat(updates.get(0).events()).hasSize(1);
  }

  @Test
  void FEED_WHOLE_givesUpAfterTheBudget() {
    homeserver.fault("/rooms/", 1000, Fault.BAD_GATEWAY);
    CompletableFuture<ApiResult<RoomSubscription>> end =
        alice.client.followRoom(ROOM, update -> {}).toCompletableFuture();
    time.advance(Duration.ofMinutes(2));
    assertThat(end.join()).isInstanceOf(ApiResult.Failed.class);
  }

  @Test
  void FEED_FIRST_theMembershipComesBeforeTheKeyOfTheSameAnswer() {
    exchange("warm up");
    List<String> order = new ArrayList<>();
    value(bob.client.followRoom(ROOM, update -> order.add("room"))).orThrow();
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
    homeserver.fault("/sync", 1000, Fault.LOST_REQUEST);
    time.advance(Duration.ofSeconds(31)); // until no long poll is held any more
    now(alice.send("key", bob.address()));
    callMember(alice, "m.call");
    assertThat(order).isEmpty();
    homeserver.fault("", 0, Fault.LOST_REQUEST);
    time.advance(Duration.ofSeconds(20));
    assertThat(order).containsExactly("room", "key");
  }

  @Test
  void aListenerThatThrowsHarmsNobody() {
    value(
            bob.client.followRoom(
                ROOM,
                update -> {
                  throw new IllegalStateException("a listener's own bug");
                }))
        .orThrow();
    callMember(alice, "m.call");
    exchange("still here");
  }

  /** Fails on demand, and takes nothing then. */
  private static final class FailingStore implements CryptoStore {
    private final MemoryCryptoStore store = new MemoryCryptoStore();
    private boolean fails;

    @Override
    public Optional<StoredAccount> account() {
      return store.account();
    }

    @Override
    public List<StoredSession> sessions(Curve25519PublicKey peer) {
      return store.sessions(peer);
    }

    @Override
    public Map<String, Device> devices(String userId) {
      return store.devices(userId);
    }

    @Override
    public Map<String, Boolean> trackedUsers() {
      return store.trackedUsers();
    }

    @Override
    public boolean hasMessageHash(String hash) {
      return store.hasMessageHash(hash);
    }

    @Override
    public Optional<String> syncToken() {
      return store.syncToken();
    }

    @Override
    public void write(Changes changes) throws CryptoStoreException {
      if (fails) {
        throw new CryptoStoreException.Unavailable("disk full", new java.io.IOException("full"));
      }
      store.write(changes);
    }

    @Override
    public void close() {}
  }
}
