package io.matrixrtc.interop;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** matrix-js-sdk on a Synapse that runs already. */
final class SynapseJsSdkTest extends CallKeyScenarios {
  @Override
  Optional<URI> running() {
    return named();
  }

  @Override
  List<String> command() {
    return JsSdkTest.COMMAND;
  }

  @Override
  boolean sendsDeviceKeys() {
    return true;
  }

  @Test
  void byDefaultOnlyCrossSignedDevicesGiveAndGetKeys() throws Exception {
    onlyCrossSignedDevicesGiveAndGetKeys();
  }
}
