package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.json.Json;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the pump reads from a refusal. */
class CryptoPumpTest {
  private static final OutgoingRequest UPLOAD =
      new OutgoingRequest.KeysUpload("id", Json.newObject());

  private static ApiFailure refused(int status, String message) {
    return new ApiFailure.Refused(status, "M_UNKNOWN", message, Json.newObject());
  }

  @Test
  void otkExistsIsReadFromTheSentenceThatServersSay() {
    String sentence = "One time key signed_curve25519:AAAAAAAAAAM already exists. Old key: {}";
    assertThat(CryptoPump.isOneTimeKeyConflict(UPLOAD, refused(400, sentence))).isTrue();
    assertThat(CryptoPump.isOneTimeKeyConflict(UPLOAD, refused(403, sentence))).isFalse();
    assertThat(CryptoPump.isOneTimeKeyConflict(UPLOAD, refused(400, "Invalid signature")))
        .isFalse();
    assertThat(CryptoPump.isOneTimeKeyConflict(UPLOAD, new ApiFailure.ServerError(502))).isFalse();
    OutgoingRequest query = new OutgoingRequest.KeysQuery("id", Json.newObject(), Set.of());
    assertThat(CryptoPump.isOneTimeKeyConflict(query, refused(400, sentence))).isFalse();
  }
}
