package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The port through which call keys travel as encrypted events of the call's room. A Megolm machine
 * behind a homeserver, or an app's own Matrix stack, implements it. Any thread may call.
 */
public interface RoomEventChannel {

  /**
   * Encrypts an event for the room and sends it. Retries of the wire happen inside.
   *
   * @return completes with what became of it; exceptionally only when closed
   */
  CompletionStage<Outcome> send(String eventType, ObjectNode content);

  /**
   * Redacts an event of this device's. Retries of the wire happen inside; nobody waits for the end.
   */
  void redact(String eventId, String reason);

  /** Has the next event of this device encrypted with a new room key. */
  void discardRoomKey();

  /**
   * Delivers live events of {@code eventType}, in the order in which they can be read, one call at
   * a time: an event whose room key comes later is delivered then. Events in the clear are
   * delivered as {@link Listener#onCleartext}, never as authentic.
   *
   * @return cancels the subscription when closed
   */
  Subscription subscribe(String eventType, Listener listener);

  /** Receives the events of one subscription. Must not block. */
  interface Listener {
    /**
     * An event that was encrypted by a device which its room key names.
     *
     * @param takenAt when the homeserver took it, by its own word
     */
    void onEncrypted(SenderEvidence from, ObjectNode content, Instant takenAt);

    /** An event that came unencrypted; {@code userId} is the server's word. */
    void onCleartext(String userId, ObjectNode content);
  }

  /** A running subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** What became of an event. */
  sealed interface Outcome {
    /**
     * The homeserver took it.
     *
     * @param eventId its id
     * @param devices for each device of the room what became of the room key that opens it
     */
    record Sent(String eventId, Map<DeviceAddress, ToDeviceChannel.Outcome> devices)
        implements Outcome {
      public Sent {
        devices = Map.copyOf(devices);
      }
    }

    /** The room is not encrypted: nothing was sent. */
    record RoomNotEncrypted() implements Outcome {}

    /** Gave up. {@code reason} holds no secret. */
    record Failed(String reason) implements Outcome {}
  }
}
