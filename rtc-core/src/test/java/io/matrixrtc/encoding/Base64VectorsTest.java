package io.matrixrtc.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.Ed25519Signature;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.SessionKey;
import io.matrixrtc.olm.Vectors;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Texts of keys and signatures that other implementations take or refuse. */
class Base64VectorsTest {
  @TestFactory
  Stream<DynamicTest> keysAndSignatures() {
    return Vectors.of("base64.json", "base64", Base64VectorsTest::check);
  }

  private static void check(JsonNode vector) throws Exception {
    String format = vector.get("format").textValue();
    String text = vector.get("text").textValue();
    JsonNode expect = vector.get("expect");
    if (expect.get("result").textValue().equals("ok")) {
      byte[] bytes = decode(format, text);
      if (expect.has("bytes")) {
        assertThat(bytes).isEqualTo(HexFormat.of().parseHex(expect.get("bytes").textValue()));
      }
      assertThat(decode(format, Base64Text.encode(bytes))).isEqualTo(bytes);
      return;
    }
    Throwable error = catchThrowable(() -> decode(format, text));
    assertThat(error).isInstanceOfAny(KeyFormatException.class, MegolmException.MalformedKey.class);
  }

  /** The bytes that the type for {@code format} read; an unknown format fails. */
  private static byte[] decode(String format, String text) throws Exception {
    return switch (format) {
      case "curve25519_key", "curve25519_public_key" ->
          Curve25519PublicKey.fromBase64(text).toBytes();
      case "ed25519_key", "ed25519_public_key" -> Ed25519PublicKey.fromBase64(text).toBytes();
      case "ed25519_signature" -> Ed25519Signature.fromBase64(text).toBytes();
      case "megolm_session_key" -> reread(text, SessionKey.fromBase64(text).toBase64());
      case "megolm_session_key_export", "exported_session_key", "session_key_export" ->
          reread(text, ExportedSessionKey.fromBase64(text).toBase64());
      default -> throw new AssertionError("unknown format " + format);
    };
  }

  private static byte[] reread(String text, String written) throws MalformedBase64Exception {
    assertThat(written).isEqualTo(text);
    return Base64Text.decode(written);
  }
}
