package io.matrixrtc.interop;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ForeignSession;

/** A device of another implementation in a script of the test kit. */
interface ForeignDevice extends ForeignSession {
  /** Whether it has heard of a device: until then it gives that device no key, and says nothing. */
  boolean knows(DeviceAddress other) throws InterruptedException;
}
