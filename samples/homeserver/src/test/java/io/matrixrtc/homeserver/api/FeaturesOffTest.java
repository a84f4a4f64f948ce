package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.delayed.DelayedEventPolicy;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A server without the proposals that calls build on. */
class FeaturesOffTest extends ServerTest {
  @Override
  HomeserverConfig configure(HomeserverConfig config) {
    return config
        .withDelayedEvents(DelayedEventPolicy.off())
        .withStickyEvents(StickyEvents.OFF)
        .withDehydratedDevices(false);
  }

  @Test
  void anEventForLaterIsRefusedAndNotSentNow_HS_DELAY_OFF() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String delay = "?org.matrix.msc4140.delay=1000";
    alice.put(Client.room(room, "state/x/" + delay), "{}").fails(403, "M_FORBIDDEN");
    alice.put(Client.room(room, "send/x/t" + delay), "{}").fails(403, "M_FORBIDDEN");
    alice
        .put(Client.room(room, "delayed_event/x/t"), "{'delay_ms':1,'content':{}}")
        .fails(403, "M_FORBIDDEN");
    alice.get(Client.room(room, "state/x/")).fails(404, "M_NOT_FOUND");
    alice.put(Client.room(room, "state/x/"), "{}").ok();
    JsonNode features = nobody().get("/_matrix/client/versions").ok().path("unstable_features");
    assertThat(Stream.of("org.matrix.msc4140", "org.matrix.msc4354").anyMatch(features::has))
        .isFalse();
    assertThat(alice.get("/capabilities").ok().path("capabilities").has("m.delayed_events"))
        .isFalse();
  }

  @Test
  void thereAreNoDehydratedDevices_HS_DEHY_OFF() {
    register("alice")
        .get("/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device")
        .fails(404, "M_UNRECOGNIZED");
  }

  @Test
  void aStickyEventIsAnOrdinaryOne_HS_STICKY_OFF() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    alice
        .put(Client.room(room, "send/x/t?org.matrix.msc4354.sticky_duration_ms=60000"), "{'v':1}")
        .ok();
    assertThat(alice.firstSync().toString()).contains("\"v\":1").doesNotContain("sticky");
  }
}
