package io.matrixrtc.e2ee;

import java.util.List;
import java.util.SortedSet;

/** The durable inbox of to-device events, as a part of the {@link CryptoStore}. */
public interface InboxStore {
  /** The ids of all events that are not acknowledged yet. */
  SortedSet<Long> inboxIds() throws CryptoStoreException;

  /** Up to {@code limit} events with ids above {@code after}, in the order of their ids. */
  List<StoredInboxEvent> inboxEvents(long after, int limit) throws CryptoStoreException;

  /** The highest id that any event ever had, acknowledged ones included; 0 if there was none. */
  long lastInboxId() throws CryptoStoreException;
}
