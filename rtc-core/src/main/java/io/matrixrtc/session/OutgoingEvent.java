package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** An event of this device's membership, to be sent now or later. */
public sealed interface OutgoingEvent {
  /** The event type. */
  String type();

  /** The content. */
  ObjectNode content();

  /** A state event. */
  record State(String type, String stateKey, ObjectNode content) implements OutgoingEvent {
    public State {
      content = content.deepCopy();
    }

    @Override
    public ObjectNode content() {
      return content.deepCopy();
    }
  }

  /**
   * A sticky message event (MSC4354), to be encrypted where the room is.
   *
   * @param transactionId equal only for repetitions of one request, so that a server takes it once
   * @param stickyFor how long it is sticky; zero for an ordinary message event
   */
  record Message(String type, String transactionId, ObjectNode content, Duration stickyFor)
      implements OutgoingEvent {
    public Message {
      content = content.deepCopy();
    }

    @Override
    public ObjectNode content() {
      return content.deepCopy();
    }
  }
}
