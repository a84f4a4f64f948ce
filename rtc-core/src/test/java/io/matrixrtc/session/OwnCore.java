package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An {@link OwnMembershipCore} with everything it asked for, driven by hand. */
final class OwnCore {
  static final DeviceAddress OWN = new DeviceAddress("@alice:example.org", "AAAAAAA");
  static final Transport SFU =
      new Transport("livekit", MemberEvents.json("{'type':'livekit','livekit_service_url':'u'}"));
  static final JoinRequest REQUEST =
      new JoinRequest(List.of(SFU), JoinRequest.MULTI_SFU, Optional.of("audio"));

  final List<OwnMembershipEffect.Publish> published = new ArrayList<>();
  final List<OwnMembershipEffect.Schedule> scheduled = new ArrayList<>();
  final List<OwnMembershipEffect.Update> updated = new ArrayList<>();
  final List<OwnMembershipEvent> events = new ArrayList<>();
  final OwnMembershipCore core;
  Instant now = MemberEvents.T;

  /** Whether requests about delayed events are left for the test to answer. */
  private final boolean delayedEvents;

  private Optional<Instant> timer = Optional.empty();

  private OwnCore(SessionSettings settings, boolean delayedEvents) {
    this.core = new OwnMembershipCore(settings);
    this.delayedEvents = delayedEvents;
  }

  static SessionSettings settings() {
    return SessionSettings.roomCall("!r:example.org", "11", OWN);
  }

  /** On a homeserver without delayed events. */
  static OwnCore plain(SessionSettings settings) {
    return new OwnCore(settings, false);
  }

  /** The test answers requests about delayed events. */
  static OwnCore delayed(SessionSettings settings) {
    return new OwnCore(settings, true);
  }

  void take(List<OwnMembershipEffect> effects) {
    for (OwnMembershipEffect effect : effects) {
      if (effect instanceof OwnMembershipEffect.Publish publish) {
        published.add(publish);
      } else if (effect instanceof OwnMembershipEffect.Schedule schedule) {
        scheduled.add(schedule);
      } else if (effect instanceof OwnMembershipEffect.Update update) {
        updated.add(update);
      } else if (effect instanceof OwnMembershipEffect.Report report) {
        events.add(report.event());
      }
    }
    timer = core.nextWakeup();
    if (!delayedEvents && !scheduled.isEmpty()) {
      long id = scheduled.remove(scheduled.size() - 1).id();
      take(core.onScheduled(id, new ScheduleOutcome.Unsupported("no"), now));
    }
  }

  OwnMembershipEffect.Publish last() {
    return published.get(published.size() - 1);
  }

  ObjectNode content() {
    return last().event().content();
  }

  String stateKey() {
    return ((OutgoingEvent.State) last().event()).stateKey();
  }

  void join() {
    take(core.join(REQUEST, now));
  }

  void leave() {
    take(core.leave(now));
  }

  void update(JoinRequest request) {
    take(core.update(request, now));
  }

  void answer(PublishOutcome outcome) {
    take(core.onPublished(last().id(), outcome, now));
  }

  void succeed() {
    answer(new PublishOutcome.Published("$own" + last().id()));
  }

  /** The newest request to schedule the leave has this outcome. */
  void answer(ScheduleOutcome outcome) {
    take(core.onScheduled(scheduled.get(scheduled.size() - 1).id(), outcome, now));
  }

  /** The leave is scheduled. */
  void arm(String delayId) {
    answer(new ScheduleOutcome.Scheduled(new DelayId(delayId)));
  }

  /** The newest restart, send or cancel has this outcome. */
  void answer(DelayedUpdateOutcome outcome) {
    take(core.onUpdated(lastUpdate().id(), outcome, now));
  }

  void done() {
    answer(new DelayedUpdateOutcome.Done());
  }

  OwnMembershipEffect.Update lastUpdate() {
    return updated.get(updated.size() - 1);
  }

  /** Whether the newest request about a delayed event is this. */
  void assertUpdate(int count, DelayedAction action, String delayId) {
    assertThat(updated).hasSize(count);
    assertThat(lastUpdate().action()).isEqualTo(action);
    assertThat(lastUpdate().delayId().value()).isEqualTo(delayId);
  }

  /** The last published membership comes back in sync, created at {@code at}. */
  void seen(Instant at) {
    take(core.onMembers(List.of(membership("$own" + last().id(), at)), true, now));
  }

  void gone() {
    take(core.onMembers(List.of(), true, now));
  }

  /** Time passes, and timers fire. */
  void pass(Duration duration) {
    Instant until = now.plus(duration);
    int wakeups = 0;
    while (timer.filter(at -> !at.isAfter(until)).isPresent()) {
      Instant due = timer.get();
      assertThat(wakeups++).as("wakeups without end").isLessThan(1_000_000);
      now = due.isAfter(now) ? due : now;
      take(core.onWakeup(due, now));
    }
    now = until;
  }

  /** When something is sent next, if nothing else happens. */
  Duration untilNextRequest() {
    Instant start = now;
    int before = requests();
    while (requests() == before) {
      Instant due = timer.orElseThrow();
      now = due.isAfter(now) ? due : now;
      take(core.onWakeup(due, now));
      assertThat(Duration.between(start, now)).isLessThan(Duration.ofDays(1));
    }
    return Duration.between(start, now);
  }

  private int requests() {
    return published.size() + scheduled.size() + updated.size();
  }

  Status status() {
    return core.status();
  }

  <E> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<Boolean> probablyLeft() {
    return events(OwnMembershipEvent.ProbablyLeft.class).stream()
        .map(OwnMembershipEvent.ProbablyLeft::value)
        .toList();
  }

  static Membership membership(String eventId, Instant createdAt) {
    return new Membership(
        eventId,
        MembershipForm.STATE,
        OWN,
        SlotId.ROOM_CALL,
        "id",
        createdAt,
        createdAt,
        Optional.empty(),
        "id",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        MemberEvents.json("{}"));
  }
}
