package io.matrixrtc.e2ee;

import java.util.Optional;

/** Why an encrypted event of a room was refused. The order is that of the checks. */
public sealed interface RoomDecryptionFailure {

  /** The event, or the message in it, is malformed. */
  record Malformed() implements RoomDecryptionFailure {}

  /** An algorithm other than Megolm version 1. */
  record UnsupportedAlgorithm() implements RoomDecryptionFailure {}

  /**
   * The key is not held, or only from a later message on and the earlier part is withheld: wait for
   * it, or ask for it.
   *
   * @param key the key
   * @param withheld why its owner keeps it from us, if somebody says so
   */
  record MissingRoomKey(RoomKeyId key, Optional<WithheldCode> withheld)
      implements RoomDecryptionFailure {}

  /**
   * The key is held from a later message on: ask for an earlier one.
   *
   * @param key the key
   * @param firstKnown the first index that it can decrypt
   * @param wanted the message's index
   */
  record UnknownIndex(RoomKeyId key, long firstKnown, long wanted)
      implements RoomDecryptionFailure {}

  /** The message was not made by the owner of the session, or was altered. */
  record NotAuthentic() implements RoomDecryptionFailure {}

  /** The plaintext is not an event, or lacks a member that it must have. */
  record MalformedPayload() implements RoomDecryptionFailure {}

  /** The message was written for another room. */
  record OtherRoom() implements RoomDecryptionFailure {}

  /**
   * Another event was decrypted at the same place of the session.
   *
   * @param eventId that event
   */
  record Replayed(String eventId) implements RoomDecryptionFailure {}

  /** The sender's device has not the Ed25519 key that was claimed with the room key. */
  record OwnerMismatch() implements RoomDecryptionFailure {}

  /**
   * The sending device is blocked, or is trusted less than the policy asks for.
   *
   * @param state how far it is trusted
   */
  record UntrustedSender(VerificationState state) implements RoomDecryptionFailure {}
}
