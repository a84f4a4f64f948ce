package io.matrixrtc.backup.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What js-sdk makes of storage keys and secrets. */
class SecretStorageVectorsTest {
  @TestFactory
  Stream<DynamicTest> secretStorage() {
    return Vectors.tests(
        "secret-storage.json",
        Map.of(
            "key_check", SecretStorageVectorsTest::keyCheck,
            "unlock", SecretStorageVectorsTest::unlock,
            "secret", SecretStorageVectorsTest::secret,
            "account_data", SecretStorageVectorsTest::accountData));
  }

  private static KeyDescription description(JsonNode vector) {
    return KeyDescription.parse(vector.get("description")).orElseThrow();
  }

  private static StorageKey key(JsonNode vector) {
    return StorageKey.copyOf(Vectors.hex(vector.get("key_hex")));
  }

  private static void keyCheck(JsonNode vector) {
    assertThat(description(vector).fits(key(vector))).isEqualTo(Vectors.isAccept(vector));
  }

  private static void unlock(JsonNode vector) throws Exception {
    String typed = vector.get("typed").textValue();
    if (!Vectors.isAccept(vector)) {
      assertThatExceptionOfType(SecretStorageException.class)
          .isThrownBy(() -> description(vector).unlock(typed));
      return;
    }
    assertThat(description(vector).unlock(typed).isSameAs(key(vector))).isTrue();
  }

  private static void secret(JsonNode vector) {
    String name = vector.get("name_of_secret").textValue();
    Optional<byte[]> opened = SealedSecret.open(key(vector), name, vector.get("encrypted"));
    if (!Vectors.isAccept(vector)) {
      assertThat(opened).isEmpty();
      return;
    }
    byte[] expected =
        vector.has("plaintext")
            ? vector.get("plaintext").textValue().getBytes(StandardCharsets.UTF_8)
            : Base64.getDecoder().decode(vector.get("plaintext_base64").textValue());
    assertThat(opened.orElseThrow()).isEqualTo(expected);
    if (vector.has("plaintext")) {
      String text = vector.get("plaintext").textValue();
      JsonNode again = SealedSecret.seal(key(vector), name, text, TestRandom.of(1));
      assertThat(SealedSecret.open(key(vector), name, again).orElseThrow()).isEqualTo(expected);
    }
  }

  private static void accountData(JsonNode vector) throws Exception {
    SecretStorage storage =
        new SecretStorage(MemoryAccountData.of(vector.get("account_data")), TestRandom.of(1));
    String name = vector.get("name_of_secret").textValue();
    String keyId = vector.get("key_id").textValue();
    OpenStorage open = new OpenStorage(storage, keyId, key(vector));
    if (!Vectors.isAccept(vector)) {
      assertThatExceptionOfType(SecretStorageException.class).isThrownBy(() -> open.read(name));
      return;
    }
    assertThat(open.read(name)).isEqualTo(Optional.ofNullable(vector.get("result").textValue()));
    assertThat(storage.unlock(keyId, key(vector)).read(name)).isEqualTo(open.read(name));
  }
}
