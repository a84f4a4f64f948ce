package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.relay.FrameRelay;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a script learns of a participant of another implementation. */
class ForeignAgentTest {
  private static final DeviceAddress BOB = new DeviceAddress("@bob:x", "BOB");
  private static final String BOBS = "@bob:x:BOB";

  private final MediaClock clock = MediaClock.startNow(1);
  private final List<TraceEntry> entries = new CopyOnWriteArrayList<>();
  private final Told session = new Told();
  private FrameRelay relay;
  private ForeignAgent agent;

  /** Does as it is told, and remembers by whom. */
  private static class Told implements ForeignSession {
    final List<String> steps = new ArrayList<>();
    Optional<Keys> keys = Optional.empty();

    Keys keys() {
      return keys.orElseThrow();
    }

    @Override
    public void signIn(ParticipantSpec spec) {
      steps.add("sign in " + spec.deviceId());
    }

    @Override
    public void setUpIdentity() {
      steps.add("identity");
    }

    @Override
    public String createRoom(String name) {
      return "!room:x";
    }

    @Override
    public void enterRoom(String roomId) {
      steps.add("enter " + roomId);
    }

    @Override
    public void joinCall(String roomId, Keys told) {
      steps.add("join " + roomId);
      keys = Optional.of(told);
    }

    @Override
    public void leaveCall() {
      steps.add("leave");
    }

    @Override
    public void close() {
      steps.add("close");
    }
  }

  /** Hears of a device at the third look, and of another never. */
  private static final class Shy extends Told {
    int looks;

    @Override
    public boolean knows(DeviceAddress other) {
      if (!other.equals(BOB)) {
        throw new IllegalStateException("no such user");
      }
      return ++looks >= 3;
    }
  }

  /** A page that can be loaded again, muted, compared and signed with. */
  private static final class Page extends Told {
    @Override
    public void reload() {
      steps.add("reload");
    }

    @Override
    public void mute(boolean muted) {
      steps.add("mute " + muted);
    }

    @Override
    public String fingerprint() {
      return "its key";
    }

    @Override
    public void signDevice(String deviceId, String fingerprint) {
      steps.add("sign " + deviceId + " " + fingerprint);
    }
  }

  /** Says what it sends. */
  private static final class Open extends Told {
    Consumer<TraceEvent> trace = event -> {};

    @Override
    public boolean tracesMessages(Consumer<TraceEvent> taker) {
      trace = taker;
      return true;
    }
  }

  @BeforeEach
  void start() throws IOException {
    relay = FrameRelay.start(clock);
    agent = agent(session);
  }

  private ForeignAgent agent(ForeignSession played) {
    ParticipantSpec spec =
        new ParticipantSpec(
            "alice",
            "http://127.0.0.1:1",
            "@alice:x",
            "secret",
            "ALICE",
            relay.host(),
            relay.port(),
            clock.start().toEpochMilli(),
            1,
            "strict",
            100,
            "all");
    return new ForeignAgent(spec, entries::add, played);
  }

  @AfterEach
  void stop() {
    agent.close();
    relay.close();
    clock.close();
  }

  private static ParticipantAnswer ask(ForeignAgent agent, ParticipantRequest request)
      throws Exception {
    return agent.ask(request).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void join() throws Exception {
    ask(agent, new ParticipantRequest.EnterRoom("!room:x"));
    assertThat(ask(agent, new ParticipantRequest.JoinCall()))
        .isEqualTo(new ParticipantAnswer.Done());
  }

  private static byte[] key(int fill) {
    byte[] key = new byte[16];
    Arrays.fill(key, (byte) fill);
    return key;
  }

  private <E extends TraceEvent> List<E> events(Class<E> kind) {
    return entries.stream()
        .map(TraceEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  @Test
  void whatItSaysThatItGaveToWhomIsInTheTrace_FOREIGN_SERVED() throws Exception {
    join();
    session.keys().onServed(BOB, 3, key(1));
    session.keys().onOwnKey(3, key(1));
    session.keys().onNotServed(BOB, 4, key(2), "not signed");
    List<KeyRef> made = events(TraceEvent.KeyMade.class).stream().map(e -> e.key()).toList();
    assertThat(made).extracting(KeyRef::index).containsExactly(3, 4);
    assertThat(events(TraceEvent.KeyOffered.class))
        .containsExactly(
            new TraceEvent.KeyOffered(made.get(0), BOBS),
            new TraceEvent.KeyOffered(made.get(1), BOBS));
    assertThat(events(TraceEvent.KeyServed.class))
        .containsExactly(new TraceEvent.KeyServed(made.get(0), BOBS));
    assertThat(events(TraceEvent.KeyNotServed.class))
        .containsExactly(new TraceEvent.KeyNotServed(made.get(1), BOBS, "not signed"));
  }

  @Test
  void messagesThatItTellsOfAreInItsTraceAndNotListenedForElsewhere_TRACE_MESSAGES() {
    Open open = new Open();
    try (ForeignAgent telling = agent(open)) {
      assertThat(telling.tracesMessages()).isTrue();
      assertThat(agent.tracesMessages()).as("control: one that tells of none").isFalse();
      TraceEvent.MessageSent message =
          new TraceEvent.MessageSent(
              "@alice:x:ALICE", BOBS, "t", "{}", "{\"ciphertext\":1}", "200");
      open.trace.accept(message);
      assertThat(events(TraceEvent.MessageSent.class)).containsExactly(message);
    }
  }

  @Test
  void keysThatComeWhenItIsInNoCallCountForNothing_FOREIGN_ABSENT() throws Exception {
    join();
    session.keys().onRemoteKey(BOB, 0, key(1));
    assertThat(events(TraceEvent.KeyReceived.class)).hasSize(1);
    ask(agent, new ParticipantRequest.LeaveCall());
    session.keys().onRemoteKey(BOB, 1, key(2));
    session.keys().onOwnKey(1, key(3));
    session.keys().onServed(BOB, 1, key(3));
    session.keys().onNotServed(BOB, 1, key(3), "");
    assertThat(events(TraceEvent.KeyReceived.class)).hasSize(1);
    assertThat(events(TraceEvent.KeyMade.class)).isEmpty();
    assertThat(events(TraceEvent.KeyOffered.class)).isEmpty();
  }

  @Test
  void afterItWasLoadedAgainItsKeysAreOthersAndTheOldOnesAreRemembered_FOREIGN_RELOAD()
      throws Exception {
    agent.close();
    Page page = new Page();
    agent = agent(page);
    join();
    page.keys().onOwnKey(0, key(1));
    ForeignSession.Keys before = page.keys();
    assertThat(ask(agent, new ParticipantRequest.Reload())).isEqualTo(new ParticipantAnswer.Done());
    before.onOwnKey(1, key(7));
    await().atMost(Duration.ofSeconds(30)).until(() -> relay.connected().isEmpty());
    ask(agent, new ParticipantRequest.JoinCall());
    page.keys().onOwnKey(0, key(2));
    assertThat(page.steps)
        .containsExactly("enter !room:x", "join !room:x", "reload", "join !room:x");
    assertThat(events(TraceEvent.KeyMade.class))
        .extracting(made -> made.key().index())
        .containsExactly(0, 0);
    assertThat(ask(agent, new ParticipantRequest.Reveal()))
        .isInstanceOfSatisfying(
            ParticipantAnswer.Holdings.class, holdings -> assertThat(holdings.keys()).hasSize(2));
  }

  @Test
  void whatASessionCannotDoIsAFailureThatSaysSo_FOREIGN_CANNOT() throws Exception {
    assertThat(ask(agent, new ParticipantRequest.Reload()))
        .isEqualTo(new ParticipantAnswer.Failed("cannot be loaded again"));
    assertThat(ask(agent, new ParticipantRequest.ShowFingerprint()))
        .isEqualTo(new ParticipantAnswer.Failed("does not show its key"));
    assertThat(ask(agent, new ParticipantRequest.SignDevice("B", "key")))
        .isEqualTo(new ParticipantAnswer.Failed("cannot sign other devices"));
    agent.close();
    Page page = new Page();
    agent = agent(page);
    assertThat(ask(agent, new ParticipantRequest.ShowFingerprint()))
        .isEqualTo(new ParticipantAnswer.Fingerprint("its key"));
    ask(agent, new ParticipantRequest.SignDevice("B", "key"));
    ask(agent, new ParticipantRequest.Mute());
    ask(agent, new ParticipantRequest.Unmute());
    assertThat(page.steps).containsExactly("sign B key", "mute true", "mute false");
  }

  @Test
  void itIsAskedUntilItKnowsADevice_FOREIGN_MEETS() throws Exception {
    assertThat(agent.meets(BOB).toCompletableFuture().get(30, TimeUnit.SECONDS)).isTrue();
    Shy shy = new Shy();
    try (ForeignAgent other = agent(shy)) {
      assertThat(other.meets(BOB).toCompletableFuture().get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(shy.looks).isEqualTo(3);
      assertThat(other.meets(new DeviceAddress("@eve:x", "EVE")).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableThat()
          .withMessageContaining("no such user");
    }
  }

  @Test
  void whoIsClosedKnowsNobodyAnyMore_FOREIGN_MEETS() {
    agent.close();
    assertThat(agent.meets(BOB).toCompletableFuture()).failsWithin(Duration.ofSeconds(30));
  }
}
