package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.RoomSubscription;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.MembershipTiming;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.SessionSnapshot;
import io.matrixrtc.session.Transport;
import io.matrixrtc.testkit.ScriptException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Call memberships of ours and of matrix-js-sdk's own MatrixRTCSession, as state events and as
 * sticky events: each sees what the other does, and both agree on everything.
 */
@Tag("interop")
class MembershipsTest {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int STEPS = Integer.getInteger("interop.steps", 200);
  private static final int LOOK_EVERY = 25;
  private static final MembershipTiming TIMING =
      MembershipTiming.DEFAULTS.with(
          new MembershipTiming.DeadMan(
              Duration.ofSeconds(4),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)));

  /** Users of a homeserver that runs on must be new in each test. */
  private final String suffix = UUID.randomUUID().toString().substring(0, 8);

  private World world;
  private Optional<EmbeddedHomeserver> homeserver = Optional.empty();

  /** On the homeserver of {@code interop.homeserver}, else on ours. */
  @BeforeEach
  void start() throws Exception {
    String running = System.getProperty("interop.homeserver");
    if (running == null) {
      homeserver =
          Optional.of(
              EmbeddedHomeserver.start(
                  HomeserverConfig.defaults().withStickyEvents(StickyEvents.UNSTABLE)));
    }
    URI url = homeserver.map(EmbeddedHomeserver::baseUrl).orElseGet(() -> URI.create(running));
    world = new World("MembershipsTest", url);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
    homeserver.ifPresent(EmbeddedHomeserver::close);
  }

  private String name(String localpart) {
    return localpart + "-" + suffix;
  }

  /** One member as either side sees it; equal where both sides agree. */
  private record Seen(
      DeviceAddress device, String member, long created, String intent, String identity) {}

  /** What a participant sees: its members in their order, and what they agree on. */
  private record View(List<Seen> members, String consensus) {
    /** The same, where members with equal times may stand in any order. */
    View sorted() {
      return new View(
          members.stream()
              .sorted(Comparator.comparingLong(Seen::created).thenComparing(Seen::identity))
              .toList(),
          consensus);
    }

    boolean has(DeviceAddress device) {
      return members.stream().anyMatch(seen -> seen.device().equals(device));
    }

    String intentOf(DeviceAddress device) {
      return members.stream()
          .filter(seen -> seen.device().equals(device))
          .map(Seen::intent)
          .findFirst()
          .orElse("");
    }
  }

  /** A participant of either implementation. */
  private interface Party {
    DeviceAddress address();

    void join(String intent) throws Exception;

    void update(String intent) throws Exception;

    void leave() throws Exception;

    View view() throws Exception;
  }

  private final class Sdk implements Party {
    private final Peer peer;
    private final String room;
    private final boolean sticky;

    Sdk(Peer peer, String room, boolean sticky) throws Exception {
      this.peer = peer;
      this.room = room;
      this.sticky = sticky;
      peer.joinRoom(room);
    }

    private ObjectNode inRoom() {
      return Json.newObject().put("room", room);
    }

    @Override
    public DeviceAddress address() {
      return peer.address();
    }

    @Override
    public void join(String intent) throws Exception {
      peer.call("joinMembers", inRoom().put("sticky", sticky).put("intent", intent));
    }

    @Override
    public void update(String intent) throws Exception {
      await().atMost(SOON).until(() -> updated(intent));
    }

    /** The others may see its membership before it has the answer to its request. */
    private boolean updated(String intent) throws InterruptedException {
      try {
        peer.call("updateIntent", inRoom().put("intent", intent));
        return true;
      } catch (ScriptException e) {
        if (!String.valueOf(e.getMessage()).contains("Not connected yet")) {
          throw e;
        }
        return false;
      }
    }

    @Override
    public void leave() throws Exception {
      assertThat(peer.call("leaveMembers", inRoom()).path("left").booleanValue()).isTrue();
    }

    @Override
    public View view() throws Exception {
      JsonNode seen = peer.call("members", inRoom());
      List<Seen> members = new ArrayList<>();
      for (JsonNode one : seen.path("members")) {
        members.add(
            new Seen(
                new DeviceAddress(one.path("user").asText(), one.path("device").asText()),
                one.path("member").asText(),
                one.path("created").asLong(),
                one.path("intent").asText(),
                one.path("identity").asText()));
      }
      return new View(members, seen.path("consensus").asText());
    }
  }

  private final class Ours implements Party {
    private final OurDevice device;
    private final RtcSession session;
    private final RoomSubscription subscription;

    Ours(OurDevice device, String room, boolean sticky) {
      this.device = device;
      SessionSettings settings =
          SessionSettings.roomCall(room, "11", device.address()).withTiming(TIMING);
      this.session =
          new RtcSession(
              sticky ? settings.withSticky(UUID.randomUUID().toString()) : settings,
              device.client().statePublisher(room),
              Optional.empty(),
              new PoolScheduler(device.pool(), Clock.systemUTC()),
              event -> {});
      this.subscription =
          World.get(device.client().followRoom(room, session::onRoomUpdate)).orThrow();
    }

    private JoinRequest request(String intent) {
      ObjectNode focus = Json.newObject().put("type", "livekit");
      focus.put("livekit_service_url", "http://127.0.0.1:1");
      return JoinRequest.multiSfu(List.of(new Transport("livekit", focus))).withIntent(intent);
    }

    @Override
    public DeviceAddress address() {
      return device.address();
    }

    @Override
    public void join(String intent) {
      assertThat(World.get(session.join(request(intent)))).isEqualTo(new JoinResult.Joined());
    }

    @Override
    public void update(String intent) {
      session.update(request(intent));
    }

    @Override
    public void leave() {
      World.get(session.leave(Duration.ofSeconds(20)));
    }

    /** The process dies: nothing is sent any more. */
    void crash() {
      subscription.close();
      session.close();
    }

    @Override
    public View view() {
      SessionSnapshot snapshot = World.get(session.snapshot());
      return new View(
          snapshot.members().stream()
              .map(
                  one ->
                      new Seen(
                          one.device(),
                          one.memberId(),
                          one.createdAt().toEpochMilli(),
                          one.intent().orElse(""),
                          one.mediaIdentity()))
              .toList(),
          snapshot.consensusIntent().orElse(""));
    }
  }

  private static void awaitSeen(Party by, Party other, boolean there) {
    await().atMost(SOON).until(() -> by.view().has(other.address()) == there);
  }

  private static void awaitIntent(Party by, Party other, String intent) {
    await().atMost(SOON).until(() -> by.view().intentOf(other.address()).equals(intent));
  }

  private static void awaitAgreement(List<? extends Party> parties) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              View first = parties.get(0).view().sorted();
              for (Party party : parties) {
                View view = party.view();
                assertThat(view.sorted()).as("as %s sees it", party.address()).isEqualTo(first);
                assertThat(view.members())
                    .extracting(Seen::created)
                    .isSortedAccordingTo(Comparator.naturalOrder());
              }
            });
  }

  @ParameterizedTest(name = "sticky {0}")
  @ValueSource(booleans = {false, true})
  void eachSeesTheOtherJoinUpdateLeaveCrashAndReturn(boolean sticky) throws Exception {
    OurDevice alice = world.ours(name("alice"));
    String room = world.room(alice);
    Peer.Account account = world.account(name("bob"));
    Peer peer = world.peer(JsSdkTest.COMMAND, account, "SDKDEVICE");
    Sdk theirs = new Sdk(peer, room, sticky);
    Ours ours = new Ours(alice, room, sticky);

    ours.join("audio");
    awaitSeen(theirs, ours, true);
    theirs.join("video");
    awaitSeen(ours, theirs, true);
    awaitAgreement(List.of(ours, theirs));
    ours.update("video");
    awaitIntent(theirs, ours, "video");
    theirs.update("audio");
    awaitIntent(ours, theirs, "audio");
    awaitAgreement(List.of(ours, theirs));

    theirs.leave();
    awaitSeen(ours, theirs, false);
    theirs.join("audio");
    awaitSeen(ours, theirs, true);
    ours.leave();
    awaitSeen(theirs, ours, false);
    ours.join("audio");
    awaitSeen(theirs, ours, true);
    awaitAgreement(List.of(ours, theirs));

    // A crash on either side: the homeserver sends the leave; who crashed comes back.
    ours.crash();
    awaitSeen(theirs, ours, false);
    Ours again = new Ours(alice, room, sticky);
    again.join("video");
    awaitSeen(theirs, again, true);
    peer.close();
    awaitSeen(again, theirs, false);
    Sdk back = new Sdk(world.peer(JsSdkTest.COMMAND, account, "SDKDEVICE2"), room, sticky);
    back.join("video");
    awaitSeen(again, back, true);
    awaitAgreement(List.of(again, back));
    assertThat(again.view().consensus()).isEqualTo("video");
    again.crash();
  }

  @ParameterizedTest(name = "sticky {0}")
  @ValueSource(booleans = {false, true})
  void afterRandomStepsBothSeeTheSame(boolean sticky) throws Exception {
    OurDevice alice = world.ours(name("alice"));
    MatrixSession second = world.login(alice.address().userId());
    String room = world.room(alice);
    List<Party> parties = new ArrayList<>();
    parties.add(new Ours(alice, room, sticky));
    parties.add(new Ours(world.ours(second), room, sticky));
    Peer.Account account = world.account(name("bob"));
    parties.add(new Sdk(world.peer(JsSdkTest.COMMAND, account, "SDKONE"), room, sticky));
    parties.add(new Sdk(world.peer(JsSdkTest.COMMAND, account, "SDKTWO"), room, sticky));

    long seed = Long.getLong("interop.seed", 7);
    Random random = new Random(seed);
    boolean[] in = new boolean[parties.size()];
    for (int step = 1; step <= STEPS; step++) {
      int who = random.nextInt(parties.size());
      Party party = parties.get(who);
      String intent = random.nextBoolean() ? "audio" : "video";
      if (!in[who]) {
        party.join(intent);
        in[who] = true;
        awaitSeen(parties.get((who + 2) % 4), party, true); // the other side
      } else if (random.nextInt(3) == 0) {
        party.leave();
        in[who] = false;
      } else {
        party.update(intent);
        awaitIntent(parties.get((who + 2) % 4), party, intent);
      }
      if (step % LOOK_EVERY == 0) {
        awaitAgreement(parties);
        boolean[] now = in.clone();
        for (int i = 0; i < now.length; i++) {
          boolean there = now[i];
          DeviceAddress device = parties.get(i).address();
          assertThat(parties.get((i + 2) % 4).view().has(device)).as("%s", device).isEqualTo(there);
        }
      }
    }
    assertThat(parties).as("seed %s", seed).hasSize(4);
  }

  @Test
  void aMembershipOfEitherModeIsSeenByTheOtherMode() throws Exception {
    OurDevice alice = world.ours(name("alice"));
    String room = world.room(alice);
    Ours ours = new Ours(alice, room, true);
    Sdk theirs =
        new Sdk(
            world.peer(JsSdkTest.COMMAND, world.account(name("bob")), "SDKDEVICE"), room, false);
    ours.join("audio");
    theirs.join("audio");
    awaitSeen(ours, theirs, true);
    awaitSeen(theirs, ours, true);
    ours.leave();
    theirs.leave();
    awaitSeen(ours, theirs, false);
    awaitSeen(theirs, ours, false);
  }
}
