package io.matrixrtc.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The part of a room's state that the session of one slot is computed from. */
final class RoomCallState {
  /** As many memberships of one user are kept; the oldest event goes (G1-BOUND). */
  static final int MAX_PER_USER = 64;

  private final SlotId slot;
  private final MemberSources sources;
  private final Map<String, ReadEvent> events = new LinkedHashMap<>();
  private final StickyMap sticky;
  private final Set<String> joined = new HashSet<>();
  private Optional<SlotEvent> slotEvent = Optional.empty();
  private boolean encrypted;

  /** An event and what it says. */
  record ReadEvent(MemberEvent event, MembershipReading reading) {}

  RoomCallState(SlotId slot, MemberSources sources) {
    this.slot = slot;
    this.sources = sources;
    this.sticky = new StickyMap(sources.drafts());
  }

  /**
   * Takes an update in.
   *
   * @return whether there may be devices now that cannot read what was encrypted before: of users
   *     who joined the room, or whose devices changed (G2-LATE)
   */
  boolean apply(RoomUpdate update, Instant now) {
    encrypted |= update.encrypted();
    boolean late =
        encrypted
            && (!joined.containsAll(update.joined())
                || update.devicesChanged().stream().anyMatch(joined::contains));
    joined.removeAll(update.notJoined());
    joined.addAll(update.joined());
    update.events().forEach(this::apply);
    update.sticky().forEach(event -> sticky.file(event, now));
    update.slots().stream()
        .filter(event -> event.slotId().equals(slot.toString()))
        .forEach(event -> slotEvent = Optional.of(event));
    if (!update.redacted().isEmpty()) {
      events.values().removeIf(read -> update.redacted().contains(read.event().eventId()));
      sticky.redact(update.redacted());
    }
    return late;
  }

  SlotId slot() {
    return slot;
  }

  MemberSources sources() {
    return sources;
  }

  /** The current events: at most one of each state key, and of each sender's sticky key. */
  List<ReadEvent> events(Instant now) {
    List<ReadEvent> all = new ArrayList<>(events.values());
    all.addAll(sticky.current(now));
    return all;
  }

  /** Whether there is a membership under a state key, valid or not. */
  boolean holds(String stateKey) {
    return events.containsKey(stateKey);
  }

  boolean isInRoom(String userId) {
    return joined.contains(userId);
  }

  /** SLOT-CLOSED: a slot without a slot event is closed to drafts alone. */
  boolean isClosedTo(MembershipForm form) {
    return form.isSticky()
        && slotEvent.map(event -> !event.opens(slot)).orElse(form == MembershipForm.STICKY_DRAFT);
  }

  private void apply(CallMemberEvent event) {
    events.remove(event.stateKey());
    if (!event.isEmpty()) {
      events.put(event.stateKey(), new ReadEvent(event, StateMembershipParser.read(event)));
      boundOf(event.sender());
    }
  }

  private void boundOf(String sender) {
    List<Map.Entry<String, ReadEvent>> ofUser =
        events.entrySet().stream()
            .filter(entry -> entry.getValue().event().sender().equals(sender))
            .toList();
    if (ofUser.size() > MAX_PER_USER) {
      ofUser.stream()
          .min(Comparator.comparing(entry -> entry.getValue().event().originServerTs()))
          .ifPresent(oldest -> events.remove(oldest.getKey()));
    }
  }
}
