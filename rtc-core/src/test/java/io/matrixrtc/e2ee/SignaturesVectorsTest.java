package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.CanonicalJson;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.Vectors;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Signed objects of libolm, vodozemac and the SDK, and the rules for taking device keys. */
class SignaturesVectorsTest {
  @TestFactory
  Stream<DynamicTest> signedObjects() {
    return Vectors.of("signatures.json", "signed-json", SignaturesVectorsTest::check);
  }

  private static void check(JsonNode vector) throws Exception {
    ObjectNode object = Json.parseObject(vector.get("object").toString());
    if (vector.has("signed_bytes_hex")) {
      assertThat(HexFormat.of().formatHex(CanonicalJson.signingBytes(object)))
          .isEqualTo(vector.get("signed_bytes_hex").textValue());
    }
    String wanted =
        vector.at("/expect/result").textValue().equals("ok")
            ? "ok"
            : vector.at("/expect/error").textValue();
    if (vector.has("filed_as") && !wanted.equals("ok")) {
      assertThat(accept(vector, object)).containsAnyOf("other_user", "other_device");
    } else if (vector.has("previously_known")) {
      assertThat(accept(vector, object)).contains(wanted);
    } else if (isSelfSigned(vector, object)) {
      deviceKeys(vector, object, wanted);
    } else {
      assertThat(verify(vector, object)).contains(wanted);
    }
  }

  /** The signature alone may be right where the keys are not; both roads refuse what is refused. */
  private static void deviceKeys(JsonNode vector, ObjectNode object, String wanted)
      throws Exception {
    Set<String> signature = verify(vector, object);
    Set<String> whole = accept(vector, object);
    assertThat(whole).contains(wanted);
    assertThat(signature).containsAnyOf(wanted, "ok");
    assertThat(signature.contains("ok") || !whole.contains("ok")).isTrue();
  }

  private static boolean isSelfSigned(JsonNode vector, ObjectNode object) {
    return object.has("device_id")
        && object.has("keys")
        && vector
            .get("key_id")
            .textValue()
            .equals("ed25519:" + object.get("device_id").textValue());
  }

  /** The verdict on the one signature, in the words of the vector files. */
  private static Set<String> verify(JsonNode vector, ObjectNode object) {
    Ed25519PublicKey key;
    try {
      key = Ed25519PublicKey.fromBase64(vector.get("public_key").textValue());
    } catch (KeyFormatException e) {
      return Set.of("bad_key");
    }
    return switch (SignedJson.verify(
        object,
        vector.get("signer_user").textValue(),
        vector.get("key_id").textValue(),
        SignedDeviceKeys.verifier(key))) {
      case VALID -> Set.of("ok");
      case MISSING -> Set.of("signature_missing");
      case MALFORMED -> Set.of("bad_signature_encoding");
      case WRONG -> Set.of("bad_signature");
      case NOT_CANONICAL -> Set.of("not_canonical", "not_an_integer");
    };
  }

  /** The verdict on the object as an entry of a key query answer. */
  private static Set<String> accept(JsonNode vector, ObjectNode object) throws Exception {
    SignedDeviceKeys known = null;
    if (vector.hasNonNull("previously_known")) {
      known = SignedDeviceKeys.parse(Json.parseObject(vector.get("previously_known").toString()));
    }
    String userId = filedAs(vector, object, "user_id");
    String deviceId = filedAs(vector, object, "device_id");
    try {
      SignedDeviceKeys taken = SignedDeviceKeys.accept(userId, deviceId, object, known);
      assertThat(taken.toJson()).isEqualTo(object);
      return Set.of("ok");
    } catch (DeviceKeysException e) {
      return names(e.reason());
    }
  }

  /** Where the entry was filed: an object with both ids, or one id as a text. */
  private static String filedAs(JsonNode vector, ObjectNode object, String member) {
    @Nullable JsonNode filed = vector.get("filed_as");
    if (filed != null && filed.isObject() && filed.hasNonNull(member)) {
      return filed.get(member).textValue();
    }
    if (filed != null
        && filed.isTextual()
        && filed.textValue().startsWith("@") == member.equals("user_id")) {
      return filed.textValue();
    }
    return object.get(member).textValue();
  }

  private static Set<String> names(DeviceKeysException.Reason reason) {
    return switch (reason) {
      case MALFORMED -> Set.of("malformed");
      case OTHER_USER -> Set.of("other_user");
      case OTHER_DEVICE -> Set.of("other_device");
      case BAD_KEY -> Set.of("bad_key");
      case SIGNING_KEY_MISSING -> Set.of("signing_key_missing", "bad_key");
      case SIGNATURE_MISSING -> Set.of("signature_missing");
      case BAD_SIGNATURE_ENCODING -> Set.of("bad_signature_encoding");
      case BAD_SIGNATURE -> Set.of("bad_signature");
      case SIGNING_KEY_CHANGED -> Set.of("signing_key_changed");
      default -> fail("no name for %s", reason);
    };
  }
}
