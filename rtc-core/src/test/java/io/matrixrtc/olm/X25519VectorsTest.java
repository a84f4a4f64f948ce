package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Agreements, and public keys that nothing may be agreed with. */
class X25519VectorsTest {
  @TestFactory
  Stream<DynamicTest> agreements() {
    return Vectors.of("x25519.json", "x25519", X25519VectorsTest::check);
  }

  private static void check(JsonNode vector) throws Exception {
    JsonNode expect = vector.get("expect");
    Curve25519PublicKey theirs = Curve25519PublicKey.of(hex(vector, "public"));
    try (Curve25519SecretKey ours = Curve25519SecretKey.copyOf(hex(vector, "private"))) {
      if (expect.get("result").textValue().equals("ok")) {
        assertThat(ours.agree(theirs)).isEqualTo(hex(expect, "shared"));
        assertThat(Curve25519SecretKey.isSmallOrder(theirs)).isFalse();
      } else {
        assertThat(expect.get("error").textValue()).isEqualTo("non_contributory");
        assertThatExceptionOfType(OlmException.NonContributory.class)
            .isThrownBy(() -> ours.agree(theirs));
        assertThat(Curve25519SecretKey.isSmallOrder(theirs)).isTrue();
      }
    }
  }

  private static byte[] hex(JsonNode vector, String member) {
    return HexFormat.of().parseHex(vector.get(member).textValue());
  }
}
