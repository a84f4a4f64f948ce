package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Carries this device's media key to other members, and theirs to us. Any thread may call. Retries
 * of the wire (429, 5xx, a lost answer) are its own business; what it reports is final.
 */
public interface KeyTransport extends AutoCloseable {

  /**
   * Sends a key. Reads {@code key} before it returns and keeps no reference to it.
   *
   * @return completes with an outcome for every member asked for; exceptionally only when closed
   */
  CompletionStage<Map<CallMember, Delivery>> send(MediaKey key, KeyIndex index, Set<CallMember> to);

  /** The name of the way that keys travel, for diagnostics. */
  KeyWay way();

  /** Media is not encrypted any more with the own key that was sent under {@code index}. */
  default void onRetired(KeyIndex index) {}

  /** Which other devices are in the call; told when that changes. */
  default void onMembers(Set<DeviceAddress> present) {}

  /**
   * Delivers what arrives, in arrival order, one call at a time.
   *
   * @return stops the delivery when closed
   */
  Subscription subscribe(Sink sink);

  @Override
  void close();

  /**
   * Own keys go by another way than before.
   *
   * @param devices to these
   * @param way from now on
   * @param reason for people
   * @param offersAgain whether what they were sent before did not reach them
   */
  record WayChange(Set<DeviceAddress> devices, KeyWay way, String reason, boolean offersAgain) {
    public WayChange {
      devices = Set.copyOf(devices);
    }
  }

  /** Receives keys and refusals. Must not block. */
  interface Sink {
    /** A key whose sender is authenticated and trusted enough. The sink owns {@code key.key()}. */
    void onKey(ReceivedKey key);

    /** A key that was not taken, and why. */
    void onRefused(KeyRefusal refusal);

    /** Own keys go to some devices by another way from now on. */
    default void onWayChanged(WayChange change) {}
  }

  /** A running delivery. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
