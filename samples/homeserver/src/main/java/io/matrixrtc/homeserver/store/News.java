package io.matrixrtc.homeserver.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Passes on for whom a transaction has written something that a sync would show. Listeners hear of
 * it after the commit; never if the writes were undone.
 */
public final class News {
  /** Stands for all devices of the user. */
  public static final String ALL_DEVICES = "*";

  private final StateThread state;
  private final List<BiConsumer<String, String>> listeners = new ArrayList<>();

  public News(StateThread state) {
    this.state = state;
  }

  /** {@code listener} is called on the state thread with a user and a device. */
  public void listen(BiConsumer<String, String> listener) {
    listeners.add(listener);
  }

  public void forUser(String userId) {
    forDevice(userId, ALL_DEVICES);
  }

  public void forDevice(String userId, String deviceId) {
    state.afterCommit(() -> listeners.forEach(listener -> listener.accept(userId, deviceId)));
  }
}
