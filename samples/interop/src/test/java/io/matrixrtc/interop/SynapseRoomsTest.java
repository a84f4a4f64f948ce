package io.matrixrtc.interop;

import java.net.URI;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link RoomsTest}, on a Synapse that runs already. */
@Tag("interop")
class SynapseRoomsTest {
  private World world;
  private RoomScenario scenario;

  @BeforeEach
  void start() {
    String suffix = UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
    world = new World("SynapseRooms", URI.create(System.getProperty("interop.homeserver")));
    scenario = new RoomScenario(world, name -> name + "-" + suffix);
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
