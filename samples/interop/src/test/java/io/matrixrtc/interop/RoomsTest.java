package io.matrixrtc.interop;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Encrypted rooms among ours, matrix-js-sdk and nio, on our homeserver. */
@Tag("interop")
class RoomsTest {
  private World world;
  private RoomScenario scenario;

  @BeforeEach
  void start() throws Exception {
    world = new World("RoomsTest");
    scenario = new RoomScenario(world, UnaryOperator.identity());
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  @Test
  void messagesGoInEveryDirectionAndKeysAreReplaced() throws Exception {
    scenario.messagesGoInEveryDirectionAndKeysAreReplaced();
  }

  @Test
  void aBlockedDeviceIsToldSo() throws Exception {
    scenario.aBlockedDeviceIsToldSo();
  }

  @Test
  void joinsAndInvitesFollowTheHistoryVisibility() throws Exception {
    scenario.joinsAndInvitesFollowTheHistoryVisibility();
  }
}
