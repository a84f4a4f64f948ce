package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** What became of encrypting an event for a room. */
public sealed interface RoomEncryptionOutcome {

  /**
   * Encrypted; the session's new state is stored. Send it at once, in this order.
   *
   * @param content the content of the {@code m.room.encrypted} event
   * @param key the room key that opens it
   * @param index its place in the session, 0 to 2^32 − 1
   * @param rotation why the key is a new one, if it is
   * @param shares what became of the key for each device of the room's readers but this one
   */
  record Encrypted(
      ObjectNode content,
      RoomKeyId key,
      long index,
      Optional<RotationCause> rotation,
      Map<UserDevice, RoomKeyShare> shares)
      implements RoomEncryptionOutcome {
    public Encrypted {
      shares = Map.copyOf(shares);
    }

    @Override
    public String toString() {
      return "Encrypted[" + key + " at " + index + ", " + shares.size() + " devices]";
    }
  }

  /** The machine knows no settings for the room: it is not encrypted, or not with Megolm. */
  record RoomNotEncrypted() implements RoomEncryptionOutcome {}
}
