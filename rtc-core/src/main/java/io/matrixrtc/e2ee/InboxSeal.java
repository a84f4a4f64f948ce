package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes an inbox event as a line of JSON about its sender, empty for one in the clear, and the
 * event itself in the rest: not one inside the other, as the event may be as deep as JSON is read.
 * Numbers beyond those of a double, and negative zeros, which Matrix does not allow, come back
 * otherwise.
 */
final class InboxSeal {
  private static final String KIND = "inbox event";

  /** Halves of surrogate pairs, which some JSON has, survive as escapes only. */
  private static final ObjectWriter WRITER =
      Json.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final RowSeal rows;

  InboxSeal(RowSeal rows) {
    this.rows = rows;
  }

  Sealed seal(long id, ToDeviceResult result) {
    byte[] content;
    if (result instanceof ToDeviceResult.Decrypted decrypted) {
      content = write(info(decrypted.info()), decrypted.event());
    } else if (result instanceof ToDeviceResult.PlainText plain) {
      content = write(Json.newObject(), plain.event());
    } else {
      throw new IllegalArgumentException("not kept in the inbox: " + result);
    }
    try {
      return rows.seal(content, KIND, Long.toString(id));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  ToDeviceResult open(StoredInboxEvent stored) throws CryptoStoreException {
    byte[] content = rows.open(stored.event(), KIND, Long.toString(stored.id()));
    try {
      String text = new String(content, US_ASCII);
      int end = text.indexOf('\n');
      ObjectNode info = Json.parseObject(text.substring(0, Math.max(0, end)));
      ObjectNode event = Json.parseObject(text.substring(end + 1));
      return info.isEmpty()
          ? new ToDeviceResult.PlainText(event, stored.id())
          : new ToDeviceResult.Decrypted(event, info(info), stored.id());
    } catch (MalformedJsonException | KeyFormatException | IllegalArgumentException e) {
      throw new CryptoStoreException.Unreadable(KIND, e);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static byte[] write(ObjectNode info, ObjectNode event) {
    byte[] first = text(info);
    byte[] rest = text(event);
    byte[] both = Arrays.copyOf(first, first.length + 1 + rest.length);
    both[first.length] = '\n';
    System.arraycopy(rest, 0, both, first.length + 1, rest.length);
    Arrays.fill(rest, (byte) 0);
    return both;
  }

  private static byte[] text(ObjectNode node) {
    try {
      return WRITER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static ObjectNode info(EncryptionInfo info) {
    ObjectNode json =
        Json.newObject()
            .put("sender", info.sender())
            .put("sender_key", info.senderKey().toBase64())
            .put("verification", info.verification().name());
    info.senderDevice().ifPresent(device -> json.put("sender_device", device));
    return json;
  }

  private static EncryptionInfo info(ObjectNode json) throws KeyFormatException {
    return new EncryptionInfo(
        json.path("sender").asText(),
        Optional.ofNullable(json.get("sender_device")).map(JsonNode::asText),
        Curve25519PublicKey.fromBase64(json.path("sender_key").asText()),
        VerificationState.valueOf(json.path("verification").asText()));
  }
}
