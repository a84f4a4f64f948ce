package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyStatistics;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One MatrixRTC session in one room: who is in it, this device's own membership, and the keys. Fed
 * with what the room says by {@link #onRoomUpdate}. Any thread may call; nothing blocks; all work
 * runs on one serial executor. May be joined again after a leave, until it is closed.
 */
public final class RtcSession implements CallInput, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RtcSession.class);

  /** A declined call is declined for this long on other devices (MSC4310). */
  private static final Duration DECLINE_STICKY = Duration.ofMinutes(2);

  /** A notification is sticky for this much longer than it counts, as in matrix-js-sdk. */
  private static final Duration NOTIFICATION_MARGIN = Duration.ofSeconds(20);

  private final SessionSettings settings;
  private final CallContext context;
  private final SerialScheduler scheduler;
  private final Consumer<SessionEvent> listener;
  private final @Nullable EncryptionManager encryption;

  private final RoomCallState room;
  private final OwnMembership own;
  private final Rings rings;
  private final Announcement announcement;
  private final NoticeSender notices;
  private final SessionCounters counters = new SessionCounters();
  private final Waiting waiting = new Waiting();
  private final WalkingReceivers walking = new WalkingReceivers();
  private final boolean walks;
  private MemberList list = MemberList.EMPTY;
  private Set<IgnoredEvent> ignored = Set.of();
  private SerialScheduler.@Nullable Timer timer;
  private boolean keysFlow;
  private boolean closed;

  /**
   * Prepares a session; nothing happens before the first call.
   *
   * @param publisher sends the own membership
   * @param encryption keys for this session, or empty for an unencrypted one
   * @param scheduler the serial executor of this session
   * @param listener told of events on that executor, one at a time; must not block
   */
  public RtcSession(
      SessionSettings settings,
      RoomStatePublisher publisher,
      Optional<EncryptionManager.Settings> encryption,
      SerialScheduler scheduler,
      Consumer<SessionEvent> listener) {
    this.settings = settings;
    this.context = settings.context();
    this.scheduler = scheduler;
    this.listener = listener;
    this.room = new RoomCallState(settings.slot(), settings.sources());
    this.rings = new Rings(settings.slot(), settings.own().userId());
    this.announcement = new Announcement(settings.own());
    PublisherCalls calls = new PublisherCalls(publisher, scheduler, context, LOG);
    this.notices = new NoticeSender(settings, calls, scheduler);
    this.own =
        new OwnMembership(
            settings, calls, scheduler, counters, this::onOwn, () -> membersChanged(false));
    this.walks = encryption.map(keys -> keys.sink().walksKeys()).orElse(false);
    this.encryption =
        encryption
            .map(
                keys ->
                    new EncryptionManager(
                        context,
                        keys,
                        scheduler,
                        event -> {
                          counters.on(event);
                          tell(new SessionEvent.Keys(event));
                        }))
            .orElse(null);
  }

  @Override
  public void onRoomUpdate(RoomUpdate update) {
    run(
        now -> {
          boolean late = room.apply(update, now);
          if (late && settings.sendSticky()) {
            own.onLateDevices();
          }
          compute(update.redacted(), true, now);
          update.notices().forEach(notice -> onNotice(notice, now));
        });
  }

  /**
   * Publishes the own membership; once that is done, keys go out. Keys of others are taken from now
   * on.
   */
  public CompletionStage<JoinResult> join(JoinRequest request) {
    CompletableFuture<JoinResult> result = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          if (closed) {
            result.complete(new JoinResult.Left());
          } else if (!own.canJoin()) {
            result.complete(new JoinResult.AlreadyJoined());
          } else {
            waiting.join(result);
            announcement.joining(request, list.members());
            own.join(announced(request));
          }
        });
    return result;
  }

  /** Says something else about this device, for example another intent. */
  public void update(JoinRequest changed) {
    run(now -> own.update(announced(changed)));
  }

  private JoinRequest announced(JoinRequest request) {
    return walks ? WalkingReceivers.announce(request) : request;
  }

  @Override
  public void onSynced() {
    if (encryption != null) {
      encryption.onSynced();
    }
  }

  @Override
  public void onBarredDevices(Map<DeviceAddress, String> devices) {
    if (encryption != null) {
      encryption.onBarredDevices(devices);
    }
  }

  /**
   * Devices whose receivers are known to walk from the key that they were given, besides those that
   * announce it (KEY-R0).
   */
  public void onWalkingReceivers(Set<DeviceAddress> devices) {
    Set<DeviceAddress> copy = Set.copyOf(devices);
    run(
        now -> {
          walking.told(copy);
          membersChanged(false);
        });
  }

  /**
   * Ends the own membership. Keys are wiped at once.
   *
   * @param timeout after this the stage completes with {@link LeaveResult.TimedOut}
   */
  public CompletionStage<LeaveResult> leave(Duration timeout) {
    CompletableFuture<LeaveResult> result = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          if (closed || own.status() == Status.DISCONNECTED) {
            result.complete(new LeaveResult.Left());
            return;
          }
          waiting.leave(result);
          SerialScheduler.Timer limit =
              scheduler.schedule(
                  scheduler.now().plus(timeout), () -> result.complete(new LeaveResult.TimedOut()));
          result.whenComplete((done, failure) -> limit.cancel());
          stopKeys();
          announcement.leaving();
          own.leave();
        });
    return result;
  }

  /**
   * Declines a call that this user was told of (MSC4310), on all its devices.
   *
   * @return completes with what became of it
   */
  public CompletionStage<PublishOutcome> decline(String notificationEventId) {
    CompletableFuture<PublishOutcome> result = new CompletableFuture<>();
    scheduler.execute(
        () ->
            notices.send(
                CallNoticeEvent.DECLINE,
                CallNoticeContent.decline(notificationEventId),
                DECLINE_STICKY,
                scheduler.now().plus(DECLINE_STICKY),
                result::complete));
    return result;
  }

  /** Who is in the session, the oldest membership first. */
  public CompletionStage<List<Membership>> members() {
    return ask(list::members);
  }

  /** The stage of the own membership. */
  public CompletionStage<Status> status() {
    return ask(own::status);
  }

  /** Everything about the session but its keys. */
  public CompletionStage<SessionSnapshot> snapshot() {
    return ask(
        () ->
            new SessionSnapshot(
                list.members(), list.ignored(), own.status(), own.isProbablyLeft(), own.delayId()));
  }

  /** What was counted so far. */
  public CompletionStage<SessionStatistics> statistics() {
    return ask(counters::statistics);
  }

  /** Who has my key, whose key do I lack, and why. */
  public CompletionStage<KeyStatus> keyStatus() {
    return encryption == null
        ? CompletableFuture.completedFuture(KeyStatus.NONE)
        : encryption.status();
  }

  /** What key distribution cost and how long it took. */
  public CompletionStage<KeyStatistics> keyStatistics() {
    return encryption == null
        ? CompletableFuture.completedFuture(KeyStatistics.NONE)
        : encryption.statistics();
  }

  /**
   * The key distribution of an encrypted session, to tell it what a session cannot know: who is
   * about to speak, whether to hold media when the view of the call is stale.
   */
  public Optional<EncryptionManager> encryption() {
    return Optional.ofNullable(encryption);
  }

  /** Sets every key in use once more, for a media layer that was rebuilt. */
  public void replayKeys() {
    if (encryption != null) {
      encryption.replayKeys();
    }
  }

  /**
   * Wipes every key and stops all work. Sends no leave: {@link #leave} first, or others see this
   * device until the server sends its leave, or its membership expires.
   */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          if (closed) {
            return;
          }
          closed = true;
          if (timer != null) {
            timer.cancel();
          }
          own.close();
          notices.close();
          if (encryption != null) {
            encryption.close();
          }
          waiting.closed();
        });
  }

  private <T> CompletionStage<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    scheduler.execute(() -> answer.complete(question.get()));
    return answer;
  }

  private void run(Consumer<Instant> task) {
    scheduler.execute(
        () -> {
          if (!closed) {
            task.accept(scheduler.now());
            setTimer();
          }
        });
  }

  private void compute(Collection<String> redacted, boolean fromSync, Instant now) {
    MemberList before = list;
    list = MemberList.of(room, now);
    List<SessionEvent> changes = SessionChanges.between(before.members(), list.members());
    counters.members(list.members().size());
    Set<IgnoredEvent> known = ignored;
    ignored = new HashSet<>(list.ignored());
    list.ignored().stream()
        .filter(event -> !known.contains(event))
        .forEach(event -> report(new SessionEvent.MemberIgnored(event)));
    changes.forEach(this::report);
    announcement.on(before.members(), list.members()).ifPresent(due -> announce(due, now));
    boolean ended = !before.members().isEmpty() && list.members().isEmpty();
    rings.check(this::isInCall, redacted, ended, now).forEach(this::report);
    membersChanged(fromSync);
  }

  private boolean isInCall(String userId) {
    return list.members().stream().anyMatch(member -> member.device().userId().equals(userId));
  }

  private void onNotice(CallNoticeEvent notice, Instant now) {
    if (room.isInRoom(notice.sender())) {
      boolean slotClosed = room.isClosedTo(MembershipForm.STICKY_2026);
      rings
          .on(CallNoticeParser.read(notice), this::isInCall, slotClosed, now)
          .forEach(this::report);
    }
  }

  private void announce(Announcement.Due due, Instant now) {
    notices.send(
        CallNoticeEvent.NOTIFICATION,
        CallNoticeContent.notification(
            due.what(), settings.slot(), due.memberEventId(), due.intent(), now),
        due.what().lifetime().plus(NOTIFICATION_MARGIN),
        now.plus(due.what().lifetime()),
        outcome -> {
          if (outcome instanceof PublishOutcome.Published published) {
            rings.sent(published.eventId());
            report(new SessionEvent.NotificationSent(published.eventId()));
          } else {
            report(new SessionEvent.NotificationFailed(outcome.sentence()));
          }
        });
  }

  /** Tells the own membership and, once that is published, the keys (EM-MEMBER). */
  private void membersChanged(boolean fromSync) {
    own.onOwnState(!settings.sendSticky() && room.holds(StateMembershipContent.stateKey(settings)));
    own.onMembers(ownMemberships(), fromSync);
    if (encryption != null && keysFlow) {
      encryption.onWalkingReceivers(walking.among(list.members()));
      encryption.onMembers(list.members().stream().map(Membership::callMember).toList());
    }
  }

  /** OWN-EXPIRY: whether the own membership has expired is not for a clock that may be wrong. */
  private List<Membership> ownMemberships() {
    return room.events(scheduler.now()).stream()
        .filter(read -> read.reading() instanceof MembershipReading.Joined)
        .map(read -> ((MembershipReading.Joined) read.reading()).membership())
        .filter(member -> member.slot().equals(settings.slot()) && isOwn(member))
        .toList();
  }

  /** A membership of this device that another run left behind, under another id, is another one. */
  private boolean isOwn(Membership member) {
    return member.device().equals(settings.own())
        && member.form().isSticky() == settings.sendSticky()
        && member.memberId().equals(settings.memberId());
  }

  private void onOwn(OwnMembershipEvent event) {
    report(new SessionEvent.Own(event));
    if (event instanceof OwnMembershipEvent.MembershipRestored && encryption != null) {
      encryption.onKeyLostByOthers();
    }
    if (event instanceof OwnMembershipEvent.StatusChanged changed) {
      if (changed.to() == Status.CONNECTING && encryption != null) {
        encryption.start(); // no effect if it runs
      } else if (changed.to() == Status.CONNECTED) {
        keysFlow = true;
      } else if (changed.to() == Status.DISCONNECTED) {
        stopKeys();
      }
    }
    waiting.on(event);
  }

  private void stopKeys() {
    keysFlow = false;
    if (encryption != null) {
      encryption.stop();
    }
  }

  private void setTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    Optional<Instant> next =
        Stream.concat(list.nextExpiry().stream(), rings.nextWakeup().stream())
            .min(Instant::compareTo);
    if (next.isPresent() && !closed) {
      timer = scheduler.schedule(next.get(), () -> run(now -> compute(List.of(), false, now)));
    }
  }

  private void report(SessionEvent event) {
    SessionEventLog.write(LOG, context, event);
    tell(event);
  }

  private void tell(SessionEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.error("{} the listener failed", context, e);
    }
  }
}
