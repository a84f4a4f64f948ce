package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletionStage;

/**
 * The port through which a session sets state of its room. One try for each call: the session
 * decides about others. Any thread may call.
 */
public interface RoomStatePublisher {
  /**
   * Puts a state event.
   *
   * @return completes with the outcome; exceptionally only when closed
   */
  CompletionStage<PublishOutcome> putState(String eventType, String stateKey, ObjectNode content);
}
