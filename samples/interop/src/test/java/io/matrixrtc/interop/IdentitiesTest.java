package io.matrixrtc.interop;

import org.junit.jupiter.api.TestInfo;

/** Cross-signing identities on our homeserver. */
final class IdentitiesTest extends IdentityScenarios {
  @Override
  Cast open(TestInfo test) throws Exception {
    return Cast.onOurs(test);
  }
}
