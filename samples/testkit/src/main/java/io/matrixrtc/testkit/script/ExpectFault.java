package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.Faults;

/** What is expected of a fault of the homeserver. */
public final class ExpectFault {
  private final Faults.Running fault;
  private final Verdicts verdicts;

  ExpectFault(Faults.Running fault, Verdicts verdicts) {
    this.fault = fault;
    this.verdicts = verdicts;
  }

  /**
   * To have met as many requests as it was made for; at least one, if it lasts until it is ended.
   */
  public void toHaveHappened() {
    verdicts.await(
        fault + " to have met " + fault.wanted() + " requests",
        verdicts.patience(),
        () -> fault.hits() >= fault.wanted(),
        () -> fault.hits() + " requests met it");
  }
}
