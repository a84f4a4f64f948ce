package io.matrixrtc.e2ee;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The to-device events that the app has not acknowledged yet: those that were decrypted, and those
 * that came in the clear. An event enters the inbox in the transaction that moves its ratchet and
 * the sync token (INBOX-ATOMIC), so that a crash neither loses nor repeats it, and stays until
 * {@link OlmMachine#acknowledge} (INBOX-STAY): the app sees it at least once, under one id
 * (INBOX-ID). What was refused is not kept: it is told once, for diagnosis.
 *
 * <p>An app that opens a machine first handles what {@link #events} gives, then syncs. Used like
 * the machine whose inbox it is, from one thread at a time.
 */
public final class Inbox {
  /**
   * As many events wait for the app (INBOX-FULL). Beyond that nothing is dropped: the machine takes
   * no sync until the app has acknowledged enough. A sync that brings more than this by itself is
   * taken when the inbox is empty.
   */
  public static final int MAX_EVENTS = 10_000;

  private final CryptoStore store;
  private final InboxSeal seal;
  private final UnitOfWork work;
  private final SortedSet<Long> waiting;
  private long lastId;

  Inbox(CryptoStore store, RowSeal rows, UnitOfWork work) throws CryptoStoreException {
    this.store = store;
    this.seal = new InboxSeal(rows);
    this.work = work;
    this.waiting = new TreeSet<>(store.inboxIds());
    this.lastId = store.lastInboxId();
  }

  /** How many events wait for the app. */
  public int size() {
    return waiting.size();
  }

  /**
   * Returns up to {@code limit} waiting events with ids above {@code after} (0 for all), in the
   * order in which they came. Trust is what it was when they came.
   */
  public List<ToDeviceResult> events(long after, int limit) throws CryptoStoreException {
    List<ToDeviceResult> events = new ArrayList<>();
    for (StoredInboxEvent stored : store.inboxEvents(after, limit)) {
      events.add(seal.open(stored));
    }
    return List.copyOf(events);
  }

  /**
   * Whether the machine takes this sync. If not, the caller asks for no other, and gives it again
   * once the app has acknowledged events.
   */
  public boolean hasRoomFor(SyncChanges sync) {
    return hasRoomFor(sync.toDeviceEvents().size());
  }

  boolean hasRoomFor(int events) {
    return waiting.isEmpty() || events <= MAX_EVENTS - waiting.size();
  }

  /** Whether events of this type are handed to the app. */
  boolean isForApp(String type) {
    return !INTERNAL.contains(type);
  }

  /** Events that the machine deals with itself: the app is never handed one (INBOX-INTERNAL). */
  private static final Set<String> INTERNAL =
      Set.of(
          SecretMail.REQUEST,
          SecretMail.SEND,
          RoomKeyMail.REQUEST,
          RoomKeyMail.FORWARD,
          SecretMail.UNSTABLE_PUSH,
          SecretMail.PUSH);

  /** Returns the id of the next event; 0 if it is not for the app. */
  long nextId(String type) {
    return isForApp(type) ? ++lastId : ToDeviceResult.NOT_KEPT;
  }

  /** Keeps an event that has an id. */
  void keep(ToDeviceResult result) {
    result
        .inboxId()
        .ifPresent(
            id -> {
              work.changes().inboxEvent(new StoredInboxEvent(id, seal.seal(id, result)));
              waiting.add(id);
            });
  }

  /** Forgets events. Ids of none are ignored, so that it may be said again. */
  void acknowledge(Collection<Long> ids) {
    for (Long id : ids) {
      if (waiting.remove(id)) {
        work.changes().acknowledged(id);
      }
    }
  }
}
