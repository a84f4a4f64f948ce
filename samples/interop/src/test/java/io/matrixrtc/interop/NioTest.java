package io.matrixrtc.interop;

import java.util.List;

/** matrix-nio with libolm, as Debian packages them. It knows neither fallback keys nor MSC4147. */
final class NioTest extends CallKeyScenarios {
  @Override
  List<String> command() {
    return List.of("/usr/bin/python3", "peers/nio/peer.py");
  }
}
