package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What became of one encrypted event of a room. Only {@link Decrypted} is authentic. */
public sealed interface RoomEventResult {

  /**
   * It passed every check.
   *
   * @param event the event as if it had been sent in the clear: {@code type} and {@code content}
   *     from inside, {@code room_id} checked, {@code sender}, {@code event_id}, {@code
   *     origin_server_ts} and {@code unsigned} as the server says
   * @param info who sent it; under {@link TrustPolicy#ALL} look at its verification, as the sender
   *     may be another than the event says
   * @param key the room key that opened it
   * @param index its place in the session, 0 to 2^32 − 1
   */
  record Decrypted(ObjectNode event, EncryptionInfo info, RoomKeyId key, long index)
      implements RoomEventResult {
    @Override
    public String toString() {
      return "Decrypted[" + key + " at " + index + ", " + info + "]";
    }
  }

  /**
   * It was refused.
   *
   * @param event the event as it came
   * @param failure the first check that it failed
   */
  record UnableToDecrypt(ObjectNode event, RoomDecryptionFailure failure)
      implements RoomEventResult {
    @Override
    public String toString() {
      return "UnableToDecrypt[" + failure + "]";
    }
  }
}
