package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.StickyMemberEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sticky events on their way from sync to a session. */
class StickyFeedTest {
  private static final String ROOM = "room";
  private final VirtualTime time = new VirtualTime();
  private final HomeserverDouble homeserver = new HomeserverDouble(time);
  private final List<RoomUpdate> updates = new ArrayList<>();
  private TestDevice alice;

  @BeforeEach
  void start() throws Exception {
    alice = TestDevice.of(homeserver, time, "@alice:hs.test", "PHONE", 1);
    alice.client.start();
  }

  private static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  private ObjectNode sticky(String id) throws Exception {
    return Json.parseObject(
        ("{'event_id':'"
                + id
                + "','type':'"
                + StickyMemberEvent.TYPE
                + "','sender':'@bob:hs.test',")
            .concat("'origin_server_ts':" + time.now().toEpochMilli())
            .concat(",'msc4354_sticky':{'duration_ms':600000},")
            .concat("'content':{'application':{'type':'m.call'}}}")
            .replace('\'', '"'));
  }

  private List<String> seen() {
    return updates.stream()
        .flatMap(update -> update.sticky().stream())
        .map(StickyMemberEvent::eventId)
        .toList();
  }

  @Test
  void feedStickyWhatWasStickyBeforeTheRoomWasFollowedIsSeen() throws Exception {
    homeserver.versions =
        "{\"versions\":[\"v1.12\"],\"unstable_features\":{\"org.matrix.msc4354\":true}}";
    homeserver.live.put(ROOM, List.of(sticky("$before")));
    now(alice.client.followRoom(ROOM, updates::add)).orThrow();
    assertThat(updates).hasSize(1);
    assertThat(seen()).containsExactly("$before");
    assertThat(now(alice.client.withMachine(OlmMachine::trackedUsers))).contains("@bob:hs.test");

    homeserver.roomEvent(ROOM, sticky("$timeline"));
    assertThat(seen()).containsExactly("$before", "$timeline");
  }

  @Test
  void feedStickyAHomeserverWithoutStickyEventsIsNotAskedForThem() throws Exception {
    homeserver.live.put(ROOM, List.of(sticky("$before")));
    now(alice.client.followRoom(ROOM, updates::add)).orThrow();
    assertThat(seen()).isEmpty();
    assertThat(homeserver.log).noneMatch(line -> line.contains("sync") && line.contains("live"));
  }

  @Test
  void feedDevicesOfUsersThatChangedAreTold() throws Exception {
    now(alice.client.followRoom(ROOM, updates::add)).orThrow();
    updates.clear();
    homeserver.announce("@bob:hs.test");
    assertThat(updates).hasSize(1);
    assertThat(updates.get(0).devicesChanged()).containsExactly("@bob:hs.test");
  }
}
