package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.KeyRing;
import java.util.List;

/**
 * Our media layer without codecs: opens what another participant sends, seals it again under our
 * own key, and sends it as ours. So each side decrypts what the other one encrypted.
 */
final class Mirror {
  private static final int FRAMES = 30;

  private Mirror() {}

  /**
   * Mirrors two seconds and less of each track, again and again until all hearers have decoded
   * enough of it: nobody can tell how long they take to set a track up.
   *
   * @param us at the SFU
   * @param from whose media is mirrored
   * @param theirs their keys
   * @param ours our keys
   * @param hearers who is to hear and see {@code as}
   * @param as our name at the SFU
   */
  static void play(
      RawParticipant us,
      String from,
      List<CallKey> theirs,
      List<CallKey> ours,
      List<? extends MediaHearer> hearers,
      String as)
      throws InterruptedException {
    play(
        us,
        from,
        theirs,
        ours,
        media -> {
          for (MediaHearer hearer : hearers) {
            hearer.assertGets(media, as);
          }
        });
  }

  /** Fails as long as there must be more of a kind of media. */
  interface Check {
    void isEnough(Media media) throws InterruptedException;
  }

  /** As the other one, until the check passes. */
  static void play(
      RawParticipant us, String from, List<CallKey> theirs, List<CallKey> ours, Check check)
      throws InterruptedException {
    try (KeyRing opening = MediaKeys.ring(theirs);
        KeyRing sealing = MediaKeys.ring(ours)) {
      for (Media media : Media.values()) {
        await().atMost(MediaHearer.SOON).until(() -> us.gets(from, media));
        List<EncodedFrame> recorded = us.record(from, media, FRAMES);
        FrameDecryptor decryptor = new FrameDecryptor(opening);
        List<EncodedFrame> opened =
            recorded.stream().map(frame -> frame.opened(decryptor)).toList();
        assertThat(recorded.get(FRAMES / 2).tried(new FrameDecryptor(sealing)))
            .as("a frame of theirs under our key")
            .isIn(FrameStatus.NO_KEY, FrameStatus.NOT_AUTHENTIC);
        FrameEncryptor encryptor = new FrameEncryptor(sealing);
        us.publish(media);
        List<EncodedFrame> sealed = opened.stream().map(frame -> frame.sealed(encryptor)).toList();
        await()
            .atMost(MediaHearer.SOON)
            .pollInterval(MediaHearer.OFTEN)
            .pollInSameThread() // a hearer may belong to this one
            .untilAsserted(
                () -> {
                  us.play(media, sealed, 1);
                  check.isEnough(media);
                });
      }
    }
  }
}
