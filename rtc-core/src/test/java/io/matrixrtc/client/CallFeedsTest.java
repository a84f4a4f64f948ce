package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeliveryState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.RecordingSink;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.media.SendGate;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.ScheduleOutcome;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Calls over clients, from the sync to the key: who may not have keys, and who hears nothing. */
class CallFeedsTest {
  private static final String ROOM = "room";

  private final VirtualTime time = new VirtualTime();
  private final HomeserverDouble homeserver = new HomeserverDouble(time);

  /** A device in the call, under the policy {@code demand}. */
  private final class Phone extends RecordingSink {
    final TestDevice device;
    final RtcSession session;
    final List<SessionEvent> events = new ArrayList<>();
    final boolean gated;
    SendGate gate = SendGate.OPEN;

    Phone(String user, OlmMachine.Settings trust, boolean gated) throws Exception {
      this.gated = gated;
      String userId = "@" + user + ":hs.test";
      device =
          TestDevice.of(
              homeserver, time, userId, "DEV", user.hashCode(), trust, new MemoryCryptoStore());
      device.client.start();
      homeserver.roomState(
          ROOM, "m.room.member", userId, userId, Json.newObject().put("membership", "join"));
      SessionSettings settings = SessionSettings.roomCall(ROOM, "11", device.address);
      Random random = new Random(user.hashCode());
      session =
          new RtcSession(
              settings,
              new Publisher(userId),
              Optional.of(
                  new EncryptionManager.Settings(
                      RotationPolicies.demand(),
                      new ToDeviceKeyTransport(
                          settings.context(),
                          new ToDeviceKeyTransport.Settings(
                              settings.memberId(), TrustRequirement.ALL, false),
                          device.client.toDevice(),
                          time),
                      this,
                      () -> MediaKey.generate(random),
                      random)),
              time,
              events::add);
    }

    Phone join() {
      now(device.client.attach(ROOM, session)).orThrow();
      assertThat(now(session.join(JoinRequest.multiSfu(List.of()))))
          .isEqualTo(new JoinResult.Joined());
      return this;
    }

    String identity() {
      return device.address.userId() + ":" + device.address.deviceId();
    }

    boolean hasKeyOf(Phone sender) {
      return remote(sender.identity()).contains(sender.inUse());
    }

    void decide(Phone other, LocalTrust trust) {
      DeviceAddress address = other.device.address;
      UserDevice named = new UserDevice(address.userId(), address.deviceId());
      boolean known = now(device.client.withMachine(m -> m.setLocalTrust(named, trust)));
      assertThat(known).isTrue();
    }

    <E extends KeyEvent> List<E> told(Class<E> type) {
      return events.stream()
          .filter(SessionEvent.Keys.class::isInstance)
          .map(event -> ((SessionEvent.Keys) event).event())
          .filter(type::isInstance)
          .map(type::cast)
          .toList();
    }

    @Override
    public boolean onGate(SendGate asked) {
      gate = asked;
      return gated;
    }
  }

  private final class Publisher implements RoomStatePublisher {
    private final String sender;

    Publisher(String sender) {
      this.sender = sender;
    }

    @Override
    public CompletionStage<PublishOutcome> putState(String type, String key, ObjectNode content) {
      homeserver.roomState(ROOM, type, key, sender, content);
      return CompletableFuture.completedFuture(new PublishOutcome.Published("$event"));
    }

    @Override
    public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
      return CompletableFuture.completedFuture(new PublishOutcome.Unsupported("no messages"));
    }

    @Override
    public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
      return CompletableFuture.completedFuture(new ScheduleOutcome.Unsupported("not here"));
    }

    @Override
    public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
      return CompletableFuture.completedFuture(new DelayedUpdateOutcome.Unsupported("not here"));
    }
  }

  private Phone phone(String user) throws Exception {
    return new Phone(user, ALL, false);
  }

  private static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  private void settle() {
    time.advance(Duration.ofSeconds(5));
  }

  @Test
  void feedBarredADeviceThatIsBlockedIsALeaverAtOnceAndAJoinerWhenItIsNotAnyMore()
      throws Exception {
    Phone alice = phone("alice").join();
    Phone bob = phone("bob").join();
    Phone carol = phone("carol").join();
    settle();
    assertThat(bob.hasKeyOf(alice)).as("control").isTrue();
    String before = alice.inUse();

    alice.decide(bob, LocalTrust.BLOCKED);
    time.advanceMillis(1_500);
    assertThat(alice.inUse()).isNotEqualTo(before);
    assertThat(carol.hasKeyOf(alice)).isTrue();
    assertThat(bob.hasKeyOf(alice)).isFalse();
    assertThat(alice.told(KeyEvent.MemberBarred.class))
        .singleElement()
        .satisfies(
            barred -> {
              assertThat(barred.member().device()).isEqualTo(bob.device.address);
              assertThat(barred.reason()).isEqualTo("blocked by the user");
            });
    assertThat(now(alice.session.keyStatus()).deliveries().values())
        .filteredOn(DeliveryState.Withheld.class::isInstance)
        .hasSize(1);
    assertThat(carol.hasKeyOf(bob)).as("others judge for themselves").isTrue();

    alice.decide(bob, LocalTrust.UNSET);
    settle();
    assertThat(bob.hasKeyOf(alice)).isTrue();
    assertThat(bob.remote(alice.identity())).hasSize(2);
    assertThat(alice.told(KeyEvent.MemberAdmitted.class)).hasSize(1);
  }

  @Test
  void feedBarredADeviceThatItsOwnerDeletesIsALeaverAtOnceThoughItsMembershipStays()
      throws Exception {
    Phone alice = phone("alice").join();
    Phone bob = phone("bob").join();
    Phone carol = phone("carol").join();
    settle();
    String before = alice.inUse();
    homeserver.announce(bob.device.address.userId());
    settle();
    assertThat(alice.inUse()).as("control: nothing was deleted").isEqualTo(before);

    homeserver.logOut(bob.device.session.token(), false);
    homeserver.announce(bob.device.address.userId());
    settle();
    assertThat(alice.inUse()).isNotEqualTo(before);
    assertThat(carol.hasKeyOf(alice)).isTrue();
    assertThat(now(alice.session.members())).hasSize(3);
    assertThat(alice.told(KeyEvent.MemberBarred.class))
        .singleElement()
        .satisfies(barred -> assertThat(barred.reason()).contains("does not list it any more"));
  }

  @Test
  void feedBarredWhoDoesNotMeetThePolicyIsOfferedNothingFromTheFirstUpdateOn() throws Exception {
    Phone alice = new Phone("alice", OlmMachine.Settings.defaults(), false);
    Phone bob = phone("bob").join();
    Phone carol = phone("carol").join();
    now(alice.device.client.withMachine(m -> m.trackedUsers()));
    alice.join();
    settle();
    assertThat(bob.hasKeyOf(carol)).as("control: carol trusts everybody").isTrue();
    assertThat(bob.remote(alice.identity())).isEmpty();
    assertThat(alice.told(KeyEvent.MemberBarred.class)).hasSize(2);
    assertThat(now(alice.session.keyStatus()).deliveries().values())
        .hasSize(2)
        .allMatch(DeliveryState.Withheld.class::isInstance);
    int keys = alice.own.size();
    // They were never sent anything, so that their leaving costs nothing.
    now(carol.session.leave(Duration.ofSeconds(1)));
    settle();
    assertThat(alice.own).hasSize(keys);
  }

  @Test
  void feedBarredOnly256DeletedDevicesAreRememberedAndTheOldestGoes() throws Exception {
    List<Map<DeviceAddress, String>> told = new ArrayList<>();
    Phone alice = phone("alice");
    phone("bob").join();
    RoomSubscription subscription =
        now(alice.device.client.attach(
                ROOM,
                new CallInput() {
                  @Override
                  public void onRoomUpdate(RoomUpdate update) {}

                  @Override
                  public void onSynced() {}

                  @Override
                  public void onBarredDevices(Map<DeviceAddress, String> devices) {
                    told.add(devices);
                  }
                }))
            .orThrow();
    String bob = "@bob:hs.test";
    List<AccessToken> extra = new ArrayList<>();
    homeserver.drop = call -> call.uri().getPath().endsWith("/keys/query"); // nobody asks for all
    for (int i : IntStream.rangeClosed(0, CallFeeds.MAX_GONE).toArray()) {
      TestDevice one = TestDevice.of(homeserver, time, bob, "D" + i, i);
      one.client.start();
      extra.add(one.session.token());
      one.close();
    }
    homeserver.drop = call -> false;
    time.advance(Duration.ofMinutes(5)); // the longest wait after failures
    assertThat(told).as("nobody is barred").isEmpty();
    homeserver.logOut(extra.remove(0), false);
    homeserver.announce(bob);
    settle();
    DeviceAddress oldest = new DeviceAddress(bob, "D0");
    assertThat(told.get(told.size() - 1)).as("control").containsOnlyKeys(oldest);
    extra.forEach(token -> homeserver.logOut(token, false));
    homeserver.announce(bob);
    settle();
    assertThat(told.get(told.size() - 1))
        .hasSize(CallFeeds.MAX_GONE)
        .doesNotContainKey(oldest)
        .containsKey(new DeviceAddress(bob, "D" + CallFeeds.MAX_GONE));
    int before = told.size();
    subscription.close();
    alice.device.client.start();
    now(
        alice.device.client.withMachine(
            m -> m.setLocalTrust(new UserDevice(bob, "DEV"), LocalTrust.BLOCKED)));
    assertThat(told).hasSize(before);
  }

  @Test
  void feedSyncedAHomeserverThatFallsSilentHoldsMediaUntilASyncSucceeds() throws Exception {
    Phone alice = new Phone("alice", ALL, true).join();
    Phone bob = phone("bob").join();
    settle();
    alice.gate.admit();
    time.advance(Duration.ofSeconds(2));
    assertThat(alice.gate.admit()).as("control").isTrue();
    speak(alice, Duration.ofSeconds(60));
    assertThat(alice.told(KeyEvent.ViewStale.class)).as("long polls end in time").isEmpty();

    homeserver.drop = call -> call.uri().getPath().endsWith("/sync");
    homeserver.announce("@nobody:hs.test"); // ends the polls under way
    speak(alice, Duration.ofSeconds(12));
    assertThat(alice.gate.admit()).isFalse();
    assertThat(alice.told(KeyEvent.ViewStale.class)).hasSize(1);
    assertThat(now(bob.session.members())).hasSize(2);

    homeserver.drop = call -> false;
    time.advance(Duration.ofSeconds(40));
    alice.gate.admit();
    time.advance(Duration.ofSeconds(2));
    assertThat(alice.gate.admit()).isTrue();
    assertThat(alice.told(KeyEvent.ViewMended.class)).hasSize(1);
  }

  @Test
  void clientPreviewTellsWhoWouldNotGetAKeyAndWhyBeforeTheCallIsJoined() throws Exception {
    Phone alice = phone("alice");
    Phone bob = phone("bob").join();
    Phone carol = phone("carol").join();
    DeviceAddress nobody = new DeviceAddress("@carol:hs.test", "NOBODY");
    Set<DeviceAddress> devices = Set.of(bob.device.address, carol.device.address, nobody);
    assertThat(now(alice.device.client.previewRecipients(devices)))
        .isEqualTo(Map.of(nobody, new ToDeviceChannel.Outcome.UnknownDevice()));
    alice.decide(bob, LocalTrust.BLOCKED);
    assertThat(now(alice.device.client.previewRecipients(devices)))
        .containsOnlyKeys(nobody, bob.device.address)
        .containsEntry(
            bob.device.address, new ToDeviceChannel.Outcome.Refused("blocked by the user"));
    assertThat(homeserver.sent).allMatch(sent -> !sent.toString().contains("alice"));

    Phone strict = new Phone("dave", OlmMachine.Settings.defaults(), false);
    assertThat(now(strict.device.client.previewRecipients(devices)))
        .containsOnlyKeys(nobody, bob.device.address, carol.device.address);
  }

  @Test
  void clientPreviewOfAServerThatDoesNotAnswerEndsAfterTenSeconds() throws Exception {
    Phone alice = phone("alice");
    homeserver.drop = call -> call.uri().getPath().endsWith("/keys/query");
    CompletableFuture<Map<DeviceAddress, ToDeviceChannel.Outcome>> answer =
        alice
            .device
            .client
            .previewRecipients(Set.of(new DeviceAddress("@bob:hs.test", "DEV")))
            .toCompletableFuture();
    time.advance(RecipientPreviews.LIMIT.minusMillis(1));
    assertThat(answer).isNotDone();
    time.advanceMillis(1);
    assertThat(now(answer)).hasSize(1);
    alice.device.close();
    assertThat(alice.device.client.previewRecipients(Set.of()).toCompletableFuture())
        .isCompletedExceptionally();
  }

  private void speak(Phone phone, Duration duration) {
    for (long millis = 0; millis < duration.toMillis(); millis += 200) {
      phone.gate.admit();
      time.advanceMillis(200);
    }
  }
}
