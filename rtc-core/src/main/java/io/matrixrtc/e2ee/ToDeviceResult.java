package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/**
 * What became of one to-device event of a sync. Only {@link Decrypted} is authentic. Events of
 * dehydrated devices have no result.
 */
public sealed interface ToDeviceResult {
  /** In the place of an id: the machine deals with the event itself, and the app need not. */
  long NOT_KEPT = 0;

  /**
   * Names the event until it is acknowledged, also after a crash. Empty for what is not kept in the
   * {@link Inbox}: events that were refused, or are none, or are the machine's own.
   */
  default OptionalLong inboxId() {
    return OptionalLong.empty();
  }

  /**
   * It was encrypted for this device and passed every check.
   *
   * @param event the decrypted payload: {@code type}, {@code content}, {@code sender} and more.
   *     Secrets that the machine keeps for itself are blanked.
   * @param info who sent it
   * @param id its id in the {@link Inbox}, or {@link #NOT_KEPT}
   */
  record Decrypted(ObjectNode event, EncryptionInfo info, long id) implements ToDeviceResult {
    @Override
    public OptionalLong inboxId() {
      return id == NOT_KEPT ? OptionalLong.empty() : OptionalLong.of(id);
    }

    /** The type inside the encryption. */
    public String type() {
      return event.path("type").asText();
    }

    /** The content, which may hold secrets of the app. */
    public ObjectNode content() {
      return (ObjectNode) event.path("content");
    }

    @Override
    public String toString() {
      return "Decrypted[" + type() + ", " + info + "]";
    }
  }

  /**
   * It was encrypted, and was refused.
   *
   * @param event the event as it came
   * @param reason the first check that it failed
   */
  record UnableToDecrypt(ObjectNode event, UndecryptableReason reason) implements ToDeviceResult {
    @Override
    public String toString() {
      return "UnableToDecrypt[" + senderOf(event) + ", " + reason + "]";
    }
  }

  /**
   * It was not encrypted: the server's word, nothing more.
   *
   * @param event the event as it came
   * @param id its id in the {@link Inbox}, or {@link #NOT_KEPT}
   */
  record PlainText(ObjectNode event, long id) implements ToDeviceResult {
    @Override
    public OptionalLong inboxId() {
      return id == NOT_KEPT ? OptionalLong.empty() : OptionalLong.of(id);
    }

    /** The type of the event. */
    public String type() {
      return event.path("type").asText();
    }

    @Override
    public String toString() {
      return "PlainText[" + senderOf(event) + ", " + type() + "]";
    }
  }

  /**
   * It is no to-device event at all.
   *
   * @param event what came
   */
  record Invalid(JsonNode event) implements ToDeviceResult {
    @Override
    public String toString() {
      return "Invalid[" + senderOf(event) + "]";
    }
  }

  private static String senderOf(JsonNode event) {
    return ShownText.of(event.path("sender").asText("?"), ShownText.MAX_ID_CHARS);
  }
}
