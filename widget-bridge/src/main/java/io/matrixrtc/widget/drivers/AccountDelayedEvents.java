package io.matrixrtc.widget.drivers;

import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.widget.host.DelayedEventDriver;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Delayed events of an account, one try each: a widget repeats what matters. */
final class AccountDelayedEvents implements DelayedEventDriver {
  private final MatrixClient client;
  private final RoomStates states;
  private final TransactionIds transactions;

  AccountDelayedEvents(MatrixClient client, RoomStates states, TransactionIds transactions) {
    this.client = client;
    this.states = states;
    this.transactions = transactions;
  }

  @Override
  public CompletionStage<DriverResult<String>> send(SendDelayed delayed) {
    EventDriver.Send event = delayed.event();
    if (ClearEvents.wouldLeak(states, event)) {
      return CompletableFuture.completedFuture(DriverResult.failed(ClearEvents.WHY_NOT));
    }
    OutgoingEvent outgoing =
        event.stateKey().isPresent()
            ? new OutgoingEvent.State(event.type(), event.stateKey().get(), event.content())
            : new OutgoingEvent.Message(
                event.type(),
                transactions.next(),
                event.content(),
                event.sticky().orElse(Duration.ZERO));
    return HomeserverAnswers.of(
        client
            .delayedEvents()
            .schedule(
                event.roomId(),
                outgoing,
                delayed.delay(),
                transactions.next(),
                AccountEvents.TIME_LIMIT)
            .thenApply(result -> result.map(DelayId::value)));
  }

  @Override
  public CompletionStage<DriverResult<Ack>> update(UpdateDelayed update) {
    DelayedAction action =
        switch (update.action()) {
          case CANCEL -> DelayedAction.CANCEL;
          case RESTART -> DelayedAction.RESTART;
          case SEND -> DelayedAction.SEND;
        };
    return HomeserverAnswers.of(
        client
            .delayedEvents()
            .update(new DelayId(update.delayId()), action, AccountEvents.TIME_LIMIT)
            .thenApply(result -> result.map(done -> Ack.ACK)));
  }
}
