package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.StickyMemberEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sticky memberships in encrypted rooms, over real HTTP on the embedded homeserver. */
class EncryptedStickyHomeserverTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final HttpTransport http = new JdkHttpTransport(pool);
  private final List<Phone> phones = new ArrayList<>();
  private EmbeddedHomeserver homeserver;
  private String room = "";

  /** A clock that runs ten times as fast: so a session does not wait half a minute. */
  private record FastScheduler(SerialScheduler real, Instant start) implements SerialScheduler {
    private static final int FACTOR = 10;

    @Override
    public Instant now() {
      return start.plus(Duration.between(start, real.now()).multipliedBy(FACTOR));
    }

    @Override
    public Timer schedule(Instant at, Runnable task) {
      return real.schedule(start.plus(Duration.between(start, at).dividedBy(FACTOR)), task);
    }

    @Override
    public void execute(Runnable task) {
      real.execute(task);
    }
  }

  /** A device, in the room but not yet looking at its call. */
  private final class Phone {
    final TestDevice device;
    final RtcSession session;
    final List<StickyMemberEvent> sticky = new CopyOnWriteArrayList<>();

    Phone(String user) throws Exception {
      MatrixSession login =
          get(MatrixClient.register(
                  homeserver.baseUrl(),
                  Credentials.of(user, "pass-" + user, "test"),
                  ClientSettings.of(http, scheduler())))
              .orThrow();
      device =
          new TestDevice(
              login, http, scheduler(), ALL, new MemoryCryptoStore(), phones.size() + 1L);
      phones.add(this);
      device.client.start();
      get(device.client.published());
      RoomsApi rooms = device.client.matrix().rooms();
      if (room.isEmpty()) {
        room = get(rooms.createRoom(encryptedCallRoom())).orThrow();
      } else {
        get(rooms.join(room)).orThrow();
      }
      SerialScheduler real = scheduler();
      session =
          new RtcSession(
              SessionSettings.roomCall(room, "11", device.address).withSticky("member-" + user),
              device.client.statePublisher(room),
              Optional.empty(),
              new FastScheduler(real, real.now()),
              event -> {});
    }

    Phone follow() throws Exception {
      get(device.client.followRoom(room, this::take)).orThrow();
      return this;
    }

    private void take(RoomUpdate update) {
      sticky.addAll(update.sticky());
      session.onRoomUpdate(update);
    }

    Phone join() throws Exception {
      assertThat(get(session.join(JoinRequest.multiSfu(List.of()))))
          .isEqualTo(new JoinResult.Joined());
      return this;
    }

    boolean sees(Phone other) throws Exception {
      return get(session.members()).stream()
          .anyMatch(member -> member.device().equals(other.device.address));
    }

    /** The types of the events of the room's timeline that came with a duration. */
    List<String> stickyTypes() {
      return device.events.stream()
          .filter(ClientEvent.Room.class::isInstance)
          .flatMap(event -> ((ClientEvent.Room) event).changes().timeline().stream())
          .filter(event -> event.has("msc4354_sticky"))
          .map(event -> event.path("type").asText())
          .toList();
    }

    boolean hasUnread() {
      return device.events.stream()
          .filter(ClientEvent.RoomEvent.class::isInstance)
          .anyMatch(
              event ->
                  ((ClientEvent.RoomEvent) event).result()
                      instanceof RoomEventResult.UnableToDecrypt);
    }
  }

  @BeforeEach
  void start() throws Exception {
    homeserver =
        EmbeddedHomeserver.start(
            HomeserverConfig.defaults().withStickyEvents(StickyEvents.UNSTABLE));
  }

  @AfterEach
  void stop() {
    phones.forEach(
        phone -> {
          phone.session.close();
          phone.device.client.close();
        });
    homeserver.close();
    pool.shutdownNow();
  }

  private SerialScheduler scheduler() {
    return new PoolScheduler(pool, InstantSource.system());
  }

  private static ObjectNode encryptedCallRoom() {
    ObjectNode settings = Json.newObject().put("preset", "public_chat");
    settings
        .putObject("power_level_content_override")
        .putObject("events")
        .put(CallMemberEvent.TYPE, 0);
    ObjectNode encryption = settings.putArray("initial_state").addObject();
    encryption.put("type", "m.room.encryption").put("state_key", "");
    encryption.putObject("content").put("algorithm", "m.megolm.v1.aes-sha2");
    return settings;
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void roomsStickyAMembershipIsSentEncryptedAndReadWithTheDeviceThatSentIt() throws Exception {
    Phone alice = new Phone("alice").follow();
    Phone bob = new Phone("bob").follow();
    alice.join();
    await().atMost(SOON).until(() -> bob.sees(alice));
    assertThat(bob.stickyTypes()).isNotEmpty().containsOnly("m.room.encrypted");
    assertThat(bob.sticky)
        .isNotEmpty()
        .extracting(StickyMemberEvent::encryptedBy)
        .containsOnly(Optional.of(alice.device.address));

    assertThat(get(alice.session.leave(Duration.ofSeconds(20)))).isEqualTo(new LeaveResult.Left());
    await().atMost(SOON).until(() -> !bob.sees(alice));
  }

  @Test
  void roomsStickyADeviceThatCameAfterTheMembershipIsGivenItsKey() throws Exception {
    Phone alice = new Phone("alice").follow().join();
    Phone bob = new Phone("bob").follow();
    assertThat(bob.sees(alice)).as("it was encrypted before bob was there").isFalse();
    assertThat(bob.sticky).isEmpty();
    await().atMost(SOON).until(() -> bob.sees(alice));
    assertThat(bob.sticky).extracting(StickyMemberEvent::encryptedBy).isNotEmpty();
  }

  @Test
  void feedLateAMembershipIsReadOnceItsKeyComes() throws Exception {
    Phone alice = new Phone("alice").follow();
    Phone bob = new Phone("bob").follow();
    FaultRule refusal =
        FaultRule.on(".*/sendToDevice/m\\.room\\.encrypted/.*", new Fault.ServerError(400))
            .user(alice.device.address.userId());
    FaultPlan.Active active = homeserver.faults().add(refusal.times(1));
    alice.join();
    await().atMost(SOON).until(bob::hasUnread);
    assertThat(active.hits()).isEqualTo(1);
    assertThat(bob.sees(alice)).isFalse();

    // The key itself comes later, as from a backup.
    RoomKeyCopy key =
        get(
            alice.device.client.withMachine(
                machine -> machine.rooms().keys().export(Optional.empty(), 1).get(0)));
    assertThat(key.id().roomId()).isEqualTo(room);
    get(
        bob.device.client.withMachine(
            machine ->
                machine.rooms().keys().merge(List.of(key), Optional.empty(), new ExtraWrites())));
    await().atMost(SOON).until(() -> bob.sees(alice));
  }
}
