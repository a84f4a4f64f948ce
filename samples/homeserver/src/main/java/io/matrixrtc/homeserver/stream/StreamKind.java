package io.matrixrtc.homeserver.stream;

/** The parts of the stream that a sync reads. The order is that of the numbers in a token. */
public enum StreamKind {
  ROOMS,
  TO_DEVICE,
  DEVICE_LISTS,
  ACCOUNT_DATA,
  ONE_TIME_KEYS,
  STICKY,
  EPHEMERAL
}
