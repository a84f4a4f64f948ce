package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.demo.Cast.Member;
import io.matrixrtc.testkit.demo.Cast.Role;
import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.relay.LiveTap;
import io.matrixrtc.testkit.relay.RelayedFrame;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays the demo's script in a world. The steps happen at fixed media times, or later where the one
 * before was not done yet.
 */
public final class DemoCall {
  /** Of the longest clip. */
  private static final Duration PASS = Clip.BuiltIn.FIFTHS.load().length();

  /** Media time that it takes, with the mute and something to spare. */
  private static final Duration LENGTH = PASS.plus(Duration.ofSeconds(5));

  /** A machine that is slow may take so much longer; a second pass would not be over yet. */
  private static final Duration AT_MOST = PASS.multipliedBy(2).minusSeconds(1);

  /** Of wall time, between two looks at something that is on its way. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private static final int MAX_LOOKS = 100;

  private static final String CRASHING_DEVICE = "ALICEWATCH";
  private static final int MAX_SIGN_TRIES = 60;

  private final World world;
  private final DemoSettings settings;
  private final Consumer<String> progress;
  private final SplittableRandom random;
  private final Cast cast;
  private final Map<String, Participant> participants = new LinkedHashMap<>();
  private final List<Forgery.Result> forgeries = new ArrayList<>();
  private final Map<String, ParticipantAnswer.Counts> counts = new LinkedHashMap<>();
  private final Map<String, ParticipantAnswer.Recordings> recordings = new LinkedHashMap<>();
  private ParticipantAnswer.Holdings holdingsAtLeave = new ParticipantAnswer.Holdings(List.of());
  private List<RelayedFrame> tapped = List.of();
  private @Nullable LiveTap tap;
  private Duration start = Duration.ZERO;
  private String room = "";

  /**
   * @param progress told in a few words what happens
   */
  public DemoCall(World world, DemoSettings settings, Consumer<String> progress) {
    this.world = world;
    this.settings = settings;
    this.progress = progress;
    this.random = new SplittableRandom(settings.seed());
    this.cast = Cast.of(settings.participants());
  }

  /** The participants, in the order of the cast; empty before {@link #play}. */
  public List<Participant> participants() {
    return List.copyOf(participants.values());
  }

  /**
   * Plays the whole script and examines it.
   *
   * @throws ScriptException if a step cannot be done
   */
  public DemoOutcome play() {
    try {
      return playScript();
    } finally {
      stopListening();
    }
  }

  private DemoOutcome playScript() {
    gather();
    joinThoseFromTheStart();
    startMedia();
    at(4, () -> with(Role.LATE, this::joinRunningCall));
    at(7, () -> with(Role.SECOND_DEVICE, this::joinRunningCall));
    at(8, () -> with(Role.SECOND_DEVICE, this::signTheUnsigned));
    at(9, () -> with(Role.MUTES, Participant::mute));
    at(11, () -> with(Role.LEAVES, this::leaveAndTap));
    at(12, () -> with(Role.MUTES, Participant::unmute));
    at(15, () -> with(Role.LEAVES, this::comeBack));
    at(17, this::forge);
    at(LENGTH.toSeconds(), this::expectEveryoneToHearEveryone);
    Check crash = crash();
    collect();
    Haystack haystack = leaveOneByOne();
    Evidence evidence = evidence();
    progress.accept("attacking what was recorded, searching for keys, decoding the recordings");
    DemoOutcome outcome = new DemoReview(world, settings, evidence, haystack).examine(crash);
    participants.values().forEach(Participant::signOut);
    return outcome;
  }

  private void gather() {
    progress.accept("signing in " + cast.members().size() + " devices");
    for (Member member : cast.members()) {
      participants.put(
          member.name(), world.participant(member.name(), member.user(), member.device()));
    }
    world.together(participants.values(), Participant::signIn);
    if (signed()) {
      progress.accept("giving each user an identity");
      world.together(firstDevices(), Participant::setUpIdentity);
    }
    Participant host = participants.values().iterator().next();
    room = host.createRoom("matrixrtc demo");
    world.together(participants.values(), participant -> participant.enterRoom(room));
  }

  /** Whether keys go to signed devices only. */
  private boolean signed() {
    return !participants().get(0).spec().trust().equals("all");
  }

  private List<Participant> firstDevices() {
    return cast.users().stream().map(this::firstDeviceOf).toList();
  }

  private Participant firstDeviceOf(String user) {
    return participant(
        cast.members().stream()
            .filter(member -> member.user().equals(user))
            .findFirst()
            .orElseThrow());
  }

  private void joinThoseFromTheStart() {
    progress.accept("joining the call");
    for (Member member : cast.members()) {
      if (member.role().fromTheStart()) {
        participant(member).joinCall();
        pause(Duration.ofMillis(200 + random.nextInt(400)));
      }
    }
    List<Participant> early = early();
    for (Participant one : early) {
      one.settle(early.size() - 1);
    }
  }

  private void startMedia() {
    start = world.clock().elapsed().plus(Duration.ofMillis(500));
    progress.accept("media starts");
    world.together(early(), participant -> participant.startMedia(start));
  }

  private void joinRunningCall(Participant participant) {
    progress.accept(participant + " joins the running call");
    participant.joinCall();
    participant.startMedia(world.clock().elapsed());
  }

  private void signTheUnsigned(Participant unsigned) {
    if (!signed()) {
      return;
    }
    progress.accept(unsigned + " is not signed yet, and is given no key");
    List<Participant> present = new ArrayList<>(early());
    with(Role.LATE, present::add);
    Participant signer =
        firstDeviceOf(cast.first(Role.SECOND_DEVICE).map(Member::user).orElseThrow());
    forgeries.add(new UnsignedDevice(world.view()).examine(unsigned, signer, present));
  }

  private void leaveAndTap(Participant leaver) {
    progress.accept(leaver + " leaves, and goes on listening at the relay");
    world.mark(leaver);
    tap = world.tap(leaver);
    leaver.leaveCall();
    holdingsAtLeave = leaver.reveal();
  }

  private void comeBack(Participant leaver) {
    int mark = world.markOf(leaver);
    for (Participant other : participants.values()) {
      if (!other.equals(leaver)) {
        world.expect(other).toHaveRotatedForALeaveSince(mark);
      }
    }
    // A moment under the new keys, for the leaver's attack to be tried on.
    pause(Duration.ofSeconds(1));
    awaitTap();
    stopListening();
    progress.accept(leaver + " joins again");
    leaver.joinCall();
    leaver.startMedia(world.clock().elapsed());
  }

  /** The leaver hears a little later what the relay has sent up to now. */
  private void awaitTap() {
    LiveTap open = tap;
    long last = lastOf(world.tape().frames());
    for (int i = 0; open != null && lastOf(open.frames()) < last && i < MAX_LOOKS; i++) {
      pauseOfWall(LOOK);
    }
  }

  private static long lastOf(List<RelayedFrame> frames) {
    return frames.stream().mapToLong(RelayedFrame::globalSequence).max().orElse(0);
  }

  private void stopListening() {
    LiveTap open = tap;
    if (open != null) {
      tapped = open.frames();
      open.close();
      tap = null;
    }
  }

  private void forge() {
    List<Participant> all = participants();
    if (all.size() < 3) {
      return;
    }
    progress.accept("a member forges key messages");
    Forgery forgery = new Forgery(world.view());
    Participant attacker = all.get(2);
    forgeries.add(forgery.claimAnotherDevice(attacker, all.get(0), all.get(1)));
    forgeries.add(forgery.sendInClear(attacker, all.get(0)));
  }

  private void expectEveryoneToHearEveryone() {
    for (Participant listener : participants.values()) {
      for (Participant sender : participants.values()) {
        if (!listener.equals(sender)) {
          world.expect(listener).toHear(sender);
        }
      }
    }
  }

  /** One more device of the first user joins, and crashes. */
  private Check crash() {
    if (cast.first(Role.MUTES).isEmpty()) {
      return CrashedDevice.notPlayed();
    }
    Member first = cast.members().get(0);
    progress.accept("one more device of " + first.user() + " joins, and crashes");
    Participant crashing =
        world.participant(first.user() + "-watch", first.user(), CRASHING_DEVICE);
    crashing.signIn();
    crashing.enterRoom(room);
    if (signed()) {
      signOnceKnown(participant(first), crashing);
    }
    crashing.joinCall();
    List<Participant> staying = participants();
    crashing.settle(staying.size());
    return new CrashedDevice(world.view()).examine(crashing, staying, world.server().isPresent());
  }

  /** The signer hears of a new device by its next syncs. */
  private void signOnceKnown(Participant signer, Participant fresh) {
    for (int tries = 1; ; tries++) {
      try {
        signer.sign(fresh);
        return;
      } catch (ScriptException e) {
        if (tries == MAX_SIGN_TRIES) {
          throw e;
        }
        pauseOfWall(Duration.ofMillis(500));
      }
    }
  }

  /**
   * Everybody leaves. If the server can be looked into, one of them fetches nothing meanwhile: so
   * the others' next keys lie in its queue at the server, beside a planted one, when the database
   * is searched.
   */
  private Haystack leaveOneByOne() {
    progress.accept("everybody leaves");
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    String planted = Base64.getEncoder().encodeToString(bytes);
    List<Participant> all = participants();
    List<byte[]> database = List.of();
    all.get(0).leaveCall();
    if (world.server().isPresent()) {
      database = databaseWithKeysUnderWay(all, planted);
    }
    all.subList(1, all.size()).forEach(Participant::leaveCall);
    all.get(0).postMessage("planted: " + planted);
    world.plantAtRelay(bytes);
    return new Haystack(planted, database);
  }

  private List<byte[]> databaseWithKeysUnderWay(List<Participant> all, String planted) {
    // Not a device of a user who has another one awake: the server withholds by user.
    Participant asleep = all.get(Math.min(3, all.size() - 1));
    world.faults().withholdSync(asleep);
    int mark = world.view().mark();
    all.get(0).sendKey(new Forgery(world.view()).inClear(asleep, all.get(0), planted));
    if (all.size() > 3) {
      all.get(1).unmute(); // who is silent may make no key for a leave
      all.get(2).leaveCall();
      world.expect(all.get(1)).toHaveServedAKeySince(mark, asleep);
      all.get(1).mute();
    }
    List<byte[]> database = world.server().orElseThrow().database();
    world.faults().releaseSync(asleep);
    return database;
  }

  private void collect() {
    progress.accept("collecting what everybody heard");
    while (!clipsAreComplete() && world.clock().elapsed().compareTo(start.plus(AT_MOST)) < 0) {
      pauseOfWall(LOOK);
    }
    participants.values().forEach(Participant::mute);
    for (Participant one : participants.values()) {
      counts.put(one.name(), one.count());
      recordings.put(one.name(), one.record(settings.out()));
    }
  }

  /** Whether those who were there all the time have each other's. */
  private boolean clipsAreComplete() {
    List<Participant> throughout =
        cast.members().stream()
            .filter(member -> member.role().throughout())
            .map(this::participant)
            .toList();
    List<String> senders = throughout.stream().map(Participant::identity).toList();
    return throughout.stream()
        .flatMap(one -> one.record(settings.out()).tracks().stream())
        .filter(track -> senders.contains(track.sender()))
        .allMatch(ParticipantAnswer.Recording::complete);
  }

  private Evidence evidence() {
    Map<String, String> identities = new HashMap<>();
    Map<String, String> labels = new HashMap<>();
    Map<String, ParticipantAnswer.Holdings> holdings = new LinkedHashMap<>();
    for (Participant one : participants.values()) {
      identities.put(one.name(), one.identity());
      labels.put(one.identity(), one.name());
      holdings.put(one.name(), one.reveal());
    }
    return new Evidence(
        cast,
        identities,
        labels,
        world.trace(),
        world.tape(),
        counts,
        recordings,
        holdings,
        holdingsAtLeave,
        tapped,
        List.copyOf(forgeries),
        world.clock().speed(),
        settings.useKeyDelay());
  }

  private List<Participant> early() {
    return cast.members().stream()
        .filter(member -> member.role().fromTheStart())
        .map(this::participant)
        .toList();
  }

  private Participant participant(Member member) {
    Participant participant = participants.get(member.name());
    if (participant == null) {
      throw new IllegalStateException(member.name() + " is not in the world");
    }
    return participant;
  }

  private void with(Role role, Consumer<Participant> step) {
    Optional<Member> member = cast.first(role);
    member.map(this::participant).ifPresent(step);
  }

  /** Runs a step at a media time after the start, or at once if that has passed. */
  private void at(long seconds, Runnable step) {
    world.await(start.plusSeconds(seconds));
    step.run();
  }

  private void pauseOfWall(Duration time) {
    pause(Duration.ofMillis(Math.round(time.toMillis() * world.clock().speed())));
  }

  private void pause(Duration mediaTime) {
    world.await(world.clock().elapsed().plus(mediaTime));
  }
}
