package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.api.WidgetMessage;
import io.matrixrtc.widget.host.HostEvent.DropReason;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Requests to the widget that wait for its reply, and a queue behind them (PUSH-BOUND). A reply
 * counts once, for the action that was asked, while it is waited for (REPLY-MATCH).
 */
final class PushRequests {
  private final HostSession session;
  private final Supplier<String> ids;
  private final Map<String, Pending> pending = new LinkedHashMap<>();
  private final Queue<Waiting> waiting = new ArrayDeque<>();

  private record Pending(WidgetAction action, Instant deadline, Consumer<PushAnswer> then) {}

  private record Waiting(WidgetAction action, ObjectNode data, Consumer<PushAnswer> then) {}

  PushRequests(HostSession session, Supplier<String> ids) {
    this.session = session;
    this.ids = ids;
  }

  void send(WidgetAction action, ObjectNode data, Consumer<PushAnswer> then) {
    if (pending.size() < session.limits().maxUnansweredPushes() && waiting.isEmpty()) {
      post(new Waiting(action, data, then));
    } else if (waiting.size() < session.limits().maxQueuedPushes()) {
      waiting.add(new Waiting(action, data, then));
    } else {
      session.report(new HostEvent.PushDropped(action.wireName()));
      then.accept(new PushAnswer.Lost());
    }
  }

  private void post(Waiting push) {
    String id = ids.get();
    pending.put(
        id,
        new Pending(push.action, session.now().plus(session.limits().replyTimeout()), push.then));
    session.post(
        WidgetMessage.request(
                Direction.TO_WIDGET, session.widget().widgetId(), id, push.action, push.data)
            .text());
  }

  /** A reply; tells why it is none that is waited for. */
  Optional<DropReason> onReply(WidgetMessage reply) {
    Pending asked = pending.get(reply.requestId());
    if (asked == null) {
      return Optional.of(DropReason.UNKNOWN_REPLY);
    }
    if (!asked.action.wireName().equals(reply.action())) {
      return Optional.of(DropReason.REPLY_OF_ANOTHER_ACTION);
    }
    pending.remove(reply.requestId());
    ObjectNode response = reply.response().orElseThrow();
    Optional<WidgetError> error = WidgetError.from(response);
    if (error.isPresent()) {
      session.report(new HostEvent.PushFailed(reply.action(), error.get()));
      asked.then.accept(new PushAnswer.Refused(error.get()));
    } else {
      asked.then.accept(new PushAnswer.Taken(response));
    }
    postWaiting();
    return Optional.empty();
  }

  /** Gives up what is overdue. */
  void onTime() {
    List<Pending> late = new ArrayList<>();
    pending.values().removeIf(asked -> !asked.deadline.isAfter(session.now()) && late.add(asked));
    for (Pending asked : late) {
      session.report(new HostEvent.PushTimedOut(asked.action.wireName()));
      asked.then.accept(new PushAnswer.Lost());
    }
    postWaiting();
  }

  private void postWaiting() {
    while (pending.size() < session.limits().maxUnansweredPushes() && !waiting.isEmpty()) {
      post(waiting.remove());
    }
  }

  Optional<Instant> nextDeadline() {
    return pending.values().stream().map(Pending::deadline).min(Comparator.naturalOrder());
  }

  /** The document that was asked is gone: nothing is waited for. */
  void reset() {
    pending.clear();
    waiting.clear();
  }

  int unanswered() {
    return pending.size();
  }
}
