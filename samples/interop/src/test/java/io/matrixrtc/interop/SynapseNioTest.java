package io.matrixrtc.interop;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** matrix-nio on a Synapse that runs already. */
final class SynapseNioTest extends CallKeyScenarios {
  @Override
  Optional<URI> running() {
    return named();
  }

  @Override
  List<String> command() {
    return NioTest.COMMAND;
  }

  @Override
  boolean sendsDeviceKeys() {
    return false;
  }
}
