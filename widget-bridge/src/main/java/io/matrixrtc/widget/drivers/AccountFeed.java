package io.matrixrtc.widget.drivers;

import io.matrixrtc.client.ClientEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The listener to give to an {@link io.matrixrtc.client.EncryptedClient} whose account hosts
 * widgets: tells everyone who follows. Any thread may follow.
 */
public final class AccountFeed implements Consumer<ClientEvent> {
  private final List<Consumer<ClientEvent>> followers = new CopyOnWriteArrayList<>();

  /** Tells {@code follower}, which must not block, of each event from now on. */
  public void follow(Consumer<ClientEvent> follower) {
    followers.add(follower);
  }

  /** No longer. */
  public void unfollow(Consumer<ClientEvent> follower) {
    followers.remove(follower);
  }

  @Override
  public void accept(ClientEvent event) {
    followers.forEach(follower -> follower.accept(event));
  }
}
