package io.matrixrtc.keys;

import java.time.Instant;

/** How far one member has got this device's newest key. */
public sealed interface DeliveryState {
  /** How many times it was offered, from 1; 0 if it is withheld. */
  int attempts();

  /** A message was handed to the transport, which has not answered. */
  record Offered(Instant at, int attempts) implements DeliveryState {}

  /** The transport confirmed the message. */
  record Served(Instant at, int attempts) implements DeliveryState {}

  /** The transport failed; the key is offered again at {@code nextTryAt} while it is of use. */
  record Failed(Delivery.Failed failure, Instant nextTryAt, int attempts)
      implements DeliveryState {}

  /** The member does not meet the send policy: it is offered nothing until it does. */
  record Withheld(String reason) implements DeliveryState {
    @Override
    public int attempts() {
      return 0;
    }
  }
}
