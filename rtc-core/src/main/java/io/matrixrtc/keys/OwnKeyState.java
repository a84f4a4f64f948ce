package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.time.Instant;
import java.util.Set;

/** What a {@link RotationPolicy} knows about this device's own key. */
public sealed interface OwnKeyState {

  /** No key was made since the join. */
  record None() implements OwnKeyState {}

  /**
   * The newest key, used or about to be used.
   *
   * @param index its index
   * @param createdAt when it was made
   * @param offered every participation that a message with the key was made for, delivered or not;
   *     read-only
   * @param used whether media is encrypted with it already
   */
  record Held(KeyIndex index, Instant createdAt, Set<CallMember> offered, boolean used)
      implements OwnKeyState {}
}
