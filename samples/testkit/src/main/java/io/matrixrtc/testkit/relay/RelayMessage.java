package io.matrixrtc.testkit.relay;

import java.util.List;

/** One message of the relay's protocol; {@link RelayCodec} has the bytes. */
sealed interface RelayMessage {
  /** Client: who I am. The first message of a connection, and only there. */
  record Hello(Role role, String identity) implements RelayMessage {}

  /** Relay: you are in; these others are, too. */
  record Welcome(List<String> members) implements RelayMessage {}

  /** Relay: another member connected. */
  record Joined(String identity) implements RelayMessage {}

  /** Relay: another member is gone. */
  record Left(String identity) implements RelayMessage {}

  /** Client: a frame for all others. */
  record Publish(PublishedFrame frame) implements RelayMessage {}

  /** Relay: a frame of another member. */
  record Forward(RelayedFrame frame) implements RelayMessage {}

  /** Relay: why it closes this connection. The last message. */
  record Goodbye(CloseReason reason) implements RelayMessage {}

  /** What a connection may do. */
  enum Role {
    /** Publishes, receives, is seen by the others. */
    MEMBER,
    /** Receives only and is not seen. */
    TAP
  }
}
