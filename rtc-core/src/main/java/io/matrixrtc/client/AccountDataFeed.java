package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.ToDeviceChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells those who asked for it of the account's own data as syncs bring it (SYNC-ACCOUNT). */
final class AccountDataFeed {
  private static final Logger LOG = LoggerFactory.getLogger(AccountDataFeed.class);

  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

  private record Subscriber(String type, Consumer<ObjectNode> receiver) {}

  ToDeviceChannel.Subscription subscribe(String type, Consumer<ObjectNode> receiver) {
    Subscriber subscriber = new Subscriber(type, receiver);
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }

  void onSync(SyncAnswer answer) {
    for (Subscriber subscriber : subscribers) {
      ObjectNode content = answer.accountData().get(subscriber.type);
      if (content != null) {
        try {
          subscriber.receiver.accept(content.deepCopy());
        } catch (RuntimeException e) {
          LOG.error("A listener to account data failed", e);
        }
      }
    }
  }
}
