package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Strangers' text in sentences of ours. */
class PlainTextTest {
  private static String name(String text) {
    return PlainText.of(text, PlainText.MAX_NAME);
  }

  @Test
  void pageTextOrdinaryNamesStayAsTheyAre() {
    for (String name : new String[] {"Team call", "Größe 7 & mehr", "会議室", "☎ R&D", "नमस्ते"}) {
      assertThat(name(name)).isEqualTo(name);
    }
  }

  @Test
  void pageTextNothingInvisibleAndNoSecondLine() {
    assertThat(name("a\u0000b\u0007c\u001b[31md\u007fe\u0085f")).isEqualTo("abc[31mdef");
    assertThat(name(" one\r\n\ttwo\u2028three\u00a0\u3000four  ")).isEqualTo("one two three four");
    assertThat(name("a\u200b\u200d\u2060\ufeff\u00ad\u034f\u3164b\ue000\udb40\udc41"))
        .isEqualTo("ab");
    assertThat(name("a\ud800b")).as("half a character").isEqualTo("ab");
    assertThat(name("\u202e\u2066\u3164 \u200b")).as("nothing at all").isEmpty();
  }

  @Test
  void pageTextNothingTurnsWhatIsBesideIt() {
    assertThat(name("gro.live\u202eexample.org\u2066\u2069\u200f"))
        .isEqualTo("gro.liveexample.org");
    assertThat(name("\u202bחדר\u202c")).as("as it runs, by itself").isEqualTo("\u2068חדר\u2069");
  }

  @Test
  void pageTextAccentsDoNotPileUp() {
    assertThat(name("a" + "\u0301".repeat(4) + "b")).hasSize(6);
    assertThat(name("a" + "\u0301".repeat(50) + "b")).isEqualTo("a" + "\u0301".repeat(4) + "b");
  }

  @Test
  void pageTextAsLongAsTheLimitAndNoLonger() {
    String longest = "x".repeat(PlainText.MAX_NAME);
    assertThat(name(longest)).isEqualTo(longest);
    assertThat(name(longest + "y")).isEqualTo("x".repeat(PlainText.MAX_NAME - 1) + "…");
    String phones = "📞".repeat(PlainText.MAX_NAME);
    assertThat(name(phones)).as("characters, not halves of them").isEqualTo(phones);
    assertThat(name(phones + "x")).isEqualTo("📞".repeat(PlainText.MAX_NAME - 1) + "…");
    assertThat(PlainText.of("abc  def", 4)).isEqualTo("abc…");
    assertThat(PlainText.of("abc  d", 5)).isEqualTo("abc d");
  }
}
