package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixIdsTest {
  private static MatrixSession session(String user, String device) {
    return new MatrixSession(URI.create("https://hs.test"), user, device, AccessToken.of("t"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "matrix.org",
        "matrix.org:8888",
        "localhost",
        "1.2.3.4",
        "1.2.3.4:1234",
        "[1234:5678::abcd]",
        "[1234:5678::abcd]:5678",
        "[::1.2.3.4]:1",
        "xn--mnchen-3ya.example:65535"
      })
  void idServerWhatTheGrammarAllows(String text) {
    assertThat(ServerName.parse(text)).map(ServerName::toString).contains(text);
    assertThat(MatrixIds.serverOf("@alice:" + text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "matrix.org:",
        "matrix.org:65536",
        "matrix.org:123456",
        "matrix.org:8a",
        "matrix.org/",
        "matrix .org",
        "münchen.example",
        "under_score.example",
        "[1234",
        "[]",
        "[12g4::]",
        "::1",
        "user@matrix.org",
        "matrix.org\n"
      })
  void idServerWhatTheGrammarForbids(String text) {
    assertThat(ServerName.parse(text)).isEmpty();
    assertThat(MatrixIds.serverOf("@alice:" + text)).isEmpty();
  }

  @Test
  void idServerAtItsLongestAndOneBeyond() {
    String longest = "a".repeat(ServerName.MAX_BYTES);
    assertThat(ServerName.parse(longest)).isPresent();
    assertThat(ServerName.parse(longest + "a")).isEmpty();
  }

  @Test
  void idUserOf255BytesAndOneMore() {
    String longest = "@" + "é".repeat(122) + "aa:hs.test"; // 1 + 244 + 2 + 8 bytes
    assertThat(MatrixIds.bytes(longest)).isEqualTo(255);
    assertThat(MatrixIds.serverOf(longest)).isPresent();
    assertThat(MatrixIds.serverOf("@a" + longest.substring(1))).isEmpty();
    assertThatThrownBy(() -> session("@a" + longest.substring(1), "D"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(session(longest, "D").userId()).isEqualTo(longest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"alice", "alice:hs.test", "@alice", "@alice:", "@a\0b:hs.test", "!r:hs.test"})
  void idUserWhatIsNone(String text) {
    assertThat(MatrixIds.serverOf(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"@:hs.test", "@A B/ü!:hs.test", "@alice:hs.test:80"})
  void idUserAsOlderVersionsAllowedIt(String text) {
    assertThat(MatrixIds.serverOf(text)).isPresent();
  }

  @Test
  void idDevicePrintableAndShort() {
    assertThat(MatrixIds.isDeviceId("A")).isTrue();
    assertThat(MatrixIds.isDeviceId("Alice's phone/+=_-")).isTrue();
    assertThat(MatrixIds.isDeviceId("x".repeat(255))).isTrue();
    assertThat(MatrixIds.isDeviceId("x".repeat(256))).isFalse();
    for (String bad : new String[] {"", "a\nb", "a\0b", "a\u202eb", "a\ud800b", "a\u2028b"}) {
      assertThat(MatrixIds.isDeviceId(bad)).as("%s", bad).isFalse();
      assertThatThrownBy(() -> session("@a:hs.test", bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
