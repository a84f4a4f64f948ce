package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON of vodozemac's pickles: read exactly, within bounds, and wiped. */
class PickleJsonTest {
  private static PickleObject read(String json) throws PickleException {
    return PickleJson.read(json.getBytes(UTF_8));
  }

  @Test
  void readsEveryKindOfValue() throws Exception {
    PickleObject object =
        read(
            " {\"n\" : 18446744073709551615, \"z\":0,\"t\":true,\"f\":false,\"nothing\":null,"
                + "\"text\":\"V1\",\"quoted\":\"a\\\"b\",\"o\":{\"x\":1},\"empty\":[],"
                + "\r\n\"list\":[{\"x\":2},{\"x\":3}],\"key\":[0,255, 7],\"e\":{}} ");
    assertThat(object.number("n")).isEqualTo(-1L);
    assertThat(object.number("z")).isZero();
    assertThat(object.flag("t")).isTrue();
    assertThat(object.flag("f")).isFalse();
    assertThat(object.has("nothing")).isFalse();
    assertThat(object.has("absent")).isFalse();
    assertThat(object.text("text")).isEqualTo("V1");
    assertThat(object.text("quoted")).isEqualTo("a\\\"b");
    assertThat(object.object("o").number("x")).isEqualTo(1);
    assertThat(object.objects("empty", 0)).isEmpty();
    assertThat(object.objects("list", 2)).hasSize(2);
    assertThat(object.objects("list", 2).get(1).number("x")).isEqualTo(3);
    assertThat(object.bytes("key", 3)).containsExactly(0, -1, 7);
    assertThat(object.object("e").names()).isEmpty();
    assertThat(object.toString()).contains("key").doesNotContain("255");
    for (String name : List.of("absent", "n", "nothing", "list", "text")) {
      malformed(() -> object.bytes(name, 3));
    }
    malformed(() -> object.bytes("key", 2));
    malformed(() -> object.objects("list", 1));
    malformed(() -> object.objects("key", 9));
    malformed(() -> object.number("text"));
  }

  @Test
  void aListOfOtherThingsIsNoListOfObjects() throws Exception {
    malformed(() -> read("{\"a\":[{},\"x\"]}").objects("a", 5));
    malformed(() -> read("{\"a\":[true]}").objects("a", 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "{",
        "{}}",
        "{} x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":-1}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":[1,]}",
        "{\"a\":[1,-1]}",
        "{\"a\":[256]}",
        "{\"a\":[1,{}]}",
        "{\"a\":[1",
        "{\"a\":[1}",
        "{\"a\":tru}",
        "{\"a\":nul",
        "{\"a\":\"",
        "{\"a\":\"\\",
        "{\"a\":\"\\\"",
        "{\"a",
        "{\"a\":18446744073709551616}",
        "{\"a\":99999999999999999999}",
        "{\"a\":[18446744073709551616]}",
        "{\"a\":1 2}"
      })
  void refusesEverythingElse(String json) {
    malformed(() -> read(json));
  }

  @Test
  void nestingIsBounded_PICKLE_LIMIT() throws Exception {
    int deepest = PickleJson.MAX_DEPTH;
    read("{\"a\":".repeat(deepest - 1) + "{}" + "}".repeat(deepest - 1));
    read("{\"a\":" + "[".repeat(deepest - 1) + "]".repeat(deepest - 1) + "}");
    malformed(() -> read("{\"a\":".repeat(deepest) + "{}" + "}".repeat(deepest)));
    malformed(() -> read("{\"a\":" + "[".repeat(deepest) + "]".repeat(deepest) + "}"));
    String wide = "{\"a\":{}},".repeat(100);
    read("{\"a\":[" + wide.substring(0, wide.length() - 1) + "]}");
  }

  @Test
  void byteArraysOfAnyLength() throws Exception {
    for (int length : new int[] {1, 159, 160, 161, 320, 321, 1000}) {
      String ones = "7,".repeat(length);
      PickleObject object = read("{\"k\":[" + ones.substring(0, 2 * length - 1) + "]}");
      assertThat(object.bytes("k", length)).hasSize(length).containsOnly(7);
    }
  }

  @Test
  void wipesEveryByteArrayInside() throws Exception {
    PickleObject object = read("{\"a\":[1,2],\"o\":{\"b\":[3]},\"l\":[{\"c\":[4]},[{\"d\":[5]}]]}");
    object.wipe();
    assertThat(object.bytes("a", 2)).containsOnly(0);
    assertThat(object.object("o").bytes("b", 1)).containsOnly(0);
    malformed(() -> object.objects("l", 2));
    PickleObject list = read("{\"l\":[{\"c\":[4]}]}");
    list.wipe();
    assertThat(list.objects("l", 1).get(0).bytes("c", 1)).containsOnly(0);
  }

  @Test
  void theCounterOfLibolmCountsAsWell_PICKLE_KEY_ID() throws Exception {
    var recorded = Pickles.LIBOLM.named("accounts", "nothing but its identity");
    byte[] content = Pickles.LIBOLM.content(recorded.path("pickle").textValue());
    byte[] used = Arrays.copyOf(content, content.length);
    ByteBuffer.wrap(used).putInt(used.length - 4, 0x80000000);
    Account account =
        new LibolmPickle(used).toAccount(Pickles.seed(recorded), ScriptedRandom.seeded(1));
    assertThat(account.nextKeyId()).isEqualTo(0x80000000L);
  }

  @Test
  void fiveThousandOneTimeKeysAreTheMost_PICKLE_LIMIT() throws Exception {
    var recorded = Pickles.VODOZEMAC.named("accounts", "nothing but its identity");
    String json = new String(Pickles.VODOZEMAC.content(recorded.path("pickle").textValue()), UTF_8);
    assertThat(account(json, OneTimeKeys.MAX_STORED).storedOneTimeKeyCount()).isEqualTo(5000);
    malformed(() -> account(json, OneTimeKeys.MAX_STORED + 1));
  }

  private static Account account(String json, int keys) throws PickleException {
    StringBuilder secrets = new StringBuilder();
    for (int i = 0; i < keys; i++) {
      secrets.append(i == 0 ? "" : ",").append('"').append(i).append("\":[0,");
      secrets.append(i & 0xFF).append(',').append(i >> 8).append(",0".repeat(29)).append(']');
    }
    String full = json.replace("\"private_keys\":{}", "\"private_keys\":{" + secrets + "}");
    assertThat(full).isNotEqualTo(json);
    return VodozemacPickle.ofJson(full.getBytes(UTF_8)).toAccount(ScriptedRandom.seeded(1));
  }

  private static void malformed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(PickleException.Malformed.class).isThrownBy(call);
  }
}
