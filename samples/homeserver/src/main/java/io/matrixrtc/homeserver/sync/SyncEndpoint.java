package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Filters;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.http.Tokens;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.stream.StreamKind;
import io.matrixrtc.homeserver.stream.StreamToken;
import io.matrixrtc.homeserver.time.TimeSource;
import io.matrixrtc.homeserver.todevice.ToDeviceInbox;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The sync request: at once if there is something to say, else when there is or time is up. */
final class SyncEndpoint implements Endpoints {
  /** A longer timeout counts as this one. */
  static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

  private final Foundation foundation;
  private final StateThread state;
  private final SyncReader reader;
  private final LongPolls polls;
  private final SyncGate gate;
  private final ToDeviceInbox inbox;
  private final Filters filters;
  private final Tokens tokens;

  SyncEndpoint(
      Foundation foundation,
      StateThread state,
      SyncReader reader,
      SyncGate gate,
      ToDeviceInbox inbox,
      Filters filters,
      Tokens tokens) {
    this.foundation = foundation;
    this.state = state;
    this.reader = reader;
    this.polls = new LongPolls(foundation.news());
    this.gate = gate;
    gate.onRelease(userId -> state.run(() -> polls.wake(userId, News.ALL_DEVICES)));
    this.inbox = inbox;
    this.filters = filters;
    this.tokens = tokens;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/sync", this::sync);
  }

  private Answer sync(Request request) {
    SyncContext first = context(request);
    // HS-TODEV-ACK: only a token that covers a message proves that it has arrived.
    first.since().ifPresent(t -> inbox.delete(first.session(), t.position(StreamKind.TO_DEVICE)));
    Duration timeout =
        Duration.ofMillis(
            Math.min(MAX_TIMEOUT.toMillis(), request.queryNumber("timeout").orElse(0L)));
    Poll poll =
        new Poll(request.token(), first, first.isFirst() || first.fullState() || timeout.isZero());
    Optional<Answer.Now> atOnce = poll.look();
    if (atOnce.isPresent()) {
      return atOnce.get();
    }
    poll.waitFor(timeout);
    return new Answer.Later(poll.answer);
  }

  private SyncContext context(Request request) {
    return new SyncContext(
        request.session(),
        request.query("since").map(StreamToken::parse),
        foundation.stream().current(),
        filter(request),
        request.queryFlag("full_state"),
        request.queryFlag("org.matrix.msc4222.use_state_after")
            || request.queryFlag("use_state_after"));
  }

  private SyncFilter filter(Request request) {
    String text = request.query("filter").orElse("");
    if (text.isEmpty()) {
      return SyncFilter.NONE;
    }
    if (text.startsWith("{")) {
      return SyncFilter.of(Json.parseObject(text.getBytes(StandardCharsets.UTF_8)));
    }
    ObjectNode stored =
        filters
            .get(request.session().userId(), text)
            .orElseThrow(() -> MatrixException.invalidParam("No such filter"));
    return SyncFilter.of(stored);
  }

  /** One request for as long as it is open. Used on the state thread. */
  private final class Poll implements LongPolls.Waiter {
    private final CompletableFuture<Answer.Now> answer = new CompletableFuture<>();
    private final String token;
    private final SyncContext context;
    private boolean timeUp;
    private TimeSource.Alarm alarm = () -> {};

    Poll(String token, SyncContext context, boolean timeUp) {
      this.token = token;
      this.context = context;
      this.timeUp = timeUp;
    }

    /** The answer, if it is to be given now. */
    Optional<Answer.Now> look() {
      Session session = context.session();
      if (tokens.session(token).isEmpty()) {
        throw MatrixException.unknownToken(tokens.isExpired(token));
      }
      Optional<SyncGate.Mode> withheld = gate.mode(session.userId());
      if (withheld.equals(Optional.of(SyncGate.Mode.SILENT))) {
        return Optional.empty();
      }
      if (withheld.isPresent() && context.since().isPresent()) {
        return timeUp
            ? Optional.of(Answer.ok(reader.nothing(context, context.since().get())))
            : Optional.empty();
      }
      SyncReader.Result result =
          reader.read(
              new SyncContext(
                  session,
                  context.since(),
                  foundation.stream().current(),
                  context.filter(),
                  context.fullState(),
                  context.stateAfter()));
      return result.news() || timeUp ? Optional.of(Answer.ok(result.body())) : Optional.empty();
    }

    void waitFor(Duration timeout) {
      polls.add(context.userId(), this);
      if (!timeUp) {
        alarm = foundation.time().after(timeout, () -> state.run(this::end));
      }
    }

    private void end() {
      timeUp = true;
      lookAgain();
    }

    @Override
    public String deviceId() {
      return context.session().deviceId();
    }

    @Override
    public void wake() {
      state.run(this::lookAgain);
    }

    private void lookAgain() {
      if (answer.isDone()) {
        return;
      }
      try {
        look().ifPresent(found -> finish(() -> answer.complete(found)));
      } catch (RuntimeException e) {
        finish(() -> answer.completeExceptionally(e));
      }
    }

    private void finish(Runnable completion) {
      alarm.cancel();
      polls.remove(context.userId(), this);
      completion.run();
    }
  }
}
