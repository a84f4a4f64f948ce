package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.api.WidgetMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The widget's requests that wait for the host's reply (CLIENT-TIMEOUT). */
final class HostRequests {
  private final String widgetId;
  private final Duration timeout;
  private final Map<String, Pending> pending = new LinkedHashMap<>();

  private record Pending(String action, Instant deadline, Consumer<WidgetResult> then) {}

  HostRequests(String widgetId, Duration timeout) {
    this.widgetId = widgetId;
    this.timeout = timeout;
  }

  WidgetMessage start(
      String id, WidgetAction action, ObjectNode data, Instant now, Consumer<WidgetResult> then) {
    pending.put(id, new Pending(action.wireName(), now.plus(timeout), then));
    return WidgetMessage.request(Direction.FROM_WIDGET, widgetId, id, action, data);
  }

  /** A reply; one that nobody waits for is ignored. */
  void onReply(WidgetMessage reply) {
    Pending asked = pending.get(reply.requestId());
    if (asked == null || !asked.action.equals(reply.action())) {
      return;
    }
    pending.remove(reply.requestId());
    ObjectNode response = reply.response().orElseThrow();
    asked.then.accept(
        WidgetError.from(response)
            .<WidgetResult>map(error -> new WidgetResult.Refused(error, response))
            .orElseGet(() -> new WidgetResult.Answered(response)));
  }

  void onTime(Instant now) {
    List<Pending> late = new ArrayList<>();
    pending.values().removeIf(asked -> !asked.deadline.isAfter(now) && late.add(asked));
    late.forEach(asked -> asked.then.accept(new WidgetResult.TimedOut()));
  }

  void close() {
    List<Pending> open = List.copyOf(pending.values());
    pending.clear();
    open.forEach(asked -> asked.then.accept(new WidgetResult.Closed()));
  }

  Optional<Instant> nextDeadline() {
    return pending.values().stream().map(Pending::deadline).min(Comparator.naturalOrder());
  }
}
