package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One MatrixRTC session in one room: who is in it, this device's own membership, and the keys. Fed
 * with the room's state by {@link #onRoomUpdate}. Any thread may call; nothing blocks; all work
 * runs on one serial executor. May be joined again after a leave, until it is closed.
 */
public final class RtcSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RtcSession.class);

  private final SessionSettings settings;
  private final CallContext context;
  private final RoomStatePublisher publisher;
  private final SerialScheduler scheduler;
  private final Consumer<SessionEvent> listener;
  private final @Nullable EncryptionManager encryption;

  private final RoomCallState room;
  private final OwnMembershipCore own;
  private final Waiting waiting = new Waiting();
  private MemberList list = MemberList.EMPTY;
  private Set<IgnoredEvent> ignored = Set.of();
  private SerialScheduler.@Nullable Timer timer;
  private boolean keysFlow;
  private boolean closed;

  /**
   * Prepares a session; nothing happens before the first call.
   *
   * @param publisher puts the own membership
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
    this.publisher = publisher;
    this.scheduler = scheduler;
    this.listener = listener;
    this.room = new RoomCallState(settings.slot(), settings.sources());
    this.own = new OwnMembershipCore(settings);
    this.encryption =
        encryption
            .map(
                keys ->
                    new EncryptionManager(
                        context,
                        keys,
                        scheduler,
                        event -> listener.accept(new SessionEvent.Keys(event))))
            .orElse(null);
  }

  /** The room's state changed. The first update carries the whole state. */
  public void onRoomUpdate(RoomUpdate update) {
    run(
        now -> {
          room.apply(update, now);
          compute(now);
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
          } else if (own.status() != Status.DISCONNECTED) {
            result.complete(new JoinResult.AlreadyJoined());
          } else {
            waiting.join(result);
            if (encryption != null) {
              encryption.start();
            }
            Instant now = scheduler.now();
            carryOut(own.join(request, now), now);
          }
        });
    return result;
  }

  /** Says something else about this device, for example another intent. */
  public void update(JoinRequest changed) {
    run(now -> carryOut(own.update(changed, now), now));
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
          Instant now = scheduler.now();
          waiting.leave(result);
          SerialScheduler.Timer limit =
              scheduler.schedule(
                  now.plus(timeout), () -> result.complete(new LeaveResult.TimedOut()));
          result.whenComplete((done, failure) -> limit.cancel());
          stopKeys();
          carryOut(own.leave(now), now);
        });
    return result;
  }

  /** Who is in the session, the oldest membership first. */
  public CompletionStage<List<Membership>> members() {
    CompletableFuture<List<Membership>> members = new CompletableFuture<>();
    scheduler.execute(() -> members.complete(list.members()));
    return members;
  }

  /** The stage of the own membership. */
  public CompletionStage<Status> status() {
    CompletableFuture<Status> status = new CompletableFuture<>();
    scheduler.execute(() -> status.complete(own.status()));
    return status;
  }

  /** Who has my key, whose key do I lack, and why. */
  public CompletionStage<KeyStatus> keyStatus() {
    return encryption == null
        ? CompletableFuture.completedFuture(KeyStatus.NONE)
        : encryption.status();
  }

  /**
   * The key distribution of an encrypted session, to tell it what a session cannot know: that a
   * sync succeeded, which devices are barred, who walks, who is about to speak.
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
   * device until its membership expires.
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
          if (encryption != null) {
            encryption.close();
          }
          waiting.closed();
        });
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

  private void compute(Instant now) {
    MemberList next = MemberList.of(room, now);
    List<SessionEvent> changes = MemberChanges.between(list.members(), next.members());
    list = next;
    Set<IgnoredEvent> before = ignored;
    ignored = new HashSet<>(next.ignored());
    next.ignored().stream()
        .filter(event -> !before.contains(event))
        .forEach(event -> report(new SessionEvent.MemberIgnored(event)));
    changes.forEach(this::report);
    membersChanged(now);
  }

  /** Tells the own membership and, once that is published, the keys (EM-MEMBER). */
  private void membersChanged(Instant now) {
    List<Membership> mine =
        list.members().stream().filter(m -> m.device().equals(settings.own())).toList();
    own.onOwnState(room.holds(StateMembershipContent.stateKey(settings)));
    carryOut(own.onMembers(mine, now), now);
    if (encryption != null && keysFlow) {
      encryption.onMembers(list.members().stream().map(Membership::callMember).toList());
    }
  }

  private void carryOut(List<OwnMembershipEffect> effects, Instant now) {
    for (OwnMembershipEffect effect : effects) {
      if (effect instanceof OwnMembershipEffect.Publish publish) {
        publish(publish);
      } else if (effect instanceof OwnMembershipEffect.Report report) {
        report(new SessionEvent.Own(report.event()));
        react(report.event());
      } else {
        throw new IllegalStateException("unknown effect");
      }
    }
    setTimer();
  }

  private void react(OwnMembershipEvent event) {
    if (event instanceof OwnMembershipEvent.MembershipRestored && encryption != null) {
      encryption.onKeyLostByOthers();
    }
    if (event instanceof OwnMembershipEvent.StatusChanged changed) {
      if (changed.to() == Status.CONNECTED) {
        keysFlow = true;
      } else if (changed.to() == Status.DISCONNECTED) {
        stopKeys();
      }
    }
    waiting.on(event);
  }

  private void publish(OwnMembershipEffect.Publish publish) {
    put(publish)
        .whenComplete(
            (outcome, failure) -> {
              PublishOutcome result =
                  failure == null
                      ? outcome
                      : new PublishOutcome.Unreachable(failure.getClass().getSimpleName());
              run(
                  now -> {
                    carryOut(own.onPublished(publish.id(), result, now), now);
                    membersChanged(now);
                  });
            });
  }

  private CompletionStage<PublishOutcome> put(OwnMembershipEffect.Publish publish) {
    try {
      return publisher.putState(CallMemberEvent.TYPE, publish.stateKey(), publish.content());
    } catch (RuntimeException e) {
      LOG.error("{} putting the own membership failed", context, e);
      return CompletableFuture.failedFuture(e);
    }
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
        Stream.concat(list.nextExpiry().stream(), own.nextWakeup().stream())
            .min(Instant::compareTo);
    if (next.isPresent() && !closed) {
      timer = scheduler.schedule(next.get(), () -> run(this::wakeup));
    }
  }

  private void wakeup(Instant now) {
    carryOut(own.onWakeup(now), now);
    if (list.nextExpiry().filter(at -> !at.isAfter(now)).isPresent()) {
      compute(now);
    }
  }

  private void report(SessionEvent event) {
    SessionEventLog.write(LOG, context, event);
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.error("{} the listener failed", context, e);
    }
  }
}
