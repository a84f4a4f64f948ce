package io.matrixrtc.interop;

import org.junit.jupiter.api.TestInfo;

/** Changed identity keys on our homeserver. */
final class ChangedKeysTest extends ChangedKeyScenarios {
  @Override
  Cast open(TestInfo test) throws Exception {
    return Cast.onOurs(test);
  }
}
