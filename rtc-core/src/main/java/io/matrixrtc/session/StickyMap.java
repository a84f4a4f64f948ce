package io.matrixrtc.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sticky membership events of a room that count: of those of one sender with one key the newest
 * (MSC4354, "ephemeral map"). Earlier ones are kept for the case that it is redacted.
 */
final class StickyMap {
  /** As many events of one key are kept; the oldest goes (STICKY-BOUND). */
  static final int MAX_PER_KEY = 8;

  /** As many keys of one sender are kept; the one whose newest event is oldest goes. */
  static final int MAX_KEYS_PER_USER = 64;

  /** STICKY-WINNER: what lasts longest counts, of equal ones the higher event id. */
  private static final Comparator<Filed> OLDEST_FIRST =
      Comparator.comparing(
              (Filed filed) -> filed.event.originServerTs().plus(filed.event.duration()))
          .thenComparing(filed -> filed.event.eventId());

  private final boolean drafts;
  private final Map<Key, List<Filed>> events = new LinkedHashMap<>();

  /** An event without a key supersedes nothing, so it has a place of its own. */
  private record Key(String sender, Optional<String> stickyKey, String eventId) {
    static Key of(StickyMemberEvent event) {
      Optional<String> key = event.stickyKey();
      return new Key(event.sender(), key, key.isPresent() ? "" : event.eventId());
    }
  }

  private record Filed(StickyMemberEvent event, MembershipReading reading) {}

  StickyMap(boolean drafts) {
    this.drafts = drafts;
  }

  /** Takes an event in, once, unless it is no longer sticky. */
  void file(StickyMemberEvent event, Instant now) {
    drop(now);
    List<Filed> ofKey = events.getOrDefault(Key.of(event), List.of());
    if (!event.stickyUntil().isAfter(now)
        || ofKey.stream().anyMatch(other -> other.event.eventId().equals(event.eventId()))) {
      return;
    }
    List<Filed> all = new ArrayList<>(ofKey);
    all.add(new Filed(event, StickyMembershipParser.read(event, drafts, joinedAt(event, ofKey))));
    all.sort(OLDEST_FIRST);
    events.put(Key.of(event), all.size() > MAX_PER_KEY ? all.subList(1, all.size()) : all);
    bound(event.sender());
  }

  /**
   * G2-JOINED: content does not say when a participation began, since js-sdk names the previous
   * event under a key that nobody reads. It began with the first event of this member since the
   * last leave.
   */
  private static Instant joinedAt(StickyMemberEvent event, List<Filed> ofKey) {
    if (!ofKey.isEmpty()
        && ofKey.get(ofKey.size() - 1).reading instanceof MembershipReading.Joined before
        && event
            .content()
            .path("member")
            .path("id")
            .asText()
            .equals(before.membership().memberId())) {
      return before.membership().joinedAt();
    }
    return Instant.ofEpochMilli(Fields.cut(event.originServerTs().toEpochMilli()));
  }

  /** Forgets events; the one before counts again. */
  void redact(Collection<String> eventIds) {
    events.replaceAll(
        (key, filed) ->
            filed.stream().filter(one -> !eventIds.contains(one.event.eventId())).toList());
    events.values().removeIf(List::isEmpty);
  }

  /** What counts at {@code now}. */
  List<RoomCallState.ReadEvent> current(Instant now) {
    drop(now);
    return events.values().stream()
        .map(filed -> filed.get(filed.size() - 1))
        .map(filed -> new RoomCallState.ReadEvent(filed.event, filed.reading))
        .toList();
  }

  /** What counted until its end leaves nothing behind: no leave brings back an earlier join. */
  private void drop(Instant now) {
    events
        .values()
        .removeIf(filed -> !filed.get(filed.size() - 1).event.stickyUntil().isAfter(now));
  }

  private void bound(String sender) {
    List<Key> keys = events.keySet().stream().filter(key -> key.sender.equals(sender)).toList();
    if (keys.size() > MAX_KEYS_PER_USER) {
      keys.stream().min(Comparator.comparing(this::newest, OLDEST_FIRST)).ifPresent(events::remove);
    }
  }

  private Filed newest(Key key) {
    List<Filed> filed = events.getOrDefault(key, List.of());
    return filed.get(filed.size() - 1);
  }
}
