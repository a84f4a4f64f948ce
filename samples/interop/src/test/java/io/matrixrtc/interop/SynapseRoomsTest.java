package io.matrixrtc.interop;

import org.junit.jupiter.api.TestInfo;

/** Encrypted rooms on a Synapse that runs already. */
final class SynapseRoomsTest extends RoomScenarios {
  @Override
  Cast open(TestInfo test) {
    return Cast.onRunning(test);
  }
}
