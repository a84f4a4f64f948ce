package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LivekitNamesTest {

  @Test
  void md1IdentitiesEqualTheKnownVectors() {
    assertThat(LivekitNames.stickyIdentity("@alice:example.com", "DEVICE123", "memberABC"))
        .isEqualTo("J+T45tGruxc+HrUOqJJlyQSV33m728Cme4+vt8/SWrU");
    assertThat(
            LivekitNames.stickyIdentity(
                "@alice:example.org", "ABCDEFGHIJ", "0b6a1f0e-6a1c-4b27-9a55-5f1c1f3d2e10"))
        .isEqualTo("q/C/kw5zgE0X5/eo8Lv3B4VCA16n3wdHV+0jr0O+8F8");
    assertThat(LivekitNames.stickyIdentity("@alice:example.org", "AAAAAAA", "xyzHASHxyz"))
        .isEqualTo("jUZ0Q1yF5nV3LlAI5xfD1I7BPnAytJaPEAR57EXjJ6s");
  }

  @Test
  void md1RoomAliasesEqualTheKnownVectors() {
    assertThat(LivekitNames.roomAlias("!roomid:example.com", "slot1234"))
        .isEqualTo("O8437W3+jmzMVjoIP3tNwbm+XxHQk2iKpOA7aqw3qSc");
    assertThat(LivekitNames.roomAlias("!abc:example.org", "m.call#ROOM"))
        .isEqualTo("9YzbCxM8P0fwObUtiQ9m/ujMP9ruNMxS7SOsugBEaxA");
  }

  @Test
  void namesAreHashedAsJavaScriptWritesJson() {
    assertThat(
            LivekitNames.json(List.of("a\"\\\b\f\n\r\t", "\u0001\u007f\u2028<&>/", "\ud83d\ude00")))
        .isEqualTo("[\"a\\\"\\\\\\b\\f\\n\\r\\t\",\"\\u0001\u007f\u2028<&>/\",\"\ud83d\ude00\"]");
    assertThat(LivekitNames.json(List.of("\ud83d", "x\ude00")))
        .isEqualTo("[\"\\ud83d\",\"x\\ude00\"]");
    assertThat(LivekitNames.json(List.of())).isEqualTo("[]");
  }

  @Test
  void g3IdentityHashesTheSenderAndTheMemberIdAlone() {
    assertThat(LivekitNames.draftIdentity("!roomid:example.com", "slot1234"))
        .isEqualTo(LivekitNames.roomAlias("!roomid:example.com", "slot1234"))
        .hasSize(43);
    assertThat(LivekitNames.stateIdentity("@a:x", "D")).isEqualTo("@a:x:D");
  }
}
