package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Signatures to make and to check; strict where the usual engines are not. */
class Ed25519VectorsTest {
  @TestFactory
  Stream<DynamicTest> signatures() {
    return Vectors.of("ed25519.json", "ed25519", Ed25519VectorsTest::check);
  }

  private static void check(JsonNode vector) throws Exception {
    byte[] message = hex(vector, "message");
    byte[] signature = hex(vector, "signature");
    if (vector.has("seed")) {
      try (Ed25519KeyPair pair = Ed25519KeyPair.fromSeed(hex(vector, "seed"))) {
        assertThat(pair.publicKey().toBytes()).isEqualTo(hex(vector, "public_key"));
        assertThat(pair.sign(message).toBytes()).isEqualTo(signature);
      }
    }
    JsonNode expect = vector.get("expect");
    if (expect.get("result").textValue().equals("ok")) {
      Ed25519PublicKey key = Ed25519PublicKey.of(hex(vector, "public_key"));
      assertThat(key.verify(message, Ed25519Signature.of(signature))).isTrue();
      return;
    }
    switch (expect.get("error").textValue()) {
      case "bad_signature" ->
          assertThat(
                  Ed25519PublicKey.of(hex(vector, "public_key"))
                      .verify(message, Ed25519Signature.of(signature)))
              .isFalse();
      case "bad_signature_encoding" ->
          assertThatExceptionOfType(KeyFormatException.class)
              .isThrownBy(() -> Ed25519Signature.of(signature));
      case "bad_key" ->
          assertThatExceptionOfType(KeyFormatException.class)
              .isThrownBy(() -> Ed25519PublicKey.of(hex(vector, "public_key")));
      default -> throw new AssertionError("unknown error " + expect.get("error"));
    }
  }

  private static byte[] hex(JsonNode vector, String member) {
    return HexFormat.of().parseHex(vector.get(member).textValue());
  }
}
