package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The port through which call keys travel as Olm-encrypted to-device messages. An Olm machine
 * behind a homeserver, a widget host, or an app's own Matrix stack implements it.
 */
public interface ToDeviceChannel {

  /**
   * Encrypts {@code content} for each device and sends it. HTTP retries (429, 5xx, a lost answer)
   * happen inside; the outcome per device is final.
   *
   * @return completes with one outcome for every device asked for; exceptionally only when closed
   */
  CompletionStage<Map<DeviceAddress, Outcome>> send(
      String eventType, ObjectNode content, Set<DeviceAddress> to);

  /**
   * Delivers decrypted events of {@code eventType} in arrival order, one call at a time. Events
   * that arrived in the clear are delivered as {@link Listener#onCleartext}, never as authentic.
   *
   * @return cancels the subscription when closed
   */
  Subscription subscribe(String eventType, Listener listener);

  /** Receives the events of one subscription. Must not block. */
  interface Listener {
    /** An event that was Olm-encrypted for this device and passed every check of the payload. */
    void onEncrypted(SenderEvidence from, ObjectNode content);

    /**
     * An event of the subscribed type that came unencrypted; {@code userId} is the server's word.
     */
    void onCleartext(String userId, ObjectNode content);
  }

  /** A running subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** What became of the message to one device. */
  sealed interface Outcome {
    /** The homeserver accepted the encrypted message. */
    record Sent() implements Outcome {}

    /** The device does not exist, or its keys could not be verified. */
    record UnknownDevice() implements Outcome {}

    /** There is no Olm session, and the device has no one-time or fallback key left. */
    record NoOneTimeKeys() implements Outcome {}

    /** The trust policy for sending, or a local block, excludes the device. */
    record Refused(String reason) implements Outcome {}

    /** To-device messages cannot be sent here at all: a widget host without them. */
    record Unsupported(String reason) implements Outcome {}

    /** Gave up: the homeserver did not accept the message. {@code reason} holds no secret. */
    record Failed(String reason) implements Outcome {}
  }
}
