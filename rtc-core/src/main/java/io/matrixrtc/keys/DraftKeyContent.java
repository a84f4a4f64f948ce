package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The content of {@code m.rtc.encryption_key} in MSC4143's draft (KT-DRAFT). It names a membership
 * and no device: that is the sender's, by the Olm session. Fields of earlier drafts ({@code
 * format}) are ignored.
 */
final class DraftKeyContent {
  static final String TYPE = "org.matrix.msc4143.rtc.encryption_key";

  private DraftKeyContent() {}

  static ObjectNode write(MediaKey key, KeyIndex index, String roomId, String memberId) {
    byte[] material = key.copyMaterial();
    try {
      ObjectNode content = JsonNodeFactory.instance.objectNode();
      content.put("room_id", roomId).put("member_id", memberId);
      content
          .putObject("media_key")
          .put("index", index.value())
          .put("key", Base64.getEncoder().withoutPadding().encodeToString(material));
      return content;
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  static EncryptionKeysContent parse(ObjectNode content) throws EncryptionKeysContent.Malformed {
    JsonNode entry = content.path("media_key");
    if (!entry.path("index").isNumber()) {
      throw new EncryptionKeysContent.Malformed("media_key.index");
    }
    return new EncryptionKeysContent(
        EncryptionKeysContent.text(content.path("room_id"), "room_id"),
        Optional.empty(),
        Optional.of(EncryptionKeysContent.text(content.path("member_id"), "member_id")),
        new KeyEntry(
            entry.get("index"), EncryptionKeysContent.text(entry.path("key"), "media_key.key")),
        Optional.empty());
  }
}
