package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What log lines show of text from outside. */
class ShownTextTest {
  private static String shown(String text) {
    return ShownText.of(text, ShownText.MAX_ID_CHARS);
  }

  @Test
  void anIdIsShownUpToItsGreatestLengthAndNoFurther() {
    String longest = "@" + "a".repeat(254);
    assertThat(shown(longest)).isEqualTo(longest).hasSize(255);
    assertThat(shown(longest + "b")).isEqualTo(longest);
    assertThat(shown("")).isEmpty();
  }

  @Test
  void controlAndFormatCharactersAreReplaced() {
    assertThat(shown("a\nb\u0000c\u007fd\u202ee\u200bf")).isEqualTo("a?b?c?d?e?f");
    assertThat(shown("@ä:例え.org 🙂")).as("the rest stays").isEqualTo("@ä:例え.org 🙂");
  }
}
