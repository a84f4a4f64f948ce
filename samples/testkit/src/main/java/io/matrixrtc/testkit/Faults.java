package io.matrixrtc.testkit;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.testkit.relay.FrameRelay;
import io.matrixrtc.testkit.relay.LinkFaults;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What goes wrong in a scripted call, one line each. Times are wall time; paths are regular
 * expressions that are found anywhere in a request's path; the trace tells of every fault
 * (FAULT-TRACE). Faults of the homeserver are made by the embedded one, and for any other by a
 * {@link io.matrixrtc.testkit.server.ProxiedServer}; with neither they throw {@link
 * ScriptException} (FAULT-SERVER). Those of the relay always work.
 */
public final class Faults {
  private static final String SERVER = "server";

  private final WorldServer server;
  private final FrameRelay relay;
  private final Consumer<TraceEvent> trace;
  private final Optional<Participant> only;

  Faults(
      WorldServer server,
      FrameRelay relay,
      Consumer<TraceEvent> trace,
      Optional<Participant> only) {
    this.server = server;
    this.relay = relay;
    this.trace = trace;
    this.only = only;
  }

  /** A fault of the homeserver in force, until it has happened as often as was asked for. */
  public final class Running {
    private final String name;
    private final int times;
    private final AtomicBoolean over = new AtomicBoolean();
    private final FaultPlan.Active active;

    private Running(FaultPlan plan, FaultRule rule, String name) {
      this.name = name;
      this.times = rule.times();
      this.active = plan.add(rule, () -> end(rule.times()));
    }

    /** How many requests it was made for; 1 if it lasts until it is ended. */
    public int wanted() {
      return times == FaultRule.ALWAYS ? 1 : times;
    }

    /** How many requests have met it. */
    public int hits() {
      return active.hits();
    }

    /** Ends it, whether or not it has happened. One that is used up has ended by itself. */
    public void end() {
      active.remove();
      end(hits());
    }

    private void end(int hits) {
      if (over.compareAndSet(false, true)) {
        record(name, target(), false, hits + " requests met it");
      }
    }

    @Override
    public String toString() {
      return name + " for " + target();
    }
  }

  /** The same faults for the requests of one participant's user, all devices of that user. */
  public Faults of(Participant participant) {
    return new Faults(server, relay, trace, Optional.of(participant));
  }

  /** Requests are processed only after this time, until it is ended. */
  public Running delayRequests(String pathRegex, Duration by) {
    return add(pathRegex, FaultRule.ALWAYS, new Fault.DelayRequest(by));
  }

  /**
   * The next request waits until so many later ones on the path have gone first, and so often. If
   * they do not come, it goes on when its time is up; that counts as no hit, and the next one waits
   * in its place.
   *
   * @param others how many go first, 1 or more
   * @param atMost how long a request waits for them; some seconds at most, since clients repeat
   *     what is not answered
   */
  public Running reorderRequests(String pathRegex, int times, int others, Duration atMost) {
    return add(pathRegex, times, new Fault.Reorder(others, atMost));
  }

  /** Requests are processed at once, their answers held back for this time, until it is ended. */
  public Running delayAnswers(String pathRegex, Duration by) {
    return add(pathRegex, FaultRule.ALWAYS, new Fault.DelayAnswer(by));
  }

  /** The next requests are lost on the way and not processed. */
  public Running dropRequests(String pathRegex, int times) {
    return add(pathRegex, times, new Fault.DropRequest());
  }

  /** The next requests are processed, and their answers lost on the way. */
  public Running loseAnswers(String pathRegex, int times) {
    return add(pathRegex, times, new Fault.DropAnswer());
  }

  /** The next requests are answered 429 and not processed. */
  public Running tooManyRequests(String pathRegex, int times, Duration retryAfter) {
    return add(pathRegex, times, new Fault.TooManyRequests(retryAfter));
  }

  /**
   * The next requests are answered with an error and not processed.
   *
   * @param status 400 to 599
   */
  public Running serverErrors(String pathRegex, int times, int status) {
    return add(pathRegex, times, new Fault.ServerError(status));
  }

  /** A participant's user learns nothing more from the homeserver: its syncs are not answered. */
  public void withholdSync(Participant participant) {
    ofServer().withholdSync(participant.spec().userId());
    record("sync withheld", participant.identity(), true, "");
  }

  /** Ends {@link #withholdSync}. */
  public void releaseSync(Participant participant) {
    ofServer().releaseSync(participant.spec().userId());
    record("sync withheld", participant.identity(), false, "");
  }

  /** Stops the homeserver and starts it again with the same data. Open requests are lost. */
  public void restartServer() {
    ServerFaults made = ofServer();
    record("restart", SERVER, true, "");
    made.restart();
    record("restart", SERVER, false, "");
  }

  /**
   * The embedded homeserver sends the delayed events of a participant's user now; any other when
   * their time is up.
   */
  public void deadManSwitchFires(Participant participant) {
    Optional<EmbeddedHomeserver> ours = server.embedded();
    ours.ifPresent(embedded -> embedded.fireDelayedEvents(participant.spec().userId()));
    record(
        "delayed leave",
        participant.identity(),
        true,
        ours.isPresent() ? "sent now" : "comes when its time is up");
  }

  /** Frames on their way from the relay to a participant are dropped, delayed, reordered. */
  public void link(Participant participant, LinkFaults faults) {
    relay.setFaults(participant.identity(), faults);
    record("link", participant.identity(), true, faults.toString());
  }

  /** Ends {@link #link}. */
  public void mendLink(Participant participant) {
    String identity = participant.identity();
    long dropped = relay.dropped(identity);
    relay.setFaults(identity, null);
    record("link", identity, false, dropped + " frames were dropped");
  }

  /**
   * Cuts a participant's connection to the relay; it comes back by leaving and joining again.
   *
   * @throws ScriptException if it is not connected
   */
  public void cut(Participant participant) {
    if (!relay.cut(participant.identity())) {
      throw new ScriptException(participant + " is not connected to the relay: nothing to cut");
    }
    record("cut", participant.identity(), true, "");
  }

  private Running add(String pathRegex, int times, Fault fault) {
    FaultRule rule = FaultRule.on(pathRegex, fault).times(times);
    FaultRule whose = only.map(one -> rule.user(one.spec().userId())).orElse(rule);
    FaultPlan plan = ofServer().plan();
    String name = fault.getClass().getSimpleName().replaceAll("(?<=.)(?=[A-Z])", " ");
    name = name.toLowerCase(Locale.ROOT);
    String often = times == FaultRule.ALWAYS ? "until it is ended" : times + " times";
    record(name, target(), true, pathRegex + ", " + often);
    return new Running(plan, whose, name);
  }

  private ServerFaults ofServer() {
    return server
        .faults()
        .orElseThrow(
            () ->
                new ScriptException(
                    "faults of the homeserver need the embedded one or a ProxiedServer before it,"
                        + " and this world's is "
                        + server.baseUrl()));
  }

  private String target() {
    return only.map(Participant::identity).orElse(SERVER);
  }

  private void record(String fault, String target, boolean on, String detail) {
    trace.accept(new TraceEvent.FaultChanged(fault, target, on, detail));
  }
}
