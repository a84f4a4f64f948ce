package io.matrixrtc.token.leave;

import io.matrixrtc.token.DelayedLeave;
import io.matrixrtc.token.LogLine;
import io.matrixrtc.token.federation.ClientApi;
import io.matrixrtc.token.federation.DelayedEventResult;
import io.matrixrtc.token.federation.DelayedEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delegated leaves under way: one for each LiveKit room and identity, a newer one replaces an
 * older (LEAVE-REPLACE). Runs on one event loop.
 */
public final class LeaveJobs {
  /** Jobs at a time (LEAVE-BOUND). */
  public static final int MAX_JOBS = 10_000;

  /** Jobs of one user, whose devices and calls are names that the user makes up (LEAVE-USER). */
  static final int MAX_JOBS_OF_USER = 100;

  private static final Logger LOG = LoggerFactory.getLogger(LeaveJobs.class);

  private final Vertx vertx;
  private final DelayedEvents events;
  private final SfuPresence sfu;
  private final Duration sanityInterval;
  private final Clock clock;
  private final RandomGenerator random;
  private final int maxJobs;
  private final Optional<LeaveFile> file;
  private boolean writing;
  private boolean changed;
  private final Map<Participant, Running> jobs = new HashMap<>();

  private record Participant(String roomAlias, String identity) {}

  /**
   * @param sanityInterval between two looks at the SFU for a connected participant; zero for none
   */
  public LeaveJobs(
      Vertx vertx,
      DelayedEvents events,
      SfuPresence sfu,
      Duration sanityInterval,
      Clock clock,
      RandomGenerator random,
      int maxJobs) {
    this(vertx, events, sfu, sanityInterval, clock, random, maxJobs, Optional.empty());
  }

  /**
   * As above, where leaves outlast a restart.
   *
   * @param file holds them, if there is one; {@link #restore} goes on with what it holds
   */
  public LeaveJobs(
      Vertx vertx,
      DelayedEvents events,
      SfuPresence sfu,
      Duration sanityInterval,
      Clock clock,
      RandomGenerator random,
      int maxJobs,
      Optional<Path> file) {
    this.file = file.map(LeaveFile::new);
    this.vertx = vertx;
    this.events = events;
    this.sfu = sfu;
    this.sanityInterval = sanityInterval;
    this.clock = clock;
    this.random = random;
    this.maxJobs = maxJobs;
  }

  /** How many there are. */
  public int size() {
    return jobs.size();
  }

  /**
   * Takes a leave over.
   *
   * @param userId whose it is, as the homeserver said; not known any more after {@link #restore}
   * @return false if there are too many, of all or of this user
   */
  public boolean add(
      String roomAlias,
      String identity,
      String userId,
      DelayedLeave leave,
      String serverName,
      ClientApi api) {
    Participant participant = new Participant(roomAlias, identity);
    Running former = jobs.get(participant);
    if (former == null && (jobs.size() >= maxJobs || ofUser(userId) >= MAX_JOBS_OF_USER)) {
      return false;
    } else if (former != null) {
      former.stop();
    }
    Running job = new Running(participant, userId, leave, serverName, api);
    jobs.put(participant, job);
    keep();
    LOG.info(
        "{}",
        LogLine.of("leave delegated")
            .with("room", roomAlias)
            .with("lkId", identity)
            .with("delay", leave.delay())
            .with("replaced", former != null));
    job.take(new LeaveEvent.Tick());
    return true;
  }

  private long ofUser(String userId) {
    return jobs.values().stream().filter(job -> job.userId.equals(userId)).count();
  }

  /**
   * Goes on with the leaves of an earlier run (LEAVE-FILE). Whether a participant is still there,
   * the SFU is asked first; who has gone meanwhile leaves after the delay, by the homeserver.
   *
   * @throws IOException if the file cannot be read
   */
  public void restore() throws IOException {
    if (file.isEmpty()) {
      return;
    }
    for (LeaveFile.Entry entry : file.get().read()) {
      Participant participant = new Participant(entry.roomAlias(), entry.identity());
      if (jobs.size() < maxJobs && !jobs.containsKey(participant)) {
        Running job = new Running(participant, "", entry.leave(), entry.serverName(), null);
        jobs.put(participant, job);
        job.take(new LeaveEvent.Tick());
      }
    }
    LOG.info("{}", LogLine.of("leaves restored").with("count", jobs.size()));
  }

  /** Writes the file once for all that changed while it was written before. */
  private void keep() {
    if (file.isEmpty()) {
      return;
    }
    changed = true;
    if (writing) {
      return;
    }
    writing = true;
    changed = false;
    LeaveFile target = file.get();
    List<LeaveFile.Entry> entries = jobs.values().stream().map(Running::entry).toList();
    vertx
        .executeBlocking(
            () -> {
              target.write(entries);
              return true;
            })
        .onComplete(
            done -> {
              writing = false;
              if (done.failed()) {
                LOG.error("the file of delegated leaves was not written", done.cause());
              }
              if (changed) {
                keep();
              }
            });
  }

  /** Passes on what the SFU reports. */
  public void report(SfuEvent event) {
    Running job = jobs.get(new Participant(event.roomAlias(), event.identity()));
    if (job != null) {
      job.take(
          event.kind() == SfuEvent.Kind.JOINED
              ? new LeaveEvent.Joined()
              : new LeaveEvent.Left(event.kind() == SfuEvent.Kind.LEFT_ON_PURPOSE));
    }
  }

  /**
   * Stops everything; homeservers then send the events after their delays, unless {@link #restore}
   * comes before.
   */
  public void close() {
    jobs.values().forEach(Running::stop);
    jobs.clear();
  }

  /** One job: performs its effects and feeds the answers back. */
  private final class Running {
    private final Participant participant;
    private final String userId;
    private final DelayedLeave leave;
    private final String serverName;
    private final LeaveJob job;
    private @Nullable ClientApi api;
    private @Nullable Long timer;
    private boolean stopped;

    Running(
        Participant participant,
        String userId,
        DelayedLeave leave,
        String serverName,
        @Nullable ClientApi api) {
      this.participant = participant;
      this.userId = userId;
      this.leave = leave;
      this.serverName = serverName;
      this.api = api;
      this.job = new LeaveJob(leave.delay(), sanityInterval, random, clock.instant());
    }

    LeaveFile.Entry entry() {
      return new LeaveFile.Entry(
          participant.roomAlias(), participant.identity(), leave, serverName);
    }

    void stop() {
      stopped = true;
      if (timer != null) {
        vertx.cancelTimer(timer);
        timer = null;
      }
    }

    void take(LeaveEvent event) {
      if (stopped) {
        return;
      }
      LeaveState before = job.state();
      List<LeaveEffect> effects = job.on(event, clock.instant());
      if (job.state() != before) {
        LOG.info(
            "{}",
            LogLine.of("leave moves on")
                .with("room", participant.roomAlias())
                .with("lkId", participant.identity())
                .with("from", before)
                .with("to", job.state()));
      }
      effects.forEach(this::perform);
      schedule();
    }

    private void perform(LeaveEffect effect) {
      switch (effect) {
        case LOOK_UP ->
            sfu.isPresent(participant.roomAlias(), participant.identity())
                .onComplete(
                    present ->
                        take(
                            new LeaveEvent.Looked(
                                present
                                    ? LeaveEvent.Presence.PRESENT
                                    : LeaveEvent.Presence.ABSENT)),
                    error -> take(new LeaveEvent.Looked(LeaveEvent.Presence.UNKNOWN)));
        case RESTART ->
            act(DelayedEvents.Action.RESTART)
                .onSuccess(result -> take(new LeaveEvent.Restarted(result)));
        case SEND ->
            act(DelayedEvents.Action.SEND).onSuccess(result -> take(new LeaveEvent.Sent(result)));
        case FINISHED -> {
          stop();
          jobs.remove(participant, this);
          keep();
        }
      }
    }

    /** After a failure the homeserver is looked for again. */
    private Future<DelayedEventResult> act(DelayedEvents.Action action) {
      Future<ClientApi> found = api == null ? events.find(serverName) : Future.succeededFuture(api);
      return found
          .compose(
              where ->
                  events
                      .act(where, leave.delayId(), action)
                      .map(
                          result -> {
                            api = result instanceof DelayedEventResult.Failed ? null : where;
                            return result;
                          }))
          .otherwise(new DelayedEventResult.Failed(Optional.empty()));
    }

    private void schedule() {
      if (timer != null) {
        vertx.cancelTimer(timer);
        timer = null;
      }
      if (!stopped) {
        Instant now = clock.instant();
        job.nextWake()
            .ifPresent(
                at ->
                    timer =
                        vertx.setTimer(
                            Math.max(1, Duration.between(now, at).toMillis() + 1),
                            due -> take(new LeaveEvent.Tick())));
      }
    }
  }
}
