package io.matrixrtc.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.SignedJson.Verification;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.Ed25519Signature;
import io.matrixrtc.olm.KeyFormatException;
import org.junit.jupiter.api.Test;

/** Signing objects and looking at their signatures. */
class SignedJsonTest {
  private static final String USER = "@alice:example.org";
  private static final String KEY_ID = "ed25519:DEVICE";

  private final Ed25519KeyPair key = Ed25519KeyPair.generate(bytes -> bytes[0] = 1);
  private final SignedJson.Signer signer = message -> key.sign(message).toBytes();

  private Verification verify(ObjectNode object) {
    return SignedJson.verify(object, USER, KEY_ID, this::isRight);
  }

  private boolean isRight(byte[] message, byte[] signature) {
    try {
      return key.publicKey().verify(message, Ed25519Signature.of(signature));
    } catch (KeyFormatException e) {
      throw new AssertionError("only 64 bytes may come here", e);
    }
  }

  private ObjectNode signed() throws Exception {
    ObjectNode object = Json.parseObject("{\"b\":[1,null],\"a\":{\"x\":true},\"unsigned\":{}}");
    return SignedJson.sign(object, USER, KEY_ID, signer);
  }

  @Test
  void signsAllButSignaturesAndUnsigned_SIGN_BYTES() throws Exception {
    ObjectNode object = signed();
    assertThat(new String(CanonicalJson.signingBytes(object), UTF_8))
        .isEqualTo("{\"a\":{\"x\":true},\"b\":[1,null]}");
    assertThat(verify(object)).isEqualTo(Verification.VALID);
    object.putObject("unsigned").put("age", 1.5);
    assertThat(verify(object)).isEqualTo(Verification.VALID);
    object.withObject("/a").putObject("unsigned");
    assertThat(verify(object)).isEqualTo(Verification.WRONG);
  }

  @Test
  void otherSignaturesStay_SIGN_KEEP() throws Exception {
    ObjectNode object = signed();
    String first = object.at("/signatures").path(USER).path(KEY_ID).textValue();
    SignedJson.sign(object, USER, "ed25519:OTHER", message -> new byte[64]);
    SignedJson.sign(object, "@bob:example.org", "ed25519:B", message -> new byte[64]);
    assertThat(object.at("/signatures")).hasSize(2);
    assertThat(object.at("/signatures").path(USER).path(KEY_ID).textValue()).isEqualTo(first);
    assertThat(verify(object)).isEqualTo(Verification.VALID);
    SignedJson.sign(object, USER, KEY_ID, message -> new byte[64]);
    assertThat(verify(object)).isEqualTo(Verification.WRONG);
  }

  @Test
  void looksAtOneEntryOnly_SIGN_LOOKUP() throws Exception {
    ObjectNode object = signed();
    object.withObject("/signatures").put("@junk:example.org", 5);
    ((ObjectNode) object.get("signatures").get(USER)).put("ed25519:JUNK", "%%%");
    assertThat(verify(object)).isEqualTo(Verification.VALID);
    assertThat(SignedJson.verify(object, USER, "ed25519:NONE", this::isRight))
        .isEqualTo(Verification.MISSING);
    assertThat(SignedJson.verify(object, "@bob:example.org", KEY_ID, this::isRight))
        .isEqualTo(Verification.MISSING);
    assertThat(SignedJson.verify(object, USER, "ed25519:JUNK", this::isRight))
        .isEqualTo(Verification.MALFORMED);
    assertThat(SignedJson.verify(object, "@junk:example.org", KEY_ID, this::isRight))
        .isEqualTo(Verification.MISSING);
  }

  @Test
  void tellsMalformedFromWrongFromMissing() throws Exception {
    ObjectNode object = signed();
    ObjectNode mine = (ObjectNode) object.get("signatures").get(USER);
    String right = mine.get(KEY_ID).textValue();
    mine.put(KEY_ID, right + "==");
    assertThat(verify(object)).isEqualTo(Verification.VALID);
    mine.put(KEY_ID, right.substring(2));
    assertThat(verify(object)).isEqualTo(Verification.MALFORMED);
    mine.put(KEY_ID, 7);
    assertThat(verify(object)).isEqualTo(Verification.MALFORMED);
    mine.put(KEY_ID, "A".repeat(86));
    assertThat(verify(object)).isEqualTo(Verification.WRONG);
    object.remove("signatures");
    assertThat(verify(object)).isEqualTo(Verification.MISSING);
    object.put("signatures", "junk");
    assertThat(verify(object)).isEqualTo(Verification.MISSING);
  }

  @Test
  void whatHasNoCanonicalFormCannotBeSignedOrVerified() throws Exception {
    ObjectNode object = signed();
    object.put("a", 1.5);
    assertThat(verify(object)).isEqualTo(Verification.NOT_CANONICAL);
    ObjectNode unsigned = Json.parseObject("{\"a\":-0}");
    assertThatExceptionOfType(CanonicalJsonException.class)
        .isThrownBy(() -> SignedJson.sign(unsigned, USER, KEY_ID, signer));
    assertThat(unsigned.has("signatures")).isFalse();
  }

  @Test
  void aSignerMakes64Bytes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignedJson.sign(Json.newObject(), USER, KEY_ID, m -> new byte[63]));
  }
}
