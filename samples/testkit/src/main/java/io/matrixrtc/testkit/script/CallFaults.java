package io.matrixrtc.testkit.script;

import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.relay.LinkFaults;
import java.time.Duration;

/**
 * What goes wrong in a script, one line each; every fault is in the trace. Times are wall time,
 * paths are regular expressions found anywhere in a request's path.
 */
public final class CallFaults {
  private final Faults faults;
  private final long seed;

  CallFaults(Faults faults, long seed) {
    this.faults = faults;
    this.seed = seed;
  }

  /** The same for the requests of one device's user only. */
  public CallFaults of(CallDevice device) {
    return new CallFaults(faults.of(device.participant()), seed);
  }

  public Faults.Running delayRequests(String path, Duration by) {
    return faults.delayRequests(path, by);
  }

  /**
   * The next request waits until {@code others} later ones on the path have gone first, or its time
   * is up; so often. See {@link Faults#reorderRequests}.
   */
  public Faults.Running reorderRequests(String path, int times, int others, Duration atMost) {
    return faults.reorderRequests(path, times, others, atMost);
  }

  public Faults.Running delayAnswers(String path, Duration by) {
    return faults.delayAnswers(path, by);
  }

  public Faults.Running dropRequests(String path, int times) {
    return faults.dropRequests(path, times);
  }

  public Faults.Running loseAnswers(String path, int times) {
    return faults.loseAnswers(path, times);
  }

  public Faults.Running tooManyRequests(String path, int times, Duration retryAfter) {
    return faults.tooManyRequests(path, times, retryAfter);
  }

  public Faults.Running serverErrors(String path, int times, int status) {
    return faults.serverErrors(path, times, status);
  }

  /** Cuts a device's user off from the homeserver, in both ways, until it is ended. Media flows. */
  public Faults.Running partition(CallDevice device) {
    return faults.of(device.participant()).dropRequests("/", FaultRule.ALWAYS);
  }

  /** A device's user learns nothing from the homeserver, until {@link #releaseSync}. */
  public void withholdSync(CallDevice device) {
    faults.withholdSync(device.participant());
  }

  public void releaseSync(CallDevice device) {
    faults.releaseSync(device.participant());
  }

  /** Stops the homeserver and starts it again with the same data. */
  public void restartServer() {
    faults.restartServer();
  }

  /** A link without faults yet, with the script's seed: add what is to go wrong there. */
  public LinkFaults seededLink() {
    return LinkFaults.seeded(seed);
  }

  /** Frames on their way to a device are dropped, delayed, reordered. See {@link #seededLink}. */
  public void link(CallDevice device, LinkFaults how) {
    faults.link(device.participant(), how);
  }

  public void mendLink(CallDevice device) {
    faults.mendLink(device.participant());
  }

  /**
   * The embedded homeserver sends the delayed leaves of a device's user now, as after a silence.
   * Any other sends them when their time is up: the next expectation waits for it.
   */
  public void deadManSwitchFires(CallDevice device) {
    faults.deadManSwitchFires(device.participant());
  }
}
