package io.matrixrtc.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** JSON from outside, and its canonical form. */
public final class JsonTarget implements FuzzTarget {
  @Override
  public void run(byte[] input) throws Exception {
    JsonNode node;
    try {
      node = Json.parse(input);
    } catch (MalformedJsonException e) {
      return;
    }
    String text = new String(input, UTF_8);
    if (!Json.isWithinLimits(node)) {
      throw new AssertionError("read beyond the limits");
    }
    if (!Json.parseAnswer(text).equals(node)) {
      throw new AssertionError("an answer reads otherwise");
    }
    if (!Json.parse(Json.mapper().writeValueAsBytes(node)).equals(node)) {
      throw new AssertionError("written and read again is not the same");
    }
    try {
      byte[] canonical = CanonicalJson.of(node);
      if (!Arrays.equals(canonical, CanonicalJson.of(Json.parse(canonical)))) {
        throw new AssertionError("two canonical forms");
      }
      if (node instanceof ObjectNode object) {
        signed(object);
      }
    } catch (CanonicalJsonException e) {
      return;
    }
  }

  private static void signed(ObjectNode object) throws CanonicalJsonException {
    byte[] bytes = CanonicalJson.signingBytes(object);
    ObjectNode signed =
        SignedJson.sign(object.deepCopy(), "@a:b", "ed25519:A", message -> new byte[64]);
    if (!Arrays.equals(bytes, CanonicalJson.signingBytes(signed))) {
      throw new AssertionError("signing changed what is signed");
    }
    if (!SignedJson.verify(signed, "@a:b", "ed25519:A", (message, signature) -> true).isValid()) {
      throw new AssertionError("the signature is not found");
    }
  }

  @Override
  public List<byte[]> seeds() {
    return Stream.of(
            "{}",
            "[1,-0,9007199254740991,-9007199254740992,1.0,1e3,true,false,null]",
            "[1e400,-0.0,1e308]",
            "{\"b\":[{\"\\ud83d\\ude00\":\"\\u0000\\n\\/\"}],\"a\":\"\u00e9\ud83d\ude00\uffff\"}",
            "{\"signatures\":{\"@a:b\":{\"ed25519:A\":\"AA\"}},\"unsigned\":{},\"k\":1,\"k\":2}",
            "\"\\ud800\"",
            "[".repeat(129) + "]".repeat(129),
            "1" + "0".repeat(1000))
        .map(text -> text.getBytes(UTF_8))
        .toList();
  }

  @Override
  public int maxBytes() {
    return 2048;
  }
}
