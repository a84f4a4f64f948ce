package io.matrixrtc.widget.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.MalformedMessageException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is taken for a message, and what is not. */
class MessageReaderTest {
  private static final MessageReader READER = new MessageReader(10_000, 8);
  private static final String REQUEST =
      "{\"api\":\"fromWidget\",\"widgetId\":\"w\",\"requestId\":\"r\",\"action\":\"a\",\"data\":{}}";

  private static Reason reason(String text) {
    return catchThrowableOfType(MalformedMessageException.class, () -> READER.read(text)).reason();
  }

  @Test
  void widgetRepeatAReplyIsTheWholeRequestAndMore() throws Exception {
    String odd =
        "{\"api\":\"fromWidget\",\"widgetId\":\"w\",\"requestId\":\"r\",\"action\":\"a\","
            + "\"data\":{\"n\":1.0},\"x\":[1]}";
    WidgetMessage request = READER.read(odd);
    WidgetMessage reply = request.reply(WidgetError.of("no").toResponse());
    assertThat(reply.json().toString())
        .isEqualTo(
            odd.substring(0, odd.length() - 1) + ",\"response\":{\"error\":{\"message\":\"no\"}}}");
    assertThat(request.response()).isEmpty();
    assertThat(request.replyText("{\"error\":{\"message\":\"no\"}}"))
        .isEqualTo(reply.json().toString());
    WidgetMessage bare = READER.read(REQUEST.replace(",\"data\":{}", ""));
    assertThat(bare.replyText("{}"))
        .as("data is filled in")
        .isEqualTo(bare.reply(Json.newObject()).text())
        .isEqualTo(REQUEST.substring(0, REQUEST.length() - 1) + ",\"response\":{}}");
  }

  @Test
  void wt2WidgetEnvelopeWhatLacksAMemberIsNoMessage() throws Exception {
    for (String text :
        List.of(
            "null",
            "[]",
            "\"x\"",
            "{",
            "",
            REQUEST + "x",
            REQUEST.replace("\"action\":\"a\"", "\"action\":\"\""),
            REQUEST.replace("\"requestId\":\"r\"", "\"requestId\":7"),
            REQUEST.replace("\"widgetId\":\"w\",", ""),
            REQUEST.replace("fromWidget", "fromwidget"),
            REQUEST.replace("\"data\":{}", "\"data\":[]"),
            REQUEST.replace("\"data\":{}", "\"data\":{},\"response\":null"),
            REQUEST.replace("\"data\":{}", "\"data\":{},\"response\":false"))) {
      assertThat(reason(text)).as(text).isIn(Reason.NOT_AN_OBJECT, Reason.BAD_FIELD);
    }
    assertThat(READER.read(REQUEST).action()).as("control").isEqualTo("a");
    assertThat(READER.read(REQUEST.replace(",\"data\":{}", "")).data().isEmpty())
        .as("data may be missing")
        .isTrue();
  }

  @Test
  void widgetEnvelopeIdsHaveALimit() throws Exception {
    String longest = "i".repeat(MessageReader.MAX_ID_CHARS);
    assertThat(READER.read(REQUEST.replace("\"r\"", "\"" + longest + "\"")).requestId())
        .isEqualTo(longest);
    assertThat(reason(REQUEST.replace("\"r\"", "\"" + longest + "i\"")))
        .isEqualTo(Reason.BAD_FIELD);
  }

  @Test
  void widgetSizeOneCharacterTooManyIsRefusedUnread() throws Exception {
    String fits = REQUEST + " ".repeat(10_000 - REQUEST.length());
    assertThat(READER.read(fits).requestId()).isEqualTo("r");
    assertThat(reason(fits + " ")).isEqualTo(Reason.TOO_LONG);
    assertThat(reason("{".repeat(10_001))).isEqualTo(Reason.TOO_LONG);
  }

  @Test
  void widgetDepthOneLevelTooManyIsRefused() throws Exception {
    String fits = REQUEST.replace("{}", "{\"x\":" + "[".repeat(6) + "]".repeat(6) + "}");
    assertThat(READER.read(fits).requestId()).isEqualTo("r");
    String deeper = REQUEST.replace("{}", "{\"x\":" + "[".repeat(7) + "]".repeat(7) + "}");
    assertThat(reason(deeper)).isEqualTo(Reason.TOO_DEEP);
    String deepest = REQUEST.replace("{}", "{\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}");
    assertThat(reason(deepest)).isIn(Reason.NOT_AN_OBJECT, Reason.TOO_DEEP);
  }

  @Test
  void widgetProtoMembersThatArePrototypeTrapsAreRefused() throws Exception {
    assertThat(reason(REQUEST.replace("{}", "{\"a\":[{\"__proto__\":{\"admin\":true}}]}")))
        .isEqualTo(Reason.PROTOTYPE_MEMBER);
    assertThat(reason(REQUEST.replace("{}", "{\"\\u005f_proto__\":1}")))
        .isEqualTo(Reason.PROTOTYPE_MEMBER);
    assertThat(READER.read(REQUEST.replace("{}", "{\"constructor\":{\"prototype\":1}}")).data())
        .as("ordinary names in Matrix contents")
        .hasSize(1);
  }

  @Test
  void widgetEnvelopeAnyTextIsAMessageOrRefused() {
    Cases.run(
        "widget messages from garbage",
        2_000,
        50_000,
        (seed, random) -> {
          byte[] bytes = REQUEST.getBytes(StandardCharsets.UTF_8);
          for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
          }
          String text = new String(bytes, StandardCharsets.UTF_8);
          try {
            assertThat(READER.read(text).requestId()).isNotEmpty();
          } catch (MalformedMessageException e) {
            assertThat(e.getMessage()).isEqualTo("malformed widget message: " + e.reason());
          }
        });
  }

  @Test
  void widgetMaskNoSecretIsShown() throws Exception {
    String text =
        REQUEST.replace(
            "{}",
            "{\"messages\":{\"@b:e\":{\"D\":{\"keys\":{\"index\":0,\"key\":\"SECRET\"}}}},"
                + "\"c\":{\"keys\":[{\"index\":1,\"key\":\"SECRET\"}]},\"media_key\":{\"key\":\"SECRET\"},"
                + "\"access_token\":\"SECRET\",\"jwt\":\"SECRET\",\"password\":\"SECRET\","
                + "\"encryption\":{\"key\":{\"kty\":\"oct\",\"k\":\"SECRET\"},\"iv\":\"an iv\"},"
                + "\"delay_id\":\"SECRET\","
                + "\"m.relates_to\":{\"key\":\"shown\"}}");
    WidgetMessage message = READER.read(text);
    assertThat(MaskedMessage.of(message.json()).toString())
        .doesNotContain("SECRET")
        .contains("shown", "an iv", "oct", "\"index\":0", MaskedMessage.MASK);
    assertThat(message.json().toString()).as("the message itself is left alone").contains("SECRET");
    assertThat(message.toString()).doesNotContain("SECRET");
  }
}
