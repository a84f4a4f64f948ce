package io.matrixrtc.client;

import io.matrixrtc.e2ee.RoomEncryptionOutcome;
import java.util.Optional;

/** What became of an event for an encrypted room. */
public sealed interface RoomSendOutcome {

  /**
   * The homeserver took it.
   *
   * @param eventId its id
   * @param encryption the key that opens it, and who has that key
   */
  record Sent(String eventId, RoomEncryptionOutcome.Encrypted encryption)
      implements RoomSendOutcome {}

  /** The room is not encrypted with Megolm: nothing was sent. */
  record RoomNotEncrypted() implements RoomSendOutcome {}

  /**
   * The room's state could not be had, or the event was not taken.
   *
   * @param failure why
   * @param encryption the key that the event was encrypted with, if it came so far
   */
  record Failed(ApiFailure failure, Optional<RoomEncryptionOutcome.Encrypted> encryption)
      implements RoomSendOutcome {}
}
