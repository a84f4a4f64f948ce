package io.matrixrtc.widget.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be offered to a user as a link. */
class MatrixLinkTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://matrix.to/#/@bob:example.org",
        "https://matrix.to/#/!room:example.org?via=a.example.org&via=b.example.org:8448",
        "https://matrix.to/#/!room:[2001:db8::1]:8448",
        "https://matrix.to/#/#calls:example.org",
        "https://matrix.to/#/%23m%C3%B6glich%3Aexample.org",
        "https://matrix.to/#/!room:example.org/$event:example.org",
        "https://matrix.to/#/!room/%24abc-_DEF?via=example.org",
        "matrix:u/bob:example.org",
        "matrix:r/calls:example.org?action=join",
        "matrix:roomid/room:example.org/e/abc?via=example.org"
      })
  void uiLinkUsersRoomsAliasesAndEvents(String uri) {
    assertThat(MatrixLink.read(uri)).contains(new MatrixLink(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://evil.example.org/",
        "http://matrix.to/#/@bob:example.org",
        "https://matrix.to/@bob:example.org",
        "https://matrix.to/#/",
        "https://matrix.to/#/@",
        "https://matrix.to/#/x",
        "https://matrix.to/#@bob:example.org",
        "https://matrix.to/?#/@bob:example.org",
        "https://matrix.to.evil.org/#/@bob:example.org",
        "https://evil@matrix.to/#/@bob:example.org",
        "https://MATRIX.TO/#/@bob:example.org",
        " https://matrix.to/#/@bob:example.org",
        "https://matrix.to/#/@bob:example.org\n",
        "https://matrix.to/#/@bob:example.org\u202e",
        "https://matrix.to/#/@bоb:example.org",
        "https://matrix.to/#/@bob%4:example.org",
        "https://matrix.to/#/@bob:example.org\"><script>",
        "javascript:alert(1)",
        "javascript:https://matrix.to/#/@bob:example.org",
        "matrix:",
        "matrix:x/bob:example.org",
        "matrix://evil.example.org/u/bob:example.org",
        "MATRIX:u/bob:example.org",
        "matrix:u/bob:example.org/e/abc/more"
      })
  void uiLinkNothingElse_ours(String text) {
    assertThat(MatrixLink.read(text)).isEmpty();
    assertThatThrownBy(() -> new MatrixLink(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void uiLinkAsLongAsTheLimitAndNoLonger() {
    String start = "https://matrix.to/#/@";
    String longest = start + "b".repeat(MatrixLink.MAX_CHARS - start.length());
    assertThat(MatrixLink.read(longest)).isPresent();
    assertThat(MatrixLink.read(longest + "b")).isEmpty();
  }
}
