package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns the evidence of a call into checks and figures. */
final class DemoReview {
  private final World world;
  private final DemoSettings settings;
  private final Evidence evidence;
  private final Haystack haystack;

  /** The checks belong to the end of the call, however long they take. */
  private final Duration end;

  DemoReview(World world, DemoSettings settings, Evidence evidence, Haystack haystack) {
    this.world = world;
    this.settings = settings;
    this.evidence = evidence;
    this.haystack = haystack;
    this.end = world.clock().elapsed();
  }

  /** Examines everything; {@code crash} was examined when it happened. */
  DemoOutcome examine(Check crash) {
    DemoChecks examined = new DemoChecks(evidence, settings);
    List<Check> checks = new ArrayList<>(examined.run());
    checks.add(crash);
    checks.add(new Playable(settings.out()).check(evidence));
    SecretHunt hunt = new SecretHunt(evidence.allKeys(), haystack.planted());
    search(hunt, checks);
    checks.forEach(this::record);
    boolean ok = checks.stream().noneMatch(Check::failed);
    world.recordAt(end, new TraceEvent.CallEnded(ok, ok ? "every check held" : "a check failed"));
    ParticipantAnswer.Heard heard = sumOfHeard();
    return new DemoOutcome(
        evidence.cast().members().size(),
        evidence.counts().values().stream().mapToLong(ParticipantAnswer.Counts::sent).sum(),
        heard.decrypted(),
        heard.late(),
        heard.undecryptable(),
        evidence.trace().events(TraceEvent.KeyServed.class).size(),
        examined.joinerReadPast(),
        examined.leaverReadFuture(),
        Figures.of(examined.exposureMs()),
        evidence.forgeries().stream().filter(Forgery.Result::forgedAccepted).count(),
        hunt.found(),
        Figures.of(timesToMedia()),
        checks);
  }

  private void search(SecretHunt hunt, List<Check> checks) {
    world
        .server()
        .ifPresentOrElse(
            server -> {
              checks.add(
                  hunt.in("database-search", "the homeserver's database", haystack.database()));
              checks.add(hunt.in("log-search", "the homeserver's request log", server.log()));
            },
            () -> {
              String why = "the database and log of this homeserver are out of reach";
              checks.add(
                  Check.notApplicable(
                      "database-search", "no media key is in the homeserver's database", why));
              checks.add(
                  Check.notApplicable(
                      "log-search", "no media key is in the homeserver's request log", why));
            });
    checks.add(
        hunt.in("tape-search", "the relay's tape", SecretHunt.payloads(evidence.tape().frames())));
  }

  private void record(Check check) {
    boolean ok = check.verdict() == Check.Verdict.OK;
    if (check.verdict() == Check.Verdict.NOT_APPLICABLE) {
      world.recordAt(
          end, new TraceEvent.Noted(null, check.name() + " not applicable: " + check.detail()));
    } else if (check.control().isPresent()) {
      Check.Control beside = check.control().get();
      world.recordAt(
          end,
          new TraceEvent.AttackTried(
              check.name(),
              beside.attacker(),
              check.claim(),
              check.attackSucceeded(),
              check.detail(),
              new TraceEvent.Control(beside.what(), beside.ok(), beside.detail())));
    } else {
      world.recordAt(
          end, new TraceEvent.Checked(check.name(), check.claim(), ok, check.detail(), null));
    }
  }

  private ParticipantAnswer.Heard sumOfHeard() {
    long decrypted = 0;
    long late = 0;
    long undecryptable = 0;
    for (ParticipantAnswer.Counts counts : evidence.counts().values()) {
      for (ParticipantAnswer.Heard heard : counts.heard().values()) {
        decrypted += heard.decrypted();
        late += heard.late();
        undecryptable += heard.undecryptable();
      }
    }
    return new ParticipantAnswer.Heard(-1, decrypted, late, undecryptable, 0);
  }

  /**
   * From each join into the running call to the first frame heard of each sender that was sending
   * by then.
   */
  private List<Long> timesToMedia() {
    Map<String, Instant> joined = new HashMap<>();
    Map<String, Instant> sending = new HashMap<>();
    Map<String, Instant> heard = new HashMap<>();
    List<Long> times = new ArrayList<>();
    for (TraceEntry entry : evidence.trace().entries()) {
      TraceEvent event = entry.event();
      if (event instanceof TraceEvent.PresenceChanged change) {
        if (change.change() == Presence.JOINED || change.change() == Presence.REJOINED) {
          joined.put(change.who(), entry.at());
        } else if (change.change() == Presence.LEFT) {
          sending.remove(change.who());
        }
      } else if (event instanceof TraceEvent.KeyUsed used) {
        sending.putIfAbsent(used.key().owner(), entry.at());
      } else if (event instanceof TraceEvent.FirstFrameHeard first) {
        Instant join = joined.get(first.listener());
        Instant sends = sending.get(first.key().owner());
        String pair = first.listener() + " < " + first.key().owner();
        Instant before = heard.put(pair, entry.at());
        boolean isFirst = join != null && (before == null || before.isBefore(join));
        if (isFirst && sends != null && sends.isBefore(join)) {
          times.add(evidence.wall(Duration.between(join, entry.at())).toMillis());
        }
      }
    }
    return times;
  }
}
