package io.matrixrtc.interop;

import org.junit.jupiter.api.TestInfo;

/** Cross-signing identities on a Synapse that runs already. */
final class SynapseIdentitiesTest extends IdentityScenarios {
  @Override
  Cast open(TestInfo test) {
    return Cast.onRunning(test);
  }
}
