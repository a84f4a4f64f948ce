package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Events of rooms. Message-like events of encrypted rooms are encrypted and decrypted here. */
public interface EventDriver {
  /** Sends an event; answers its event id. */
  CompletionStage<DriverResult<String>> send(Send event);

  /** Redacts an event; answers the redaction's event id. */
  CompletionStage<DriverResult<String>> redact(Redact redaction);

  /** Reads what a room's timeline holds, newest first, decrypted. */
  CompletionStage<DriverResult<List<ObjectNode>>> timeline(ReadTimeline query);

  /** Reads current state. */
  CompletionStage<DriverResult<List<ObjectNode>>> state(ReadState query);

  /** Reads the events that are sticky now. */
  CompletionStage<DriverResult<List<ObjectNode>>> sticky(ReadSticky query);

  /** Reads events that relate to one. */
  CompletionStage<DriverResult<RelationsPage>> relations(ReadRelations query);

  /** Reads the user's data of a room: the content, if there is any. */
  CompletionStage<DriverResult<Optional<ObjectNode>>> accountData(ReadAccountData query);

  /**
   * An event to send.
   *
   * @param stateKey there for a state event
   * @param sticky how long it is sticky, for a message-like event (MSC4354)
   */
  record Send(
      String roomId,
      String type,
      ObjectNode content,
      Optional<String> stateKey,
      Optional<Duration> sticky)
      implements DriverCall<String> {
    @Override
    public CompletionStage<DriverResult<String>> on(WidgetDriver driver) {
      return driver.events().send(this);
    }
  }

  /** A redaction to make with {@code PUT /redact}. */
  record Redact(String roomId, String eventId, Optional<String> reason)
      implements DriverCall<String> {
    @Override
    public CompletionStage<DriverResult<String>> on(WidgetDriver driver) {
      return driver.events().redact(this);
    }
  }

  /**
   * A look into a timeline.
   *
   * @param stateKey for state events: the key, or {@code ANY}; no value for message-like events
   * @param limit most events, positive
   * @param since stop at this event
   */
  record ReadTimeline(
      String roomId,
      String type,
      Optional<StateKeys> stateKey,
      Optional<String> msgtype,
      int limit,
      Optional<String> since)
      implements DriverCall<List<ObjectNode>> {
    @Override
    public CompletionStage<DriverResult<List<ObjectNode>>> on(WidgetDriver driver) {
      return driver.events().timeline(this);
    }
  }

  /**
   * Which state keys.
   *
   * @param only the only one; no value for any
   */
  record StateKeys(Optional<String> only) {
    /** Every key. */
    public static final StateKeys ANY = new StateKeys(Optional.empty());
  }

  /** Current state of one type. */
  record ReadState(String roomId, String type, StateKeys keys)
      implements DriverCall<List<ObjectNode>> {
    @Override
    public CompletionStage<DriverResult<List<ObjectNode>>> on(WidgetDriver driver) {
      return driver.events().state(this);
    }
  }

  /** The sticky events of a room. */
  record ReadSticky(String roomId) implements DriverCall<List<ObjectNode>> {
    @Override
    public CompletionStage<DriverResult<List<ObjectNode>>> on(WidgetDriver driver) {
      return driver.events().sticky(this);
    }
  }

  /** Relations of an event, as {@code GET /relations} takes them. */
  record ReadRelations(
      String roomId,
      String eventId,
      Optional<String> relType,
      Optional<String> eventType,
      Optional<Integer> limit,
      Optional<String> from,
      Optional<String> to,
      Optional<String> direction)
      implements DriverCall<RelationsPage> {
    @Override
    public CompletionStage<DriverResult<RelationsPage>> on(WidgetDriver driver) {
      return driver.events().relations(this);
    }
  }

  /** One page of relations. */
  record RelationsPage(
      List<ObjectNode> chunk, Optional<String> nextBatch, Optional<String> prevBatch) {
    public RelationsPage {
      chunk = List.copyOf(chunk);
    }
  }

  /** The user's data of one type in a room. */
  record ReadAccountData(String roomId, String type) implements DriverCall<Optional<ObjectNode>> {
    @Override
    public CompletionStage<DriverResult<Optional<ObjectNode>>> on(WidgetDriver driver) {
      return driver.events().accountData(this);
    }
  }
}
