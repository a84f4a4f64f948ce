package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SenderEvidence.OlmDevice;
import java.util.Optional;

/**
 * A to-device message for the account, as its Olm machine hands it out.
 *
 * @param type the decrypted type
 * @param sender the user: of the Olm session, or the homeserver's word for cleartext
 * @param content the decrypted content
 * @param from the device that encrypted it; no value for cleartext
 */
public record IncomingToDevice(
    String type, String sender, ObjectNode content, Optional<OlmDevice> from) {

  /** A message that was Olm-encrypted for this device. */
  public static IncomingToDevice encrypted(String type, OlmDevice from, ObjectNode content) {
    return new IncomingToDevice(type, from.device().userId(), content, Optional.of(from));
  }

  /** A message that came in the clear. */
  public static IncomingToDevice cleartext(String type, String sender, ObjectNode content) {
    return new IncomingToDevice(type, sender, content, Optional.empty());
  }

  /** Without the content, which may be a key. */
  @Override
  public String toString() {
    return "IncomingToDevice[" + type + " from " + sender + ", " + from + "]";
  }
}
