package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
  private static final byte[] FRAME = new byte[40];

  private final MediaWorld world = new MediaWorld(1);
  private final MediaKey key = world.key();
  private final MediaKey newer = world.key();
  private final KeyRing sender = world.ring(MediaWorld.ZERO, key);
  private final KeyRing receiver = world.ring(MediaWorld.ZERO, key);

  private byte[] audio() {
    return MediaWorld.encrypt(sender, Codec.AUDIO, FRAME);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 256})
  void ringHas1To256Slots(int slots) {
    assertThat(KeyRingSettings.defaults().withSlots(slots).slots()).isEqualTo(slots);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    KeyRingSettings settings = KeyRingSettings.defaults();
    assertThatThrownBy(() -> settings.withSlots(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.withSlots(257)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.withKeyBits(192))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.withRatchetWindow(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.withRatchetWindow(65))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(settings.withRatchetWindow(64).ratchetWindow()).isEqualTo(64);
  }

  @Test
  void putAloneDoesNotChangeTheSendingKey() {
    sender.put(MediaWorld.ONE, newer);
    assertThat(audio()[FRAME.length + 29]).isZero();
    sender.use(MediaWorld.ONE);
    assertThat(audio()[FRAME.length + 29]).isEqualTo((byte) 1);
    assertThat(sender.currentIndex()).isEqualTo(MediaWorld.ONE);
  }

  @Test
  void keyR3_allTracksChangeGenerationAtOneBarrier() {
    FrameEncryptor audio = new FrameEncryptor(sender);
    FrameEncryptor video = new FrameEncryptor(sender);
    assertThat(MediaWorld.send(audio, Codec.AUDIO, FRAME)).isEqualTo(FrameStatus.OK);
    assertThat(audio.generation()).isZero();
    assertThat(sender.advance(MediaWorld.ZERO, 2)).isEqualTo(2);
    assertThat(MediaWorld.send(audio, Codec.AUDIO, FRAME)).isEqualTo(FrameStatus.OK);
    assertThat(MediaWorld.send(video, Codec.VP8, FRAME)).isEqualTo(FrameStatus.OK);
    assertThat(List.of(audio.generation(), video.generation())).containsExactly(2, 2);
  }

  @Test
  void keyR3_previousGenerationIsAcceptedForTwoSeconds() {
    byte[] late = audio();
    byte[] later = audio();
    sender.advance(MediaWorld.ZERO, 2);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    assertThat(receiver.generation(MediaWorld.ZERO)).hasValue(2);
    world.sleepMillis(1_999);
    assertThat(MediaWorld.receive(receiver, late)).isEqualTo(FrameStatus.OK);
    world.sleepMillis(1);
    assertThat(MediaWorld.receive(receiver, later)).isEqualTo(FrameStatus.NOT_AUTHENTIC);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
  }

  @Test
  void keyR1_materialTwoStepsOnOpensNothingThatWasSentBefore() {
    byte[] before = audio();
    sender.advance(MediaWorld.ZERO, 2);
    try (MediaKey forJoiner = sender.copyKey(MediaWorld.ZERO);
        KeyRing joiner = world.ring(MediaWorld.ZERO, forJoiner)) {
      assertThat(MediaWorld.receive(joiner, before)).isEqualTo(FrameStatus.NOT_AUTHENTIC);
      assertThat(MediaWorld.receive(joiner, audio())).isEqualTo(FrameStatus.OK);
      assertThat(tryHalves(forJoiner, before)).isFalse();
    }
    sender.advance(MediaWorld.ZERO, 1);
    byte[] oneBefore = audio();
    sender.advance(MediaWorld.ZERO, 1);
    try (MediaKey oneStepOn = sender.copyKey(MediaWorld.ZERO)) {
      assertThat(tryHalves(oneStepOn, oneBefore)).as("the attack itself works").isTrue();
    }
  }

  /** The attack: each half of the material as the AES key of a frame. */
  private static boolean tryHalves(MediaKey material, byte[] frame) {
    byte[] bytes = material.copyMaterial();
    byte[] out = new byte[frame.length];
    for (int half = 0; half < 2; half++) {
      FrameKey guess = FrameKey.owning(Arrays.copyOfRange(bytes, 16 * half, 16 * half + 16));
      int ivOff = frame.length - 14;
      if (new FrameCipher().open(guess, frame, ivOff, frame, 0, 1, frame, 1, ivOff - 1, out, 0)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void advanceIsOneOrTwoStepsOfAKeyThatIsThere() {
    assertThatThrownBy(() -> sender.advance(MediaWorld.ZERO, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sender.advance(MediaWorld.ZERO, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sender.advance(MediaWorld.ONE, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> sender.copyKey(MediaWorld.ONE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keyRetire_olderIndexesAreDropped10SecondsAfterTheFirstFrameUnderANewerOne() {
    byte[] old = audio();
    receiver.put(MediaWorld.ONE, newer);
    sender.put(MediaWorld.ONE, newer);
    sender.use(MediaWorld.ONE);
    world.sleepMillis(60_000);
    assertThat(MediaWorld.receive(receiver, old))
        .as("no newer frame yet")
        .isEqualTo(FrameStatus.OK);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    world.sleepMillis(9_999);
    assertThat(MediaWorld.receive(receiver, old)).isEqualTo(FrameStatus.OK);
    world.sleepMillis(1);
    assertThat(MediaWorld.receive(receiver, old)).isEqualTo(FrameStatus.NO_KEY);
    assertThat(receiver.has(MediaWorld.ZERO)).isFalse();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    KeySlot slot = receiver.slot(1);
    receiver.sweep();
    assertThat(receiver.slot(1)).isSameAs(slot);
  }

  @Test
  void keyRetire_aRetiredKeyIsNotTakenAgainAndRetiresNoOther_ours() {
    byte[] old = audio();
    receiver.put(MediaWorld.ZERO, key);
    assertThat(MediaWorld.receive(receiver, old))
        .as("before it is retired")
        .isEqualTo(FrameStatus.OK);
    receiver.put(MediaWorld.ONE, newer);
    sender.put(MediaWorld.ONE, newer);
    sender.use(MediaWorld.ONE);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    world.sleepMillis(10_000);
    receiver.put(MediaWorld.ZERO, key);
    receiver.put(MediaWorld.ONE, newer);
    assertThat(MediaWorld.receive(receiver, old)).isEqualTo(FrameStatus.NO_KEY);
    world.sleepMillis(10_000);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    receiver.put(MediaWorld.ZERO, newer);
    assertThat(receiver.has(MediaWorld.ZERO)).as("another key at that index").isTrue();
  }

  @Test
  void keyRetire_unauthenticFrameUnderTheNewerIndexRetiresNothing() {
    receiver.put(MediaWorld.ONE, newer);
    byte[] forged = audio();
    forged[forged.length - 1] = 1;
    assertThat(MediaWorld.receive(receiver, forged)).isEqualTo(FrameStatus.NOT_AUTHENTIC);
    world.sleepMillis(60_000);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
  }

  @Test
  void keyRetire_neverWhenSwitchedOff() {
    KeyRing keeps = world.ring(KeyRingSettings.defaults().withRetireAfter(null));
    keeps.put(MediaWorld.ZERO, key);
    keeps.put(MediaWorld.ONE, newer);
    byte[] old = audio();
    sender.put(MediaWorld.ONE, newer);
    sender.use(MediaWorld.ONE);
    assertThat(MediaWorld.receive(keeps, audio())).isEqualTo(FrameStatus.OK);
    world.sleepMillis(Duration.ofDays(1).toMillis());
    assertThat(MediaWorld.receive(keeps, old)).isEqualTo(FrameStatus.OK);
  }

  @Test
  void keyRetire_framesOfANonMemberAreRefusedAndItsKeysKept60Seconds() {
    receiver.suspend();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.SENDER_SUSPENDED);
    world.sleepMillis(30_000);
    receiver.suspend();
    world.sleepMillis(29_999);
    receiver.resume();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    receiver.suspend();
    world.sleepMillis(60_000);
    receiver.resume();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.NO_KEY);
  }

  @Test
  void sameKeyAgainKeepsItsGeneration_ours() {
    sender.advance(MediaWorld.ZERO, 2);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    receiver.put(MediaWorld.ZERO, key);
    assertThat(receiver.generation(MediaWorld.ZERO)).hasValue(2);

    KeyRing js = world.ring(KeyRingSettings.likeLiveKitClient());
    js.put(MediaWorld.ZERO, key);
    js.advance(MediaWorld.ZERO, 1);
    js.put(MediaWorld.ZERO, key);
    assertThat(js.generation(MediaWorld.ZERO)).as("put again").hasValue(0);
    js.put(MediaWorld.ONE, newer);
    js.advance(MediaWorld.ZERO, 1);
    js.advance(MediaWorld.ONE, 2);
    js.repost();
    assertThat(js.generation(MediaWorld.ZERO)).as("re-posted").hasValue(0);
    assertThat(js.generation(MediaWorld.ONE)).as("re-posted").hasValue(0);
    receiver.repost();
    assertThat(receiver.generation(MediaWorld.ZERO)).hasValue(2);
  }

  private FrameKey frameKeyAt(int index) {
    return Objects.requireNonNull(receiver.slot(index)).installed().frameKey();
  }

  @Test
  void otherKeyAtTheIndexReplacesAndWipesTheOldOne() {
    FrameKey old = frameKeyAt(0);
    receiver.put(MediaWorld.ZERO, newer);
    assertThat(old.isDestroyed()).isTrue();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.NOT_AUTHENTIC);
    sender.put(MediaWorld.ZERO, newer);
    assertThat(MediaWorld.receive(receiver, audio())).as("at once").isEqualTo(FrameStatus.OK);
  }

  @Test
  void droppedAndClosedRingsWipeTheirKeys() {
    receiver.put(MediaWorld.ONE, newer);
    FrameKey zero = frameKeyAt(0);
    FrameKey one = frameKeyAt(1);
    receiver.drop(MediaWorld.ZERO);
    assertThat(zero.isDestroyed()).isTrue();
    assertThat(one.isDestroyed()).isFalse();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.NO_KEY);
    assertThat(MediaWorld.send(new FrameEncryptor(receiver), Codec.AUDIO, FRAME))
        .isEqualTo(FrameStatus.NO_KEY);
    receiver.close();
    assertThat(one.isDestroyed()).isTrue();
    assertThatThrownBy(() -> receiver.put(MediaWorld.ZERO, key))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ringKeepsItsOwnCopyOfTheKey() {
    key.destroy();
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
    sender.advance(MediaWorld.ZERO, 1);
    assertThat(MediaWorld.receive(receiver, audio())).isEqualTo(FrameStatus.OK);
  }

  @Test
  void listenerHearsOfTheFirstAuthenticFrameAndOfGenerations() {
    List<String> heard = new ArrayList<>();
    receiver.setListener(
        new KeyRingListener() {
          @Override
          public void onFirstAuthenticFrame(KeyIndex index, int generation) {
            assertThat(Thread.holdsLock(receiver)).isFalse();
            heard.add("first " + index + " " + generation);
          }

          @Override
          public void onGeneration(KeyIndex index, int generation) {
            assertThat(Thread.holdsLock(receiver)).isFalse();
            heard.add("generation " + index + " " + generation);
          }
        });
    byte[] forged = audio();
    forged[5] ^= 1;
    MediaWorld.receive(receiver, forged);
    assertThat(heard).isEmpty();
    MediaWorld.receive(receiver, audio());
    MediaWorld.receive(receiver, audio());
    assertThat(heard).containsExactly("first 0 0");
    sender.advance(MediaWorld.ZERO, 2);
    MediaWorld.receive(receiver, audio());
    MediaWorld.receive(receiver, audio());
    assertThat(heard).containsExactly("first 0 0", "generation 0 2");
  }

  @Test
  void keyAge_firstUseAndFrameCountAreKept() {
    world.sleepMillis(5_000);
    assertThat(sender.firstUsed(MediaWorld.ZERO)).isEmpty();
    assertThat(sender.framesUsed(MediaWorld.ZERO)).isZero();
    audio();
    world.sleepMillis(5_000);
    audio();
    assertThat(sender.firstUsed(MediaWorld.ZERO)).contains(Instant.ofEpochSecond(5));
    assertThat(sender.framesUsed(MediaWorld.ZERO)).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(TrialMode.class)
  void aWindowOfZeroTriesNothing(TrialMode mode) {
    KeyRingSettings base =
        mode == TrialMode.WALK ? KeyRingSettings.defaults() : KeyRingSettings.likeLiveKitClient();
    KeyRing ring = world.ring(base.withRatchetWindow(0));
    ring.put(MediaWorld.ZERO, key);
    sender.advance(MediaWorld.ZERO, 1);
    assertThat(MediaWorld.receive(ring, audio())).isEqualTo(FrameStatus.NOT_AUTHENTIC);
    KeyRing control = world.ring(base.withRatchetWindow(1));
    control.put(MediaWorld.ZERO, key);
    assertThat(MediaWorld.receive(control, audio())).isEqualTo(FrameStatus.OK);
  }
}
