package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.TurnDriver.TurnServers;
import io.matrixrtc.widget.host.TurnDriver.Unwatch;
import io.matrixrtc.widget.host.TurnDriver.Watch;

/** TURN servers (MSC3846): the first ones right after the reply, new ones when they change. */
final class TurnWatch {
  private final HostSession session;
  private boolean watching;

  TurnWatch(HostSession session) {
    this.session = session;
  }

  void watch(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need();
    if (watching) { // TURN-ONCE: a second watch does not start a second one
      exchange.acknowledge();
      return;
    }
    exchange.call(
        new Watch(),
        "TURN servers not available",
        servers -> {
          watching = true;
          exchange.acknowledge();
          push(servers);
        });
  }

  void unwatch(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need();
    exchange.acknowledge();
    stop();
  }

  private void need() throws RequestRefusedException {
    if (!session.grants().has(Feature.TURN_SERVERS)) {
      throw RequestRefusedException.missingCapability();
    }
  }

  /** There are new credentials. */
  void onServers(TurnServers servers) {
    if (watching) {
      push(servers);
    }
  }

  private void push(TurnServers servers) {
    ObjectNode data = Json.newObject();
    ArrayNode uris = data.putArray("uris");
    servers.uris().forEach(uris::add);
    data.put("username", servers.username());
    data.put("password", servers.password());
    session.push(WidgetAction.UPDATE_TURN_SERVERS, data);
  }

  void stop() {
    if (watching) {
      watching = false;
      session.call(new Unwatch(), ignored -> {});
    }
  }
}
