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
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * The requests of the widget: each is carried out once and answered once, within the limits of
 * rate, number and time.
 */
final class WidgetRequests {
  private final HostSession session;
  private final Map<WidgetAction, ActionHandler> handlers;
  private final Predicate<WidgetAction> ready;
  private final Map<RateClass, TokenBucket> buckets = new EnumMap<>(RateClass.class);
  private final Map<String, Exchange> open = new LinkedHashMap<>();
  private final Queue<WidgetMessage> queue = new ArrayDeque<>();
  private final AnsweredRequests answered;

  /** Refuses actions for which the session is not {@code ready}. */
  WidgetRequests(
      HostSession session,
      Map<WidgetAction, ActionHandler> handlers,
      Predicate<WidgetAction> ready) {
    this.session = session;
    this.handlers = handlers;
    this.ready = ready;
    this.answered = new AnsweredRequests(session.limits());
  }

  /** A request; tells if it is dropped, or is one too many. */
  Optional<DropReason> onRequest(WidgetMessage request) {
    if (isUnderWay(request)) {
      return Optional.of(DropReason.REPEATED_REQUEST); // its reply is still to come
    }
    Optional<String> before = answered.find(request);
    if (before.isPresent()) { // REPLAY
      session.post(request.replyText(before.get()));
      return Optional.of(DropReason.REPEATED_REQUEST);
    }
    if (open.size() < session.limits().maxOpenRequests()) {
      start(request);
    } else if (queue.size() < session.limits().maxQueuedRequests()) { // REQUEST-BOUND
      queue.add(request);
    } else {
      flooding(request, "Too many requests at once");
    }
    return Optional.empty();
  }

  private boolean isUnderWay(WidgetMessage request) {
    return open.containsKey(request.requestId())
        || queue.stream().anyMatch(other -> other.requestId().equals(request.requestId()));
  }

  /** Whether its id was used before by this document. */
  boolean isRepeated(WidgetMessage request) {
    return isUnderWay(request) || answered.find(request).isPresent();
  }

  private void refuse(WidgetMessage request, WidgetError error) {
    exchange(request).refuse(error);
  }

  private void flooding(WidgetMessage request, String message) {
    session.strike();
    refuse(request, WidgetError.of(message));
  }

  private Exchange exchange(WidgetMessage request) {
    Instant deadline = session.now().plus(session.limits().answerTimeout());
    Exchange exchange = new Exchange(session, request, deadline, this::onReply);
    open.put(request.requestId(), exchange);
    return exchange;
  }

  private void onReply(Exchange exchange, ObjectNode response) {
    WidgetMessage request = exchange.request();
    open.remove(request.requestId());
    String text = response.toString();
    answered.remember(request, text);
    session.post(request.replyText(text));
  }

  private void start(WidgetMessage request) {
    Optional<WidgetAction> action = WidgetAction.of(Direction.FROM_WIDGET, request.action());
    ActionHandler handler = action.map(handlers::get).orElse(null);
    RateClass rate = action.map(RateClass::of).orElse(RateClass.CHEAP);
    if (!bucket(rate).take(session.now())) { // RATE-LIMIT
      flooding(request, "Too many requests in a short time");
    } else if (action.isEmpty() || handler == null) { // ACTION-UNKNOWN
      refuse(request, WidgetError.unknownFromWidget(request.action()));
    } else if (!ready.test(action.get())) { // NEGOTIATE-FIRST
      refuse(request, WidgetError.of("Request received before capabilities were negotiated"));
    } else {
      Exchange exchange = exchange(request);
      exchange.attempt(() -> handler.handle(exchange, new RequestFields(request.data())));
    }
  }

  private TokenBucket bucket(RateClass rate) {
    return buckets.computeIfAbsent(
        rate, kind -> new TokenBucket(kind.burst(), kind.perSecond(), session.now()));
  }

  /** Starts what could not be started before. To be called after every input. */
  void startQueued() {
    while (open.size() < session.limits().maxOpenRequests() && !queue.isEmpty()) {
      start(queue.remove());
    }
  }

  /** Answers what the ports did not answer in time (ANSWER-DEADLINE). */
  void onTime() {
    for (Exchange exchange : new ArrayList<>(open.values())) {
      if (!exchange.deadline().isAfter(session.now())) {
        exchange.refuse(WidgetError.of("The request took too long"));
      }
    }
  }

  Optional<Instant> nextDeadline() {
    return open.values().stream().map(Exchange::deadline).min(Comparator.naturalOrder());
  }

  /** The document that asked is gone. The buckets stay: reloading buys nothing. */
  void reset() {
    open.values().forEach(Exchange::abandon);
    open.clear();
    queue.clear();
    answered.clear();
  }
}
