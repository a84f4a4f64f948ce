package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The port through which a session puts its own events into its room. One try for each call, which
 * ends within half a minute: the session decides about others. Any thread may call. Every stage
 * completes with the outcome; exceptionally only when closed.
 */
public interface RoomStatePublisher {
  /** Puts a state event. */
  CompletionStage<PublishOutcome> putState(String eventType, String stateKey, ObjectNode content);

  /**
   * Sends a message event: sticky if it says so, encrypted if the room is. A homeserver without
   * sticky events is {@link PublishOutcome.Unsupported} for a sticky one.
   */
  CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event);

  /**
   * Has the homeserver send an event after {@code delay} (MSC4140). A homeserver without delayed
   * events is {@link ScheduleOutcome.Unsupported}, a legal state of affairs. A delayed leave goes
   * out unencrypted.
   */
  CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay);

  /**
   * Restarts, sends or cancels a delayed event, with the access token: servers count
   * unauthenticated calls per address.
   */
  CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action);
}
