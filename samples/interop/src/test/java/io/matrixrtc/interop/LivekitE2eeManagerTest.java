package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Why a call with an Element Call user in it rotates keys instead of ratcheting them (KEY-R0): what
 * livekit-client's own E2EEManager does with a sender's steps once somebody else publishes.
 */
@Tag("interop")
class LivekitE2eeManagerTest {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final Duration OFTEN = Duration.ofMillis(300);
  private static final String ROOM = "call";
  private static final String US = "@alice:localhost:OURS";
  private static final int INDEX = 5;
  private static final int FRAMES = 20;
  // The first ones may come before the receiver has set the track up.
  private static final int NEARLY_ALL = FRAMES - 5;

  private final SecureRandom random = new SecureRandom();

  private String newKey() {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  @Test
  void twoStepsAreFollowedUntilAThirdParticipantPublishesAndANewIndexIsWhateverHappens()
      throws Exception {
    String name = "LivekitE2eeManagerTest";
    try (Sfu sfu = Sfu.start(name);
        Browser browser = Browser.start(name)) {
      Browser.Page bob = browser.open("@bob:localhost:BOB");
      Browser.Page carol = browser.open("@carol:localhost:CAROL");
      String ourKey = newKey();
      String bobsKey = newKey();
      bob.key(bob.identity(), INDEX, bobsKey);
      carol.key(carol.identity(), INDEX, newKey());
      bob.key(US, INDEX, ourKey);
      bob.join(sfu.login(bob.identity(), ROOM), true);
      carol.join(sfu.login(carol.identity(), ROOM), true);
      bob.publish(false, true);

      try (RawParticipant raw = sfu.raw(US, ROOM);
          KeyRing theirs = MediaKeys.ring(List.of());
          KeyRing ours = MediaKeys.ring(List.of())) {
        MediaKeys.put(theirs, INDEX, bobsKey);
        MediaKeys.put(ours, INDEX, ourKey);
        await().atMost(SOON).until(() -> raw.gets(bob.identity(), Media.VIDEO));
        FrameDecryptor decryptor = new FrameDecryptor(theirs);
        List<EncodedFrame> pictures =
            raw.record(bob.identity(), Media.VIDEO, FRAMES).stream()
                .map(frame -> frame.opened(decryptor))
                .toList();
        raw.publish(Media.VIDEO);
        await().atMost(SOON).until(() -> !bob.received(US).isEmpty());

        // Played until the first pictures are there; from then on every frame counts.
        await().atMost(SOON).until(() -> seen(bob, raw, sealed(pictures, ours)) >= NEARLY_ALL);
        assertThat(bob.ratchets()).isZero();
        for (int step = 1; step <= 2; step++) {
          ours.advance(new KeyIndex(INDEX), 1);
          assertThat(seen(bob, raw, sealed(pictures, ours)))
              .as("pictures after step %d", step)
              .isGreaterThanOrEqualTo(NEARLY_ALL);
          assertThat(bob.ratchets()).isEqualTo(step);
        }
        // Control: nobody has published meanwhile, and it keeps up.
        assertThat(seen(bob, raw, sealed(pictures, ours))).isGreaterThanOrEqualTo(NEARLY_ALL);
        assertThat(bob.failures()).isEmpty();

        carol.publish(false, true);
        await().atMost(SOON).until(() -> bob.packets(carol.identity(), Media.VIDEO) > 0);
        assertThat(seen(bob, raw, sealed(pictures, ours))).as("after the publication").isZero();
        assertThat(bob.failures())
            .extracting(Browser.Failure::reason)
            .contains(Browser.Page.WRONG_KEY);

        String next = newKey();
        MediaKeys.put(ours, INDEX + 1, next);
        bob.key(US, INDEX + 1, next);
        assertThat(seen(bob, raw, sealed(pictures, ours))).isGreaterThanOrEqualTo(NEARLY_ALL);
        carol.publish(true, true);
        await().atMost(SOON).until(() -> bob.packets(carol.identity(), Media.AUDIO) > 0);
        assertThat(seen(bob, raw, sealed(pictures, ours))).isGreaterThanOrEqualTo(NEARLY_ALL);
      }
    }
  }

  private static List<EncodedFrame> sealed(List<EncodedFrame> frames, KeyRing ring) {
    FrameEncryptor encryptor = new FrameEncryptor(ring);
    return frames.stream().map(frame -> frame.sealed(encryptor)).toList();
  }

  /** How many of these frames a page decodes: sends them once, and waits until all have come. */
  private static int seen(Browser.Page page, RawParticipant raw, List<EncodedFrame> frames)
      throws InterruptedException {
    int seenBefore = page.framesSeen(US);
    int before = page.packets(US, Media.VIDEO);
    raw.play(Media.VIDEO, frames, 1);
    await().atMost(SOON).pollInterval(OFTEN).until(() -> page.packets(US, Media.VIDEO) > before);
    int[] last = {-1};
    // All is decoded, or given up, once the count stands still.
    await()
        .atMost(SOON)
        .pollInterval(OFTEN)
        .until(
            () -> {
              int seen = page.framesSeen(US);
              boolean still = seen == last[0];
              last[0] = seen;
              return still;
            });
    return last[0] - seenBefore;
  }
}
