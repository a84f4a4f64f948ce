package io.matrixrtc.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ExpectationTest {
  private static final KeyRef OLD = key(4, (byte) 1);
  private static final KeyRef NEW = key(5, (byte) 2);

  private final CallView view = new CallView();
  private final Participant alice = new Participant(new Silent("alice"));
  private final Participant bob = new Participant(new Silent("bob"));

  @Test
  void anUnmetHearingSaysWhatWasExpectedSeenAndForHowLong_EXPECT_SAYS() {
    see(new TraceEvent.KeyReceived(OLD, bob.identity()));
    see(new TraceEvent.KeyUsed(NEW));
    see(new TraceEvent.FirstFrameHeard(bob.identity(), OLD, TrackKind.AUDIO));
    assertThatThrownBy(() -> expect(bob).toHear(alice))
        .isInstanceOf(ScriptException.class)
        .hasMessage(
            "expected bob to hear alice, not so after 30 ms: alice encrypts with key 5 (%s); bob"
                + " last received key 4 (%s) and last heard it under key 4 (%s)",
            NEW.fingerprint().brief(), OLD.fingerprint().brief(), OLD.fingerprint().brief());
    see(new TraceEvent.FirstFrameHeard(bob.identity(), NEW, TrackKind.AUDIO));
    assertThatCode(() -> expect(bob).toHear(alice)).doesNotThrowAnyException();
  }

  @Test
  void anUnmetKeySaysWhichOnesCame_EXPECT_SAYS() {
    assertThatThrownBy(() -> expect(bob).toHaveKeyOf(alice))
        .hasMessage(
            "expected bob to have a key of alice, not so after 30 ms: it has received no key");
    see(new TraceEvent.KeyReceived(NEW, bob.identity()));
    assertThatCode(() -> expect(bob).toHaveKeyOf(alice)).doesNotThrowAnyException();
    assertThatThrownBy(() -> expect(bob).toHaveKeyOf(bob))
        .hasMessageContaining("it has received key 5 of " + alice.identity());
  }

  @Test
  void anUnmetRotationSaysWhatWasMade_EXPECT_SAYS() {
    see(new TraceEvent.KeyUsed(OLD));
    int mark = view.mark();
    see(new TraceEvent.KeyMade(NEW, KeyTraces.MEMBER_LEFT));
    assertThatThrownBy(() -> expect(alice).toHaveRotatedForALeaveSince(mark))
        .hasMessageContaining("since then it made key 5 of " + alice.identity())
        .hasMessageContaining("encrypts with key 4");
    see(new TraceEvent.KeyUsed(NEW));
    assertThatCode(() -> expect(alice).toHaveRotatedForALeaveSince(mark))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> expect(alice).toHaveRotatedForALeaveSince(view.mark()))
        .hasMessageContaining("it made no key for a leave");
  }

  private Expectation expect(Participant who) {
    return new Expectation(who, view, Duration.ofMillis(30));
  }

  private void see(TraceEvent event) {
    view.add(new TraceEntry(Instant.EPOCH, 0, event));
  }

  private static KeyRef key(int index, byte first) {
    byte[] material = new byte[16];
    material[0] = first;
    return new KeyRef("@alice:x:PHONE", index, 0, KeyFingerprint.of(material));
  }

  /** A participant that does nothing. */
  private record Silent(String name) implements ParticipantPort {
    @Override
    public ParticipantSpec spec() {
      return new ParticipantSpec(
          name, "", "@" + name + ":x", "", "PHONE", "", 0, 0, 1, "strict", 0, "all");
    }

    @Override
    public CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
      return new CompletableFuture<>();
    }

    @Override
    public void close() {}
  }
}
