package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.widget.bridge.SignedLinks.Refusal;
import io.matrixrtc.widget.bridge.SignedLinks.Use;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Links and origins. */
class SignedLinksTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void linkSignedOnlyOursAndOnlyInTime() {
    SignedLinks links = new SignedLinks(new byte[32]);
    byte[] other = new byte[32];
    other[0] = 1;
    String link = links.sign("alice in !room", NOW, Duration.ofMinutes(1));
    assertThat(links.isValid(link, NOW.plusSeconds(59))).isTrue();
    assertThat(links.isValid(link, NOW.plusSeconds(60))).isFalse();
    assertThat(new SignedLinks(other).isValid(link, NOW)).isFalse();
    for (String forged :
        List.of(
            "",
            "..",
            "a.b.c",
            "a.b.c.d",
            link + "A",
            link.substring(0, link.length() - 2),
            link.replaceFirst("^.", "X"),
            link.replace(".", ".9"))) {
      assertThat(links.isValid(forged, NOW)).as(forged).isFalse();
    }
    assertThatThrownBy(() -> new SignedLinks(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void linkOnceALinkOpensOneSession() {
    SignedLinks links = new SignedLinks(new byte[32]);
    String link = links.sign("t", NOW, Duration.ofMinutes(1));
    assertThat(links.use(link, NOW)).isEqualTo(new Use.Granted("t"));
    assertThat(links.use(link, NOW)).isEqualTo(new Use.Refused(Refusal.USED));
    String second = links.sign("t", NOW, Duration.ofMinutes(1));
    assertThat(links.use(second, NOW))
        .as("control: another link of the same moment")
        .isEqualTo(new Use.Granted("t"));
  }

  @Test
  void linkShortALinkSaysWhyItOpensNothing() {
    SignedLinks links = new SignedLinks(new byte[32]);
    String link = links.sign("t", NOW, Duration.ofMinutes(1));
    String other = links.sign("t", NOW, Duration.ofMinutes(1));
    Instant end = NOW.plus(Duration.ofMinutes(1));
    assertThat(links.use(link, end.minusMillis(1))).isEqualTo(new Use.Granted("t"));
    assertThat(links.use(other, end)).isEqualTo(new Use.Refused(Refusal.EXPIRED));
    assertThat(links.use(link, end)).as("used, too").isEqualTo(new Use.Refused(Refusal.EXPIRED));
    assertThat(links.use(link + "x", NOW)).isEqualTo(new Use.Refused(Refusal.NOT_OURS));
    assertThatThrownBy(
            () ->
                BridgeSettings.of(URI.create("https://a.example.org/"), "https://w.example.org")
                    .withLinks(Duration.ZERO, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bridgeOriginTheWidgetHasAnOriginOfItsOwn() {
    for (String page : List.of("https://a.example.org/x", "https://A.example.org:443/x")) {
      for (String widget :
          List.of(
              "https://a.example.org",
              "https://A.Example.org",
              "https://a.example.org:443",
              "HTTPS://u@a.example.org/w")) {
        assertThatThrownBy(() -> BridgeSettings.of(URI.create(page), widget))
            .as("%s in %s", widget, page)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    assertThatThrownBy(() -> BridgeSettings.of(URI.create("http://h/"), "http://h:80"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(BridgeSettings.of(URI.create("http://h/"), "https://H:443/w").widgetOrigin())
        .as("control: kept as a browser writes it")
        .isEqualTo("https://h");
    assertThat(
            BridgeSettings.of(URI.create("https://a.example.org/x"), "https://w.example.org")
                .pageOrigin())
        .isEqualTo("https://a.example.org");
  }
}
