package io.matrixrtc.homeserver.canonical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.matrixrtc.homeserver.signing.CanonicalJson;
import io.matrixrtc.homeserver.signing.NotCanonical;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
  private static String canonical(String json) throws NotCanonical, JsonProcessingException {
    return new String(
        CanonicalJson.bytes(new ObjectMapper().readTree(json)), StandardCharsets.UTF_8);
  }

  @Test
  void membersAreSortedByCodePointWithoutSpaces() throws Exception {
    assertThat(canonical("{ \"b\" : [ 1 , {} , [] ] , \"a\" : { \"d\":null, \"c\":true } }"))
        .isEqualTo("{\"a\":{\"c\":true,\"d\":null},\"b\":[1,{},[]]}");
    assertThat(canonical("{\"\ud83d\ude00\":1,\"\uff5e\":2}"))
        .isEqualTo("{\"\uff5e\":2,\"\ud83d\ude00\":1}");
  }

  @Test
  void stringsHaveTheShortestEscapes() throws Exception {
    assertThat(
            canonical(
                "\"\\u0008\\u0009\\u000a\\u000c\\u000d\\u0022\\u005c\\u002f\\u0000\\u001f\\u007f\\u00e9\""))
        .isEqualTo("\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0000\\u001f\u007f\u00e9\"");
  }

  @Test
  void numbersAreWholeAndWithinTheSafeRange() throws Exception {
    assertThat(canonical("[9007199254740991,-9007199254740991,-0]"))
        .isEqualTo("[9007199254740991,-9007199254740991,0]");
    for (String bad : new String[] {"9007199254740992", "-9007199254740992", "1.5", "1.0", "1e3"}) {
      assertThatThrownBy(() -> canonical("[" + bad + "]")).as(bad).isInstanceOf(NotCanonical.class);
    }
  }
}
