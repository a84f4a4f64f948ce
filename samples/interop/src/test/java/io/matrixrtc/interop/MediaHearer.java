package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** A participant of another implementation that decrypts and decodes media. */
interface MediaHearer {
  Duration SOON = Duration.ofSeconds(40);
  Duration OFTEN = Duration.ofMillis(500);
  int ENOUGH_FRAMES = 15;
  double SOME_ENERGY = 0.005;

  /** Its name at the SFU. */
  String identity();

  /** How many video frames of a participant were decoded. */
  int framesSeen(String from) throws InterruptedException;

  /** The energy of all audio that was decoded of a participant. */
  double energyHeard(String from) throws InterruptedException;

  /** Has decoded enough of a track of a participant. */
  default void assertGets(Media media, String from) throws InterruptedException {
    if (media == Media.VIDEO) {
      assertThat(framesSeen(from))
          .as("pictures of %s at %s", from, identity())
          .isGreaterThanOrEqualTo(ENOUGH_FRAMES);
    } else {
      assertThat(energyHeard(from))
          .as("sound of %s at %s", from, identity())
          .isGreaterThan(SOME_ENERGY);
    }
  }

  /** Waits until it has decoded sound and pictures of a participant. */
  default void awaitMedia(String from) {
    await()
        .atMost(SOON)
        .pollInterval(OFTEN)
        .untilAsserted(
            () -> {
              for (Media media : Media.values()) {
                assertGets(media, from);
              }
            });
  }
}
