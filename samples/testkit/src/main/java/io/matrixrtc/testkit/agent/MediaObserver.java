package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.testkit.media.TrackKind;

/** Told what happens to one participant's frames, on its media threads. Must not block. */
interface MediaObserver {
  /** The first own frame under a key went out. */
  void onFirstFrameSent(int keyIndex, TrackKind track);

  /** The first frame of a sender under a key was decrypted. */
  void onFirstFrameHeard(String sender, int keyIndex, TrackKind track);

  /** A frame of a sender could not be decrypted; the first of a row with the same status. */
  void onFrameLost(String sender, FrameStatus status);

  /** A decrypted frame differs from the source frame of its number: never to happen. */
  void onFrameDiffers(String sender, TrackKind track, long sequence);
}
