package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static io.matrixrtc.client.TestDevice.TYPE;
import static io.matrixrtc.client.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two clients and a homeserver on virtual time. */
class OlmToDeviceChannelTest {
  private final VirtualTime time = new VirtualTime();
  private final HomeserverDouble homeserver = new HomeserverDouble(time);
  private TestDevice alice;
  private TestDevice bob;

  @BeforeEach
  void start() throws Exception {
    alice = TestDevice.of(homeserver, time, "@alice:example.org", "ALICE1", 1);
    bob = TestDevice.of(homeserver, time, "@bob:example.org", "BOB1", 2);
    alice.client.start();
    bob.client.start();
    time.advanceMillis(1000);
  }

  private CompletionStage<Map<DeviceAddress, Outcome>> send(
      TestDevice from, String text, DeviceAddress... to) {
    return from.client.toDevice().send(TYPE, text(text), Set.of(to));
  }

  private Map<DeviceAddress, Outcome> outcomes(
      CompletionStage<Map<DeviceAddress, Outcome>> sending) {
    time.advanceMillis(1000);
    assertThat(sending).isCompleted();
    return sending.toCompletableFuture().join();
  }

  private void assertSent(CompletionStage<Map<DeviceAddress, Outcome>> sending) {
    assertThat(outcomes(sending).values()).isNotEmpty().containsOnly(new Outcome.Sent());
  }

  private static boolean isTo(HttpCall call, String part) {
    return call.uri().getPath().contains(part);
  }

  private static HttpAnswer answer(int status) {
    return HomeserverDouble.answer(status, Json.newObject().put("errcode", "M_X"));
  }

  @Test
  void recvEvidenceMessagesGoBothWaysAndNameTheSendingDevice() {
    assertSent(send(alice, "hello", bob.address));
    assertThat(bob.received).containsExactly("hello");
    assertThat(bob.evidence)
        .containsExactly(new SenderEvidence.OlmDevice(alice.address, SenderEvidence.Trust.KNOWN));
    assertSent(send(bob, "back", alice.address));
    assertThat(alice.received).containsExactly("back");
    assertSent(send(alice, "again", bob.address));
    assertThat(bob.received).containsExactly("hello", "again");
  }

  @Test
  void recvEvidenceAVerifiedDeviceShowsAsVerified() {
    bob.client.withMachine(
        machine -> {
          machine.trackUsers(Set.of(alice.session.userId()), time.now());
          return true;
        });
    time.advanceMillis(1000);
    bob.client.withMachine(
        machine ->
            machine.setLocalTrust(
                new UserDevice(alice.session.userId(), "ALICE1"), LocalTrust.VERIFIED));
    assertSent(send(alice, "hello", bob.address));
    assertThat(bob.evidence)
        .containsExactly(
            new SenderEvidence.OlmDevice(alice.address, SenderEvidence.Trust.VERIFIED));
  }

  @Test
  void sendOutcomesEveryDeviceHasOne() {
    DeviceAddress none = new DeviceAddress(bob.session.userId(), "NONE");
    assertThat(outcomes(send(alice, "hello", bob.address, none)))
        .isEqualTo(Map.of(bob.address, new Outcome.Sent(), none, new Outcome.UnknownDevice()));
  }

  @Test
  void sessNoOtkIsToldAndTriedAgainAfterTheBackoff() {
    homeserver.exhaustKeys("@bob:example.org", "BOB1");
    assertThat(outcomes(send(alice, "lost", bob.address)))
        .containsEntry(bob.address, new Outcome.NoOneTimeKeys());
    homeserver.announce("@bob:example.org");
    time.advance(Duration.ofSeconds(15));
    assertSent(send(alice, "hello", bob.address));
    assertThat(bob.received).containsExactly("hello");
  }

  @Test
  void sendBlockedABlockedDeviceIsRefused() {
    assertSent(send(alice, "hello", bob.address));
    alice.client.withMachine(
        machine ->
            machine.setLocalTrust(
                new UserDevice(bob.session.userId(), "BOB1"), LocalTrust.BLOCKED));
    assertThat(outcomes(send(alice, "no", bob.address)).get(bob.address))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(bob.received).containsExactly("hello");
  }

  @Test
  void sendPolicyTheDefaultRefusesUnsignedDevicesInBothDirections() throws Exception {
    TestDevice carol =
        TestDevice.of(
            homeserver,
            time,
            "@carol:example.org",
            "C1",
            3,
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore());
    carol.client.start();
    time.advanceMillis(1000);
    assertThat(outcomes(send(carol, "no", bob.address)).get(bob.address))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("cross-signed"));
    assertSent(send(alice, "not believed", carol.address));
    assertThat(carol.received).isEmpty();
    assertThat(carol.inTheClear).isEmpty();
  }

  @Test
  void httpRetryALostAnswerIsRepeatedAndArrivesOnce() {
    List<String> lost = new ArrayList<>();
    homeserver.lose =
        call -> isTo(call, "/sendToDevice/") && lost.isEmpty() && lost.add(call.uri().getPath());
    assertSent(send(alice, "once", bob.address));
    assertThat(lost).hasSize(1);
    assertThat(bob.received).containsExactly("once");
    assertThat(homeserver.log.stream().filter(line -> line.contains("sendToDevice"))).hasSize(2);
    assertThat(homeserver.log.stream().filter(line -> line.contains("sendToDevice")).distinct())
        .as("the same transaction id")
        .hasSize(1);
  }

  @Test
  void httpRetryAfterARateLimitIsWaitedFor() {
    int[] refusals = {2};
    homeserver.refuse =
        call ->
            isTo(call, "/sendToDevice/") && refusals[0]-- > 0
                ? Optional.of(new HttpAnswer(429, Optional.of("10"), "{}"))
                : Optional.empty();
    CompletionStage<Map<DeviceAddress, Outcome>> sending = send(alice, "late", bob.address);
    time.advance(Duration.ofSeconds(19));
    assertThat(bob.received).isEmpty();
    time.advance(Duration.ofSeconds(3));
    assertSent(sending);
    assertThat(bob.received).containsExactly("late");
  }

  @Test
  void httpBudgetWhatIsNeverTakenIsReported() {
    homeserver.refuse =
        call -> isTo(call, "/sendToDevice/") ? Optional.of(answer(503)) : Optional.empty();
    CompletionStage<Map<DeviceAddress, Outcome>> sending = send(alice, "never", bob.address);
    time.advance(Duration.ofSeconds(61));
    assertThat(outcomes(sending).get(bob.address)).isInstanceOf(Outcome.Failed.class);
    homeserver.refuse = call -> Optional.empty();
    assertSent(send(alice, "next", bob.address));
    assertThat(bob.received).containsExactly("next");
  }

  @Test
  void syncBackoffSyncGoesOnAfterFailuresAndTellsOfThem() {
    homeserver.refuse = call -> isTo(call, "/sync") ? Optional.of(answer(500)) : Optional.empty();
    time.advance(Duration.ofMinutes(5));
    homeserver.refuse = call -> Optional.empty();
    long failing =
        bob.events.stream()
            .filter(
                event ->
                    event instanceof ClientEvent.Sync sync
                        && sync.status() instanceof SyncStatus.Failing)
            .count();
    assertThat(failing).as("with growing waits").isBetween(15L, 45L);
    time.advance(Duration.ofSeconds(16));
    assertSent(send(alice, "hello", bob.address));
    assertThat(bob.received).containsExactly("hello");
  }

  @Test
  void syncAckAnAnswerThatWasLostComesAgainAndCountsOnce() {
    boolean[] lost = {false};
    homeserver.lose =
        call -> {
          boolean now = isTo(call, "/sync") && !lost[0];
          lost[0] |= now;
          return now;
        };
    assertSent(send(alice, "hello", bob.address));
    time.advance(Duration.ofMinutes(1));
    assertThat(lost[0]).isTrue();
    assertThat(bob.received).containsExactly("hello");
  }

  @Test
  void recvEvidenceAReplayedEventIsNotDeliveredTwice() {
    assertSent(send(alice, "hello", bob.address));
    ObjectNode event =
        Json.newObject().put("type", "m.room.encrypted").put("sender", "@alice:example.org");
    event.set(
        "content", homeserver.sent.get(0).path("messages").path("@bob:example.org").path("BOB1"));
    homeserver.inject("@bob:example.org", "BOB1", event);
    time.advanceMillis(1000);
    assertThat(bob.received).containsExactly("hello");
  }

  @Test
  void recvClearClearEventsAreDeliveredAsSuch() {
    ObjectNode event = Json.newObject().put("type", TYPE).put("sender", "@alice:example.org");
    event.set("content", text("clear"));
    homeserver.inject("@bob:example.org", "BOB1", event);
    time.advanceMillis(1000);
    assertThat(bob.received).isEmpty();
    assertThat(bob.inTheClear).containsExactly("clear");
  }

  @Test
  void clientListenerOneThatFailsHarmsNobody() {
    bob.client
        .toDevice()
        .subscribe(
            TYPE,
            new ToDeviceChannel.Listener() {
              @Override
              public void onEncrypted(SenderEvidence from, ObjectNode content) {
                throw new IllegalStateException("broken listener");
              }

              @Override
              public void onCleartext(String userId, ObjectNode content) {}
            });
    assertSent(send(alice, "one", bob.address));
    assertSent(send(alice, "two", bob.address));
    assertThat(bob.received).containsExactly("one", "two");
  }

  @Test
  void aClosedSubscriptionGetsNothing() {
    List<String> heard = new ArrayList<>();
    ToDeviceChannel.Subscription subscription =
        bob.client
            .toDevice()
            .subscribe(
                TYPE,
                new ToDeviceChannel.Listener() {
                  @Override
                  public void onEncrypted(SenderEvidence from, ObjectNode content) {
                    heard.add(content.path("text").asText());
                  }

                  @Override
                  public void onCleartext(String userId, ObjectNode content) {}
                });
    assertSent(send(alice, "one", bob.address));
    subscription.close();
    assertSent(send(alice, "two", bob.address));
    assertThat(heard).containsExactly("one");
    assertThat(bob.received).containsExactly("one", "two");
  }

  @Test
  void clientCloseSendsEnd() {
    homeserver.refuse =
        call -> isTo(call, "/sendToDevice/") ? Optional.of(answer(503)) : Optional.empty();
    CompletionStage<Map<DeviceAddress, Outcome>> sending = send(alice, "x", bob.address);
    alice.close();
    time.advanceMillis(1000);
    assertThat(sending).isCompletedExceptionally();
    assertThat(send(alice, "y", bob.address)).isCompletedExceptionally();
  }

  @Test
  void oneTimeKeysAreRefilledAfterUse() {
    assertThat(homeserver.oneTimeKeyCount("@bob:example.org", "BOB1")).isEqualTo(50);
    assertSent(send(alice, "hello", bob.address));
    time.advance(Duration.ofSeconds(35));
    assertThat(homeserver.oneTimeKeyCount("@bob:example.org", "BOB1")).isEqualTo(50);
  }

  @Test
  void syncResumeADeviceComesBackFromItsStore() throws Exception {
    assertSent(send(alice, "one", bob.address));
    bob.close();
    assertSent(send(alice, "two", bob.address));
    TestDevice back =
        TestDevice.of(homeserver, time, "@bob:example.org", "BOB1", 9, ALL, bob.store);
    back.client.start();
    time.advanceMillis(1000);
    assertThat(back.received).containsExactly("two");
    assertSent(send(back, "hello again", alice.address));
    assertThat(alice.received).containsExactly("hello again");
  }
}
