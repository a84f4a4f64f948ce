package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.time.Instant;
import java.util.Optional;

/** Whether this device can decrypt one member, and if not, why. */
public sealed interface RemoteKeyState {

  /**
   * A key is there.
   *
   * @param newest the index that arrived last
   * @param receivedAt when it arrived
   * @param evidence how its sender is known
   * @param way how it travelled
   * @param lastRefusal the last key of the device that was refused
   */
  record Held(
      KeyIndex newest,
      Instant receivedAt,
      SenderEvidence evidence,
      KeyWay way,
      Optional<KeyRefusal> lastRefusal)
      implements RemoteKeyState {}

  /**
   * No key came from the member.
   *
   * @param since when the member was learned of
   * @param lastRefusal the last key of the device that was refused
   */
  record Missing(Instant since, Optional<KeyRefusal> lastRefusal) implements RemoteKeyState {}
}
