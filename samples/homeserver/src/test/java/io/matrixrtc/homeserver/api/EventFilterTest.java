package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.homeserver.rooms.EventFilter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFilterTest {
  private static boolean admits(String pattern, String type) {
    return new EventFilter(Optional.of(List.of(pattern)), List.of(), Optional.empty(), List.of())
        .admitsType(type);
  }

  @ParameterizedTest
  @CsvSource({
    "m.room.name, m.room.name, true",
    "m.room.name, m.room.names, false",
    "m.room.*, m.room.name, true",
    "m.room.*, m.room., true",
    "m.room.*, m.call, false",
    "*, anything, true",
    "*.member, org.matrix.msc3401.call.member, true",
    "*.member, org.matrix.members, false",
    "m.*.a*.b, m.x.a.b, true",
    "m.*.a*.b, m.x.b, false",
    "ab*ba, aba, false",
    "ab*ba, abba, true",
    "a*b*c, a.c.b, false",
    "a**c, ac, true",
    "a.c, abc, false",
  })
  void aStarStandsForAnyText_HS_FILTER_STAR(String pattern, String type, boolean admitted) {
    assertThat(admits(pattern, type)).isEqualTo(admitted);
  }

  /** With a look at every way in which they could fit it would not end. */
  @Test
  void manyStarsAreNoMoreWork_HS_FILTER_STAR() {
    assertThat(admits("a*".repeat(40) + "b", "a".repeat(255))).isFalse();
    assertThat(admits("a*".repeat(40) + "b", "a".repeat(255) + "b")).isTrue();
  }
}
