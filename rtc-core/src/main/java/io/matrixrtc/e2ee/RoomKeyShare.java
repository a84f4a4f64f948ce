package io.matrixrtc.e2ee;

/** What became of a room key for one device, when an event was encrypted with it. */
public sealed interface RoomKeyShare {

  /**
   * The device can read the event: the homeserver has the key for it, now or since earlier.
   *
   * @param index the first message that it can read, 0 to 2^32 − 1
   */
  record Served(long index) implements RoomKeyShare {}

  /**
   * The key is kept from it, and it is told so.
   *
   * @param code what it is told
   * @param why what stood in the way
   */
  record Withheld(WithheldCode code, EncryptionOutcome why) implements RoomKeyShare {}

  /**
   * The key did not get away to it; it is tried again with the next event.
   *
   * @param why never {@link DeliveryOutcome.Sent}
   */
  record NotReached(DeliveryOutcome why) implements RoomKeyShare {}
}
