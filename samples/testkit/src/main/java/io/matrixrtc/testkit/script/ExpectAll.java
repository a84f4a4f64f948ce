package io.matrixrtc.testkit.script;

import java.util.List;

/** What is expected of all devices in the call. */
public final class ExpectAll {
  private final CallScript call;
  private final List<CallDevice> present;
  private final Verdicts verdicts;

  ExpectAll(CallScript call, List<CallDevice> present, Verdicts verdicts) {
    this.call = call;
    this.present = present;
    this.verdicts = verdicts;
  }

  /** Each to hear all others. */
  public void toHearEachOther() {
    if (present.size() < 2) {
      throw new IllegalStateException("fewer than two devices are in the call");
    }
    for (CallDevice listener : present) {
      for (CallDevice sender : present) {
        if (!listener.equals(sender)) {
          new Expect(listener, verdicts).toHear(sender);
        }
      }
    }
  }

  /**
   * Each to have rotated.
   *
   * @return when all had
   */
  public Moment toHaveRotatedSince(Moment moment) {
    present.forEach(device -> new Expect(device, verdicts).toHaveRotatedSince(moment));
    return call.now("all rotated since " + moment);
  }
}
