package io.matrixrtc.client;

import io.matrixrtc.e2ee.ToDeviceResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hands to-device events on to those who listen, each at least once: first those that an earlier
 * run received and that nobody acknowledged. Runs on the client's scheduler.
 */
final class InboxDelivery {
  /** As many events of the inbox are in memory at a time. */
  private static final int PAGE = 100;

  private final CryptoPump pump;
  private final Acknowledgement mode;
  private final Consumer<ToDeviceResult> listeners;

  InboxDelivery(CryptoPump pump, Acknowledgement mode, Consumer<ToDeviceResult> listeners) {
    this.pump = pump;
    this.mode = mode;
    this.listeners = listeners;
  }

  /** Hands on what waits in the inbox of the store. */
  void redeliver() {
    long[] last = {0};
    List<ToDeviceResult> page = new ArrayList<>();
    do {
      page.clear();
      pump.use(
          (m, now) -> page.addAll(m.inbox().events(last[0], PAGE)),
          () -> handOn(List.copyOf(page)),
          why -> {});
      ids(page).forEach(id -> last[0] = id);
    } while (!page.isEmpty());
  }

  /** Hands on what was refused until its sender was trusted (TD-HELD). */
  void handOnTrusted() {
    List<ToDeviceResult> trusted = new ArrayList<>();
    pump.use(
        (m, now) -> trusted.addAll(m.takeTrustedEvents(now)), () -> handOn(trusted), why -> {});
  }

  /** Tells all listeners, whatever they throw. */
  void handOn(List<ToDeviceResult> results) {
    results.forEach(listeners);
    if (mode == Acknowledgement.AFTER_LISTENERS) {
      acknowledge(ids(results));
    }
  }

  /** Takes events from the inbox (INBOX-STAY). */
  void acknowledge(Collection<Long> ids) {
    if (!ids.isEmpty()) {
      pump.use((m, now) -> m.acknowledge(ids), why -> {});
    }
  }

  /** Whether the inbox takes what {@code answer} brings (INBOX-FULL); yes if it cannot be asked. */
  boolean hasRoomFor(SyncAnswer answer) {
    boolean[] room = {true};
    pump.use((m, now) -> room[0] = m.inbox().hasRoomFor(answer.crypto()), why -> {});
    return room[0];
  }

  private static List<Long> ids(List<ToDeviceResult> results) {
    return results.stream().flatMapToLong(result -> result.inboxId().stream()).boxed().toList();
  }
}
