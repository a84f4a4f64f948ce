package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.delayed.DelayedEventPolicy;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.MembershipTiming;
import io.matrixrtc.session.OwnMembershipEvent;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions of encrypted clients over the embedded homeserver, in real time. */
@Execution(ExecutionMode.CONCURRENT)
class SessionHomeserverTest {
  private static final Duration DELAY = Duration.ofSeconds(3);
  private static final MembershipTiming TIMING =
      MembershipTiming.DEFAULTS.with(
          new MembershipTiming.DeadMan(
              DELAY, Duration.ofMillis(600), Duration.ofMillis(600), Duration.ofSeconds(1)));

  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final HttpTransport http = new JdkHttpTransport(pool);
  private final List<Phone> phones = new ArrayList<>();
  private final AtomicInteger restarts = new AtomicInteger();
  private EmbeddedHomeserver homeserver;
  private String room = "";

  /** A device with a session in the room. */
  private final class Phone {
    final TestDevice device;
    final DeviceAddress address;
    final RtcSession session;
    final List<SessionEvent> events = new CopyOnWriteArrayList<>();

    Phone(String user, boolean sticky) throws Exception {
      MatrixSession login =
          ((LoginOutcome.LoggedIn)
                  get(
                      MatrixClient.register(
                          homeserver.baseUrl(),
                          Credentials.of(user, "pass-" + user, "test"),
                          ClientSettings.of(http, scheduler()))))
              .session();
      device =
          new TestDevice(
              login, http, scheduler(), ALL, new MemoryCryptoStore(), phones.size() + 1L);
      device.client.start();
      address = device.address;
      RoomsApi rooms = device.client.matrix().rooms();
      if (room.isEmpty()) {
        room = get(rooms.createRoom(publicCallRoom())).orThrow();
      } else {
        get(rooms.join(room)).orThrow();
      }
      SessionSettings settings = SessionSettings.roomCall(room, "11", address).withTiming(TIMING);
      session =
          new RtcSession(
              sticky ? settings.withSticky("member-of-" + user) : settings,
              device.client.statePublisher(room),
              Optional.empty(),
              scheduler(),
              events::add);
      phones.add(this);
    }

    Phone follow() throws Exception {
      get(device.client.followRoom(room, session::onRoomUpdate)).orThrow();
      return this;
    }

    Phone join() throws Exception {
      assertThat(get(session.join(JoinRequest.multiSfu(List.of()).withIntent("audio"))))
          .isEqualTo(new JoinResult.Joined());
      return this;
    }

    boolean sees(Phone other) throws Exception {
      return get(session.members()).stream()
          .anyMatch(member -> member.device().equals(other.address));
    }

    void crash() {
      session.close();
      device.client.close();
    }

    long told(Class<? extends OwnMembershipEvent> type) {
      return events.stream()
          .filter(SessionEvent.Own.class::isInstance)
          .filter(event -> type.isInstance(((SessionEvent.Own) event).event()))
          .count();
    }
  }

  @BeforeEach
  void start() throws Exception {
    homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults());
  }

  private void start(HomeserverConfig config) throws Exception {
    homeserver.close();
    homeserver = EmbeddedHomeserver.start(config);
    homeserver
        .requestLog()
        .listen(
            exchange -> {
              if (exchange.path().endsWith("/restart")) {
                restarts.incrementAndGet();
              }
            });
  }

  @AfterEach
  void stop() {
    phones.forEach(Phone::crash);
    homeserver.close();
    pool.shutdownNow();
  }

  private SerialScheduler scheduler() {
    return new PoolScheduler(pool, InstantSource.system());
  }

  private static ObjectNode publicCallRoom() {
    ObjectNode settings = Json.newObject().put("preset", "public_chat");
    settings
        .putObject("power_level_content_override")
        .putObject("events")
        .put(CallMemberEvent.TYPE, 0);
    return settings;
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest(name = "sticky {0}, names {1}")
  @CsvSource({"false,UNSTABLE", "true,UNSTABLE", "true,BOTH"})
  void ownGhostTheServerLeavesForADeviceThatCrashedAndNotForOneThatRestarts(
      boolean sticky, StickyEvents names) throws Exception {
    start(HomeserverConfig.defaults().withStickyEvents(names));
    Phone alice = new Phone("alice", sticky).follow().join();
    Phone bob = new Phone("bob", sticky).follow();
    await().until(() -> bob.sees(alice));
    // restarts are at least 0.48 s apart, so that so many take longer than the delay
    int enough = restarts.get() + 9;
    await().atMost(Duration.ofSeconds(60)).until(() -> restarts.get() >= enough);
    assertThat(bob.sees(alice)).as("control: restarted in time").isTrue();
    assertThat(bob.events).noneMatch(SessionEvent.MemberLeft.class::isInstance);
    assertThat(alice.told(OwnMembershipEvent.MembershipLost.class)).isZero();

    alice.crash();
    await().atMost(DELAY.plusSeconds(20)).until(() -> !bob.sees(alice));
    assertThat(bob.events)
        .anyMatch(SessionEvent.MemberLeft.class::isInstance)
        .anyMatch(SessionEvent.Ended.class::isInstance);
  }

  @ParameterizedTest(name = "sticky {0}")
  @CsvSource({"false", "true"})
  void mm12ALeaveIsSeenAtOnceAndALaterJoinToo(boolean sticky) throws Exception {
    start(HomeserverConfig.defaults());
    Phone alice = new Phone("alice", sticky).follow();
    Phone bob = new Phone("bob", sticky).follow().join();
    alice.join();
    await().until(() -> bob.sees(alice) && alice.sees(bob));
    assertThat(get(alice.session.leave(Duration.ofSeconds(10)))).isEqualTo(new LeaveResult.Left());
    await().until(() -> !bob.sees(alice));
    alice.join();
    await().until(() -> bob.sees(alice));
    alice.session.update(JoinRequest.multiSfu(List.of()).withIntent("video"));
    await()
        .until(
            () ->
                get(bob.session.members()).stream()
                    .anyMatch(member -> member.intent().equals(Optional.of("video"))));
    assertThat(bob.events).filteredOn(SessionEvent.MemberRejoined.class::isInstance).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(DelayedEventPolicy.TooLong.class)
  void ownTooLongTheDelayIsLoweredToWhatTheServerAllows(DelayedEventPolicy.TooLong answer)
      throws Exception {
    start(
        HomeserverConfig.defaults()
            .withDelayedEvents(
                DelayedEventPolicy.defaults()
                    .withLimits(Duration.ofMillis(1_500), 5)
                    .withTooLong(answer)));
    Phone alice = new Phone("alice", false).follow().join();
    assertThat(get(alice.session.snapshot()).delayId()).isPresent();
    assertThat(alice.told(OwnMembershipEvent.NoDeadManSwitch.class)).isZero();
  }

  @Test
  void mm7WithoutDelayedEventsItJoinsAndTellsThatThereIsNoDeadManSwitch() throws Exception {
    start(HomeserverConfig.defaults().withDelayedEvents(DelayedEventPolicy.off()));
    Phone alice = new Phone("alice", false).follow().join();
    assertThat(alice.told(OwnMembershipEvent.NoDeadManSwitch.class)).isEqualTo(1);
    assertThat(get(alice.session.snapshot()).delayId()).isEmpty();
  }

  @Test
  void mm32WithoutStickyEventsAStickyJoinEndsWithThatReason() throws Exception {
    start(HomeserverConfig.defaults().withStickyEvents(StickyEvents.OFF));
    Phone alice = new Phone("alice", true).follow();
    assertThat(get(alice.session.join(JoinRequest.multiSfu(List.of()))))
        .isInstanceOf(JoinResult.Unsupported.class);
  }
}
