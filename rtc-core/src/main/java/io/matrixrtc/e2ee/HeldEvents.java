package io.matrixrtc.e2ee;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Events of devices that were not known, or not trusted enough, when they came (TD-HELD): a new
 * device often writes before its owner has signed it, and does not write again. They are in memory
 * only, at most {@value #MAX_EVENTS} of them, and those are as large as homeservers let them be.
 */
final class HeldEvents {
  /** As many are held for all senders together; the oldest goes. */
  static final int MAX_EVENTS = 256;

  /** As many are held for one device. */
  static final int MAX_EVENTS_PER_DEVICE = 16;

  /** As many are held for all devices of one user: anybody can have many devices. */
  static final int MAX_EVENTS_PER_USER = 64;

  /** An event of this age is dropped: as long as one may take to verify a new device. */
  static final Duration MAX_AGE = Duration.ofHours(1);

  private final Deque<Held> events = new ArrayDeque<>();
  private long judgedAtChange;

  /** Decrypted with a session of {@code from}. Equal to itself alone: payloads can be large. */
  static final class Held {
    private final OlmPayload payload;
    private final SenderKey from;
    private final Instant at;

    private Held(OlmPayload payload, SenderKey from, Instant at) {
      this.payload = payload;
      this.from = from;
      this.at = at;
    }

    OlmPayload payload() {
      return payload;
    }

    SenderKey from() {
      return from;
    }

    Instant at() {
      return at;
    }
  }

  int size() {
    return events.size();
  }

  void hold(OlmPayload payload, SenderKey from, Instant now) {
    makeRoom(MAX_EVENTS_PER_DEVICE, held -> held.from().equals(from));
    makeRoom(MAX_EVENTS_PER_USER, held -> held.from().userId().equals(from.userId()));
    makeRoom(MAX_EVENTS, held -> true);
    events.addLast(new Held(payload, from, now));
  }

  private void makeRoom(int limit, Predicate<Held> which) {
    if (events.stream().filter(which).count() >= limit) {
      Iterator<Held> oldest = events.iterator();
      while (!which.test(oldest.next())) {
        // not one of them
      }
      oldest.remove();
    }
  }

  /**
   * Returns what is held, oldest first, unless it was asked for with the same count of changes.
   *
   * @param changes how often anything changed that trust depends on
   */
  List<Held> toJudge(long changes, Instant now) {
    if (changes == judgedAtChange) {
      return List.of();
    }
    judgedAtChange = changes;
    events.removeIf(held -> !now.isBefore(held.at().plus(MAX_AGE)));
    return List.copyOf(events);
  }

  void remove(Held held) {
    events.remove(held);
  }
}
