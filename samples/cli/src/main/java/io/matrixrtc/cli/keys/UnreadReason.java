package io.matrixrtc.cli.keys;

import io.matrixrtc.e2ee.RoomDecryptionFailure;
import java.util.Locale;

/** Why an event cannot be read, for people and for programs. */
final class UnreadReason {
  private UnreadReason() {}

  /** For example {@code missing_room_key}. */
  static String name(RoomDecryptionFailure failure) {
    return failure
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  static String sentence(RoomDecryptionFailure failure) {
    if (failure instanceof RoomDecryptionFailure.MissingRoomKey missing) {
      return missing
          .withheld()
          .map(code -> "its key is kept from this device: " + code.code())
          .orElse("its key is not here; other devices of yours are asked, or restore a backup");
    } else if (failure instanceof RoomDecryptionFailure.UnknownIndex later) {
      return "the key is here from message "
          + later.firstKnown()
          + " on, this one is number "
          + later.wanted();
    } else if (failure instanceof RoomDecryptionFailure.UntrustedSender untrusted) {
      return "its sender is refused: " + DevicesCommand.sentence(untrusted.state());
    } else if (failure instanceof RoomDecryptionFailure.Replayed replayed) {
      return "it repeats " + replayed.eventId();
    } else if (failure instanceof RoomDecryptionFailure.OwnerMismatch) {
      return "its key is of another device than was claimed";
    } else if (failure instanceof RoomDecryptionFailure.OtherRoom) {
      return "it was written for another room";
    } else if (failure instanceof RoomDecryptionFailure.NotAuthentic) {
      return "it was altered, or made by somebody else";
    } else if (failure instanceof RoomDecryptionFailure.UnsupportedAlgorithm) {
      return "it is encrypted with something else than Megolm";
    }
    return "it is malformed";
  }
}
