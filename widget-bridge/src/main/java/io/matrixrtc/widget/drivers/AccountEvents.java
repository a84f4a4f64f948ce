package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.RoomView.Encryption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Events of an account's rooms. Message-like events of encrypted rooms are encrypted, but for those
 * of {@link ClearEvents}; a room whose encryption is not known counts as encrypted. State is read
 * from memory. One try each: a widget repeats what matters.
 */
final class AccountEvents implements EventDriver {
  /** A homeserver that takes longer counts as unreachable: the widget is answered sooner. */
  static final Duration TIME_LIMIT = Duration.ofSeconds(8);

  private final EncryptedClient account;
  private final MatrixClient client;
  private final RoomStates states;
  private final TimelineReader timelines;
  private final TransactionIds transactions;

  AccountEvents(EncryptedClient account, RoomStates states, TransactionIds transactions) {
    this.account = account;
    this.client = account.matrix();
    this.states = states;
    this.timelines = new TimelineReader(account);
    this.transactions = transactions;
  }

  @Override
  public CompletionStage<DriverResult<String>> send(Send event) {
    if (event.stateKey().isPresent()) {
      return HomeserverAnswers.of(
          client
              .rooms()
              .sendStateOnce(
                  event.roomId(),
                  event.type(),
                  event.stateKey().get(),
                  event.content(),
                  TIME_LIMIT));
    }
    boolean encrypted =
        states.encryption(event.roomId()) != Encryption.CLEAR
            && !ClearEvents.contains(event.type());
    if (!encrypted) {
      return HomeserverAnswers.of(
          client
              .rooms()
              .sendEventOnce(
                  event.roomId(),
                  event.type(),
                  transactions.next(),
                  event.content(),
                  event.sticky().orElse(Duration.ZERO),
                  TIME_LIMIT));
    }
    return event.sticky().isPresent()
        ? CompletableFuture.completedFuture(DriverResult.failed(ClearEvents.WHY_NOT))
        : encrypted(event);
  }

  private CompletionStage<DriverResult<String>> encrypted(Send event) {
    return account
        .rooms()
        .send(event.roomId(), event.type(), event.content())
        .handle(
            (outcome, closed) -> {
              if (outcome instanceof RoomSendOutcome.Sent sent) {
                return DriverResult.done(sent.eventId());
              } else if (outcome instanceof RoomSendOutcome.Failed failed) {
                return HomeserverAnswers.failed(failed.failure());
              } else if (outcome instanceof RoomSendOutcome.RoomNotEncrypted) {
                return DriverResult.failed("the room's encryption is not one that we know");
              }
              return DriverResult.failed("the client is closed");
            });
  }

  @Override
  public CompletionStage<DriverResult<String>> redact(Redact redaction) {
    ObjectNode body = Json.newObject();
    redaction.reason().ifPresent(reason -> body.put("reason", reason));
    ApiRequest request =
        ApiRequest.put(
                body,
                "v3",
                "rooms",
                redaction.roomId(),
                "redact",
                redaction.eventId(),
                transactions.next())
            .within(TIME_LIMIT);
    return HomeserverAnswers.of(
        client
            .api()
            .once(request)
            .thenApply(result -> result.map(answer -> answer.path("event_id").asText())));
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> timeline(ReadTimeline query) {
    return timelines.read(query);
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> state(ReadState query) {
    return HomeserverAnswers.of(
        states
            .load(query.roomId())
            .thenApply(
                result ->
                    result.map(loaded -> states.read(query.roomId(), query.type(), query.keys()))));
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> sticky(ReadSticky query) {
    return timelines.sticky(query.roomId());
  }

  @Override
  public CompletionStage<DriverResult<RelationsPage>> relations(ReadRelations query) {
    return timelines.relations(query);
  }

  @Override
  public CompletionStage<DriverResult<Optional<ObjectNode>>> accountData(ReadAccountData query) {
    return client
        .api()
        .once(
            ApiRequest.get(
                    "v3",
                    "user",
                    client.session().userId(),
                    "rooms",
                    query.roomId(),
                    "account_data",
                    query.type())
                .within(TIME_LIMIT))
        .handle(
            (result, closed) ->
                result == null
                    ? DriverResult.failed("the client is closed")
                    : result.fold(
                        content -> DriverResult.done(Optional.of(content)),
                        AccountEvents::noAccountData));
  }

  private static DriverResult<Optional<ObjectNode>> noAccountData(ApiFailure failure) {
    return failure instanceof ApiFailure.Refused refused && refused.errcode().equals("M_NOT_FOUND")
        ? DriverResult.done(Optional.empty())
        : HomeserverAnswers.failed(failure);
  }
}
