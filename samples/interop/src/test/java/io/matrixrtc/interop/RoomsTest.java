package io.matrixrtc.interop;

import org.junit.jupiter.api.TestInfo;

/** Encrypted rooms on our homeserver. */
final class RoomsTest extends RoomScenarios {
  @Override
  Cast open(TestInfo test) throws Exception {
    return Cast.onOurs(test);
  }
}
