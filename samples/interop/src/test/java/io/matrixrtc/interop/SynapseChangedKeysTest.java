package io.matrixrtc.interop;

import org.junit.jupiter.api.TestInfo;

/** Changed identity keys on a Synapse that runs already. */
final class SynapseChangedKeysTest extends ChangedKeyScenarios {
  @Override
  Cast open(TestInfo test) {
    return Cast.onRunning(test);
  }
}
