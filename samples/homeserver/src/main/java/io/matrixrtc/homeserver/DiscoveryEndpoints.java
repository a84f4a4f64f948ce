package io.matrixrtc.homeserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.rooms.RoomVersion;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What this server is and can do. */
final class DiscoveryEndpoints implements Endpoints {
  private static final List<String> VERSIONS =
      List.of(
          "r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10",
          "v1.11", "v1.12");
  // Only what is written: an absent flag reads as false.
  private static final List<String> FEATURES = List.of("org.matrix.e2e_cross_signing");

  private final Supplier<String> baseUrl;
  private final HomeserverConfig config;

  DiscoveryEndpoints(Supplier<String> baseUrl, HomeserverConfig config) {
    this.baseUrl = baseUrl;
    this.config = config;
  }

  @Override
  public void addTo(Routes routes) {
    Route.Access open = Route.Access.PUBLIC;
    add(routes, "/.well-known/matrix/client", open, this::wellKnown);
    add(routes, "/_matrix/client/versions", open, this::versions);
    add(routes, "/_matrix/federation/v1/version", open, this::software);
    routes.client("GET", "/capabilities", this::capabilities);
  }

  private static void add(Routes routes, String path, Route.Access access, Route.Handler handler) {
    routes.add(new Route("GET", path, access, Optional.empty(), handler));
  }

  private Answer wellKnown(Request request) {
    ObjectNode answer = Json.object();
    answer.putObject("m.homeserver").put("base_url", baseUrl.get());
    if (config.rtcTransports().wellKnown()) {
      answer.set("org.matrix.msc4143.rtc_foci", config.rtcTransports().json());
    }
    return Answer.ok(answer);
  }

  private Answer versions(Request request) {
    ObjectNode answer = Json.object();
    ArrayNode versions = answer.putArray("versions");
    VERSIONS.forEach(versions::add);
    ObjectNode features = answer.putObject("unstable_features");
    FEATURES.forEach(feature -> features.put(feature, true));
    if (config.delayedEvents().enabled()) {
      features.put("org.matrix.msc4140", true);
      features.put("org.matrix.msc4140.stable", true);
    }
    if (config.stickyEvents() != StickyEvents.OFF) {
      features.put("org.matrix.msc4354", true);
    }
    if (config.rtcTransports().endpoint()) {
      features.put("org.matrix.msc4143", true);
    }
    return Answer.ok(answer);
  }

  private Answer software(Request request) {
    ObjectNode answer = Json.object();
    answer.putObject("server").put("name", "matrixrtc-homeserver").put("version", "0.1.0");
    return Answer.ok(answer);
  }

  private Answer capabilities(Request request) {
    ObjectNode answer = Json.object();
    ObjectNode capabilities = answer.putObject("capabilities");
    capabilities.set("m.room_versions", RoomVersion.capability());
    capabilities.putObject("m.change_password").put("enabled", false);
    if (config.delayedEvents().enabled()) {
      ObjectNode limits = config.delayedEvents().capability();
      capabilities.set("org.matrix.msc4140.delayed_events", limits);
      capabilities.set("m.delayed_events", limits);
    }
    return Answer.ok(answer);
  }
}
