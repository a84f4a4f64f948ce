package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.TurnDriver.TurnServers;
import io.matrixrtc.widget.host.TurnDriver.Unwatch;
import io.matrixrtc.widget.host.TurnDriver.Watch;
import java.util.ArrayList;
import java.util.List;

/**
 * TURN servers (MSC3846): the first ones right after the reply, new ones when they change. One
 * watch of the driver at a time, whatever the widget asks for (TURN-ONCE).
 */
final class TurnWatch {
  private final HostSession session;
  private final List<Exchange> asking = new ArrayList<>(); // wait for the first servers
  private boolean watching;
  private long watches; // of an earlier one no answer counts

  TurnWatch(HostSession session) {
    this.session = session;
  }

  void watch(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need();
    if (watching) {
      exchange.acknowledge();
      return;
    }
    if (asking.removeIf(Exchange::isOver) && asking.isEmpty()) { // the driver was too slow
      session.call(new Unwatch(), ignored -> {});
    }
    asking.add(exchange);
    if (asking.size() == 1) {
      long watch = ++watches;
      session.call(new Watch(), result -> onFirst(watch, result));
    }
  }

  private void onFirst(long watch, DriverResult<TurnServers> result) {
    if (watch != watches) {
      return;
    }
    List<Exchange> waiting = List.copyOf(asking);
    asking.clear();
    watching = result instanceof DriverResult.Done<TurnServers>;
    waiting.forEach(
        one -> one.accept(result, "TURN servers not available", servers -> one.acknowledge()));
    if (result instanceof DriverResult.Done<TurnServers> done) {
      push(done.answer());
    }
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

  /**
   * The document, the session or the widget wants no more of it: also if the first servers are
   * still on their way (TURN-END).
   */
  void stop() {
    if (watching || !asking.isEmpty()) {
      watching = false;
      watches++;
      asking.forEach(Exchange::acknowledge);
      asking.clear();
      session.call(new Unwatch(), ignored -> {});
    }
  }
}
