package io.matrixrtc.interop;

import java.util.List;

/** matrix-js-sdk with its Rust crypto, on Node; its MatrixRTCSession makes and takes the keys. */
final class JsSdkTest extends CallKeyScenarios {
  @Override
  List<String> command() {
    return List.of("node", "target/js-sdk/peer.mjs");
  }
}
