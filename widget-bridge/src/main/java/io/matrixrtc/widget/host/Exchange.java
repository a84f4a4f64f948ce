package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.api.WidgetMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;

/** One request of the widget on its way to its one reply (REPLY-ONCE). */
final class Exchange {
  private final HostSession session;
  private final WidgetMessage request;
  private final BiConsumer<Exchange, ObjectNode> onReply;
  private Instant deadline;
  private boolean over;

  /** Hands the response to {@code onReply} once. */
  Exchange(
      HostSession session,
      WidgetMessage request,
      Instant deadline,
      BiConsumer<Exchange, ObjectNode> onReply) {
    this.session = session;
    this.request = request;
    this.deadline = deadline;
    this.onReply = onReply;
  }

  /** What to do with an answer of a port. May refuse the request. */
  @FunctionalInterface
  interface Then<A> {
    void accept(A answer) throws RequestRefusedException;
  }

  WidgetMessage request() {
    return request;
  }

  Instant deadline() {
    return deadline;
  }

  /** Lets the answer take up to {@code most} from now on. */
  void allow(Duration most) {
    deadline = session.now().plus(most);
  }

  /** Whether the widget has its reply; later ones go nowhere. */
  boolean isOver() {
    return over;
  }

  void reply(ObjectNode response) {
    if (!over) {
      over = true;
      onReply.accept(this, response);
    }
  }

  void acknowledge() {
    reply(Json.newObject());
  }

  void refuse(WidgetError error) {
    if (!over) {
      session.report(new HostEvent.Refused(request.action(), error.message()));
      reply(error.toResponse());
    }
  }

  /** The exchange is void, without a reply. */
  void abandon() {
    over = true;
  }

  /** Calls a port; a failure is told to the widget as {@code failure} and the server's words. */
  <A> void call(DriverCall<A> call, String failure, Then<A> then) {
    session.call(call, result -> accept(result, failure, then));
  }

  <A> void accept(DriverResult<A> result, String failure, Then<A> then) {
    if (result instanceof DriverResult.Done<A> done) {
      attempt(() -> then.accept(done.answer()));
    } else if (result instanceof DriverResult.Failed<A> failed) {
      refuse(new WidgetError(failure, failed.cause()));
    }
  }

  /** A step that may refuse the request. */
  @FunctionalInterface
  interface Step {
    void run() throws RequestRefusedException;
  }

  void attempt(Step step) {
    try {
      step.run();
    } catch (RequestRefusedException e) {
      refuse(e.error());
    }
  }
}
