package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Devices that join, leave, crash and return while the network fails, servers limit and restart and
 * clocks jump; then everything settles. Collects every breach of the rules.
 */
final class RandomSchedule {
  /** Devices may send so many requests in a minute. */
  static final int BUSIEST_MINUTE = 60;

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration SETTLE = Duration.ofMinutes(6);

  /** How this run differs from others. */
  record Variant(
      boolean delayedEvents,
      boolean sticky,
      MembershipTiming timing,
      UnaryOperator<RoomStatePublisher> publisher) {}

  final VirtualTime time = new VirtualTime();
  final Set<String> breaches = new TreeSet<>();
  final List<Device> devices = new ArrayList<>();
  final SimulatedServer server;
  private final Variant variant;
  private final SplittableRandom random;
  private final Duration ghostBound;
  private final Map<String, Instant> ghosts = new HashMap<>();
  private @Nullable RoomCallState room;
  private long seen;
  Duration longestGhost = Duration.ZERO;
  int memberIds;

  RandomSchedule(SplittableRandom random, Variant variant) {
    this.random = random;
    this.variant = variant;
    this.server = new SimulatedServer(time, variant.delayedEvents());
    this.server.observer = (sender, update) -> devices.forEach(device -> device.hear(update));
    this.ghostBound =
        variant.delayedEvents()
            ? variant.timing().deadMan().delay().plusMinutes(1)
            : variant.timing().expires();
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      devices.add(new Device(new DeviceAddress("@u" + i + ":example.org", "D" + i)));
    }
  }

  /** One device: its network, its clock, and the session that runs on it, if any. */
  final class Device {
    final DeviceAddress address;
    final FaultyNetwork network;
    final JumpyScheduler scheduler = new JumpyScheduler(time);
    private final Deque<RoomUpdate> unheard = new ArrayDeque<>();
    @Nullable RtcSession session;
    String memberId = "";

    /** Whether the app wants to be in the call: from its join to its leave or crash. */
    boolean wants;

    Device(DeviceAddress address) {
      this.address = address;
      this.network = new FaultyNetwork(server, address.userId(), random.split());
    }

    private RtcSession start() {
      SessionSettings settings =
          SessionSettings.roomCall("!r:example.org", "11", address).withTiming(variant.timing());
      if (variant.sticky()) {
        settings = settings.withSticky("member" + ++memberIds);
      }
      memberId = settings.memberId();
      unheard.clear();
      session =
          new RtcSession(
              settings,
              variant.publisher().apply(network),
              Optional.empty(),
              scheduler,
              event -> {});
      Set<String> users =
          devices.stream().map(device -> device.address.userId()).collect(Collectors.toSet());
      session.onRoomUpdate(new RoomUpdate(List.copyOf(server.state.values()), users, Set.of()));
      session.onRoomUpdate(RoomUpdate.ofSticky(server.sticky.stream().map(this::here).toList()));
      return session;
    }

    /** The end of stickiness by this device's clock. */
    private StickyMemberEvent here(StickyMemberEvent event) {
      Duration left = Duration.between(time.now(), event.stickyUntil());
      return new StickyMemberEvent(
          event.eventId(),
          event.sender(),
          event.originServerTs(),
          event.duration(),
          scheduler.now().plus(left),
          event.encryptedBy(),
          event.content());
    }

    void crash() {
      if (session != null) {
        session.close();
        session = null;
      }
      wants = false;
    }

    void join() {
      RtcSession joining = session == null ? start() : session;
      wants = true;
      CompletionStage<JoinResult> join =
          joining.join(JoinRequest.multiSfu(List.of()).withIntent("audio"));
      join.thenAccept(
          result -> {
            boolean isIn =
                result instanceof JoinResult.Joined || result instanceof JoinResult.AlreadyJoined;
            if (!isIn && session == joining) {
              wants = false;
            }
          });
    }

    void leave() {
      wants = false;
      if (session != null) {
        session.leave(Duration.ofSeconds(5));
      }
    }

    void hear(RoomUpdate update) {
      unheard.add(update);
      time.schedule(time.now().plusMillis(random.nextInt(1, network.maxMillis + 1)), this::deliver);
    }

    void deliver() {
      while (network.up && server.isUp() && !unheard.isEmpty()) {
        RoomUpdate update = unheard.remove();
        if (session != null) {
          session.onRoomUpdate(
              new RoomUpdate(
                  update.events(),
                  Set.of(),
                  Set.of(),
                  update.sticky().stream().map(this::here).toList(),
                  List.of(),
                  Set.of(),
                  List.of()));
        }
      }
    }
  }

  void run(Duration length) {
    Instant end = time.now().plus(length);
    while (time.now().isBefore(end)) {
      act(devices.get(random.nextInt(devices.size())));
      long most = Math.max(2, length.toSeconds() / 40);
      pass(Duration.ofSeconds(random.nextLong(1, random.nextInt(4) == 0 ? most : 10)));
    }
    heal();
    pass(SETTLE);
    checkSettled();
    devices.forEach(Device::crash);
  }

  private void act(Device device) {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> device.join();
      case 3 -> device.leave();
      case 4 -> device.crash();
      case 5 -> {
        device.crash();
        device.join();
      }
      case 6 -> {
        if (device.session != null) {
          String intent = "intent" + random.nextInt(3);
          device.session.update(JoinRequest.multiSfu(List.of()).withIntent(intent));
        }
      }
      case 7 -> device.network.up = !device.network.up;
      case 8 -> {
        device.network.lost = random.nextInt(60);
        device.network.limited = random.nextInt(60);
        device.network.maxMillis = random.nextInt(10, 1_500);
      }
      case 9 -> {
        long seconds = random.nextLong(-7_200, 7_200);
        device.scheduler.jump(Duration.ofSeconds(seconds));
      }
      case 10 -> {
        server.stop();
        pass(Duration.ofSeconds(random.nextLong(1, 20)));
        server.start();
        devices.forEach(Device::deliver);
      }
      default -> {
        device.network.up = true;
        device.network.lost = 0;
        device.network.limited = 0;
        device.deliver();
      }
    }
  }

  private void heal() {
    for (Device device : devices) {
      device.network.up = true;
      device.network.lost = 0;
      device.network.limited = 0;
      device.deliver();
    }
  }

  private void pass(Duration duration) {
    for (Instant end = time.now().plus(duration); time.now().isBefore(end); ) {
      time.advance(TICK);
      watch();
    }
  }

  /** GHOST, DOUBLE, BUSY: what must hold at any time. */
  void watch() {
    Map<String, Membership> visible = visible();
    for (Device device : devices) {
      long own =
          visible.values().stream()
              .filter(member -> member.device().equals(device.address))
              .filter(member -> member.memberId().equals(device.memberId))
              .count();
      if (own > 1) {
        breaches.add("DOUBLE " + device.address + " is there " + own + " times");
      }
      if (device.network.busiestMinute > BUSIEST_MINUTE) {
        breaches.add("BUSY " + device.network.busiestMinute + " requests in a minute");
      }
    }
    ghosts.keySet().removeIf(key -> !visible.containsKey(key));
    visible.forEach(
        (key, member) -> {
          if (isWanted(member)) {
            ghosts.remove(key);
            return;
          }
          Instant since = ghosts.computeIfAbsent(key, unwanted -> time.now().minus(TICK));
          Duration age = Duration.between(since, time.now());
          longestGhost = age.compareTo(longestGhost) > 0 ? age : longestGhost;
          if (age.compareTo(ghostBound.plus(TICK.multipliedBy(2))) > 0) {
            breaches.add("GHOST of " + member.device() + " after " + ghostBound);
          }
        });
  }

  private boolean isWanted(Membership member) {
    return devices.stream()
        .anyMatch(
            device ->
                device.wants
                    && device.address.equals(member.device())
                    && device.memberId.equals(member.memberId()));
  }

  /** What anyone with a correct clock sees now. */
  private Map<String, Membership> visible() {
    boolean ended = server.sticky.removeIf(event -> !event.stickyUntil().isAfter(time.now()));
    if (room == null || ended || seen != server.last) {
      room = room();
      seen = server.last;
    }
    Map<String, Membership> members = new LinkedHashMap<>();
    MemberList.of(room, time.now())
        .members()
        .forEach(member -> members.put(member.eventId().isEmpty() ? "" : key(member), member));
    return members;
  }

  private RoomCallState room() {
    RoomCallState now = new RoomCallState(SlotId.ROOM_CALL, MemberSources.DEPLOYED);
    Set<String> users =
        devices.stream().map(device -> device.address.userId()).collect(Collectors.toSet());
    now.apply(new RoomUpdate(List.copyOf(server.state.values()), users, Set.of()), time.now());
    now.apply(RoomUpdate.ofSticky(server.sticky), time.now());
    return now;
  }

  private String key(Membership member) {
    return member.form().isSticky()
        ? member.device() + " " + member.memberId()
        : server.state.values().stream()
            .filter(event -> event.eventId().equals(member.eventId()))
            .findFirst()
            .orElseThrow()
            .stateKey();
  }

  /** SETTLED: after a while without faults everyone who wants to be in is, and sees the same. */
  private void checkSettled() {
    Map<String, Membership> visible = visible();
    for (Device device : devices) {
      if (device.session == null) {
        continue;
      }
      boolean isThere =
          visible.values().stream()
              .anyMatch(
                  member ->
                      member.device().equals(device.address)
                          && member.memberId().equals(device.memberId));
      Status status = Participant.now(device.session.status());
      boolean mayLinger = !variant.delayedEvents() && !device.wants;
      if ((device.wants != isThere && !mayLinger) || device.wants != (status == Status.CONNECTED)) {
        breaches.add(
            "SETTLED "
                + device.address
                + " wants "
                + device.wants
                + ", is "
                + isThere
                + " "
                + status);
      }
    }
  }
}
