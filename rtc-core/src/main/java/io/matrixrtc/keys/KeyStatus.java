package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.util.Map;
import java.util.Optional;

/**
 * Who has my key, whose key do I lack, and why, at one moment.
 *
 * @param used the index that own media is encrypted under; empty before the first key
 * @param newest the index of the newest own key; differs from {@code used} during a rotation
 * @param rotationOwed whether a rotation failed for everyone and is being repeated
 * @param deliveries how far each member present has got the newest own key; a member that was not
 *     offered it yet is missing
 * @param remote whether each member present can be decrypted
 * @param frames frames of each member present, where the media layer counts them
 * @param earlyKeys how many keys of devices that are not in the call are held
 */
public record KeyStatus(
    Optional<KeyIndex> used,
    Optional<KeyIndex> newest,
    boolean rotationOwed,
    Map<CallMember, DeliveryState> deliveries,
    Map<CallMember, RemoteKeyState> remote,
    Map<CallMember, FrameTally> frames,
    int earlyKeys) {
  /** Before the join and after the leave. */
  public static final KeyStatus NONE =
      new KeyStatus(Optional.empty(), Optional.empty(), false, Map.of(), Map.of(), Map.of(), 0);

  public KeyStatus {
    deliveries = Map.copyOf(deliveries);
    remote = Map.copyOf(remote);
    frames = Map.copyOf(frames);
  }

  KeyStatus withFrames(Map<CallMember, FrameTally> counted) {
    return new KeyStatus(used, newest, rotationOwed, deliveries, remote, counted, earlyKeys);
  }
}
