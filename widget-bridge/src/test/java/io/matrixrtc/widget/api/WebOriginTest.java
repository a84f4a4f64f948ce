package io.matrixrtc.widget.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected values are what {@code new URL(text).origin} gives in a browser. */
class WebOriginTest {
  @Test
  void bridgeOriginEverySpellingOfAnOriginIsOneText() {
    for (String url :
        List.of(
            "https://a.example.org",
            "https://a.example.org/",
            "HTTPS://A.Example.ORG:443/x",
            "https://a.example.org:/",
            "https://a.example.org:00443",
            "https://user:word@a.example.org/x?y#z",
            "https://a.example.org?$variable",
            "https://a.example.org#/b@c:1")) {
      assertThat(WebOrigin.of(url)).as(url).isEqualTo("https://a.example.org");
    }
    assertThat(WebOrigin.of("http://127.0.0.1:80/")).isEqualTo("http://127.0.0.1");
    assertThat(WebOrigin.of("http://[::1]:80/")).isEqualTo("http://[::1]");
    assertThat(WebOrigin.of("http://[0:0:0:0:0:0:0:1]/")).isEqualTo("http://[::1]");
    assertThat(WebOrigin.of("http://[2001:DB8:0:0:1:0:0:1]:81"))
        .isEqualTo("http://[2001:db8::1:0:0:1]:81");
    assertThat(WebOrigin.of("http://[2001:db8:0:1:1:1:1:1]"))
        .isEqualTo("http://[2001:db8:0:1:1:1:1:1]");
    assertThat(WebOrigin.of("http://[::]")).isEqualTo("http://[::]");
    assertThat(WebOrigin.of("http://[1::]")).isEqualTo("http://[1::]");
    assertThat(WebOrigin.of("http://[::ffff:127.0.0.1]/")).isEqualTo("http://[::ffff:7f00:1]");
  }

  @Test
  void bridgeOriginAnotherSchemeHostOrPortIsAnotherOne() {
    assertThat(
            List.of(
                WebOrigin.of("https://a.example.org"),
                WebOrigin.of("http://a.example.org"),
                WebOrigin.of("https://b.example.org"),
                WebOrigin.of("https://a.example.org."),
                WebOrigin.of("https://a.example.org:80"),
                WebOrigin.of("https://a.example.org@b.example.com"),
                WebOrigin.of("http://my_host:8080"),
                WebOrigin.of("http://127.0.0.2")))
        .doesNotHaveDuplicates()
        .contains("https://b.example.com", "http://my_host:8080");
  }

  @Test
  void bridgeOriginWhatABrowserMightReadOtherwiseIsRefused() {
    for (String url :
        List.of(
            "",
            "a.example.org",
            "//a.example.org",
            "ftp://a.example.org",
            "javascript:alert(1)",
            "about:blank",
            "http:a",
            "http:///a",
            "http://",
            "http://a:99999",
            "http://a:b",
            "http://a b",
            "http://a\\@b",
            "http://a%2e",
            "http://münchen.example",
            "http://127.1",
            "http://2130706433",
            "http://0x7f.1",
            "http://0177.0.0.1",
            "http://127.0.0.1.",
            "http://256.0.0.1",
            "http://[::1",
            "http://[:::1]",
            "http://[fe80::1%25eth0]")) {
      assertThatThrownBy(() -> WebOrigin.of(url))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
