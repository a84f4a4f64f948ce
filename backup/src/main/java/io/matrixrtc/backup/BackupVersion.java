package io.matrixrtc.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A backup as the server describes it.
 *
 * @param version its name, opaque
 * @param auth what it is and who vouches for it
 * @param count how many entries it holds; 0 if the server does not say
 * @param etag changes whenever the entries change; compare for equality only
 */
public record BackupVersion(String version, BackupAuth auth, long count, String etag) {
  /** Reads an answer to {@code GET /room_keys/version}; empty if it is not of that shape. */
  public static Optional<BackupVersion> parse(JsonNode answer) {
    JsonNode version = answer.path("version");
    if (!version.isTextual() || version.textValue().isEmpty()) {
      return Optional.empty();
    }
    return BackupAuth.parse(answer)
        .map(
            auth ->
                new BackupVersion(
                    version.textValue(),
                    auth,
                    Math.max(0, answer.path("count").asLong(0)),
                    answer.path("etag").asText("")));
  }

  /** Whether both are the same backup: the name alone may be reused. */
  public boolean isSameBackupAs(BackupVersion other) {
    return version.equals(other.version) && auth.publicKey().equals(other.auth.publicKey());
  }
}
