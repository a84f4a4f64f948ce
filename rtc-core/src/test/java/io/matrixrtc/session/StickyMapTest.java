package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.MembershipReading.Joined;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StickyMapTest {
  private static final String BOB = "@bob:example.org";
  private final StickyMap map = new StickyMap(false);

  private void file(String eventId, String sender, Instant at, ObjectNode content) {
    map.file(StickyEvents.event(eventId, sender, at, content), at.isBefore(T) ? T : at);
  }

  private void joins(String eventId, Instant at) {
    file(eventId, ALICE, at, StickyEvents.content(ALICE, "DEV", "m1"));
  }

  private List<String> current(Instant now) {
    return map.current(now).stream().map(read -> read.event().eventId()).toList();
  }

  private Membership only(Instant now) {
    return ((Joined) map.current(now).get(0).reading()).membership();
  }

  @Test
  void stickyWinnerTheNewestOfOneSenderAndKeyCounts() {
    joins("$2", T.plusMillis(2));
    joins("$1", T.plusMillis(1));
    assertThat(current(T.plusMillis(2))).containsExactly("$2");
    joins("$3", T.plusMillis(3));
    assertThat(current(T.plusMillis(3))).containsExactly("$3");
    file("$b", BOB, T.plusMillis(9), StickyEvents.content(BOB, "DEV", "m1"));
    assertThat(current(T.plusMillis(9))).as("keys are each sender's own").hasSize(2);
  }

  @Test
  void stickyWinnerOfEquallyOldOnesTheHigherEventIdCounts() {
    joins("$b", T);
    joins("$a", T);
    joins("$b", T);
    assertThat(current(T)).containsExactly("$b");
    map.redact(Set.of("$b"));
    assertThat(current(T)).containsExactly("$a");
  }

  @Test
  void stickyRedactTheOneBeforeARedactedEventCountsAgain() {
    joins("$1", T);
    file("$2", ALICE, T.plusSeconds(1), StickyEvents.leave("m1"));
    assertThat(map.current(T.plusSeconds(1)).get(0).reading())
        .isInstanceOf(MembershipReading.Left.class);
    map.redact(Set.of("$2"));
    assertThat(current(T.plusSeconds(1))).containsExactly("$1");
    map.redact(Set.of("$1", "$unknown"));
    assertThat(current(T.plusSeconds(1))).isEmpty();
  }

  @Test
  void stickyEndAnEventCountsUntilJustBeforeItsEndAndBringsBackNothing() {
    joins("$1", T);
    file("$2", ALICE, T.plusSeconds(1), StickyEvents.leave("m1"));
    Instant end = T.plusSeconds(1).plus(StickyEvents.HOUR);
    assertThat(current(end.minusMillis(1))).containsExactly("$2");
    assertThat(current(end)).isEmpty();
    joins("$3", end);
    assertThat(only(end).joinedAt()).isEqualTo(end);
    map.file(
        StickyEvents.event(
            "$late", BOB, T.minus(StickyEvents.HOUR), StickyEvents.content(BOB, "B", "m")),
        end);
    assertThat(current(end)).as("over before it came").containsExactly("$3");
  }

  @Test
  void stickyEndIsWhatTheServerSaysIsLeftElseTheDurationFromTheEarlierTime() {
    Duration hour = StickyEvents.HOUR;
    Duration minute = Duration.ofMinutes(1);
    assertThat(StickyMemberEvent.stickyUntil(T, T.minus(minute), hour, Optional.of(minute)))
        .isEqualTo(T.plus(minute));
    assertThat(StickyMemberEvent.stickyUntil(T, T.minus(minute), hour, Optional.empty()))
        .isEqualTo(T.plus(hour).minus(minute));
    assertThat(StickyMemberEvent.stickyUntil(T, T.plus(minute), hour, Optional.empty()))
        .as("a time ahead gains nothing")
        .isEqualTo(T.plus(hour));
    for (Duration long_ : List.of(hour.plusMillis(1), Duration.ofDays(9))) {
      assertThat(StickyMemberEvent.stickyUntil(T, T, long_, Optional.empty()))
          .isEqualTo(T.plus(hour));
      assertThat(StickyMemberEvent.stickyUntil(T, T, hour, Optional.of(long_)))
          .isEqualTo(T.plus(hour));
    }
    assertThat(StickyMemberEvent.stickyUntil(T, T, Duration.ofMillis(-5), Optional.empty()))
        .isEqualTo(T);
  }

  @Test
  void g2JoinedARefreshKeepsTheBeginOfTheParticipationAndAReturnDoesNot_ours() {
    joins("$1", T);
    joins("$2", T.plusSeconds(9));
    assertThat(only(T.plusSeconds(9)).joinedAt()).isEqualTo(T);
    assertThat(only(T.plusSeconds(9)).createdAt()).isEqualTo(T.plusSeconds(9));
    file("$3", ALICE, T.plusSeconds(10), StickyEvents.leave("m1"));
    joins("$4", T.plusSeconds(11));
    assertThat(only(T.plusSeconds(11)).joinedAt()).isEqualTo(T.plusSeconds(11));
    file("$5", ALICE, T.plusSeconds(12), keyed("m2", "m1"));
    assertThat(only(T.plusSeconds(12)).joinedAt())
        .as("another member id under the same key")
        .isEqualTo(T.plusSeconds(12));
  }

  private static ObjectNode keyed(String memberId, String key) {
    ObjectNode content = StickyEvents.content(ALICE, "DEV", memberId);
    content.put("msc4354_sticky_key", key);
    return content;
  }

  @Test
  void anEventWithoutAKeyIsToldAndSupersedesNothing() {
    joins("$1", T);
    ObjectNode content = StickyEvents.content(ALICE, "DEV", "m1");
    content.remove("msc4354_sticky_key");
    file("$2", ALICE, T.plusMillis(1), content);
    file("$3", ALICE, T.plusMillis(2), content);
    assertThat(current(T.plusMillis(2))).containsExactly("$1", "$2", "$3");
  }

  @Test
  void stickyBoundOneKeyHas8EventsAndOneSender64Keys_ours() {
    for (int i = 0; i <= StickyMap.MAX_PER_KEY; i++) {
      joins("$" + i, T.plusMillis(i));
    }
    for (int i = 1; i <= StickyMap.MAX_PER_KEY; i++) {
      assertThat(current(T.plusMillis(9))).containsExactly("$" + (9 - i));
      map.redact(Set.of("$" + (9 - i)));
    }
    assertThat(current(T.plusMillis(9))).as("the ninth event pushed the first one out").isEmpty();

    file("$bob", BOB, T.plusMillis(1), StickyEvents.content(BOB, "B", "m"));
    for (int i = 0; i < StickyMap.MAX_KEYS_PER_USER; i++) {
      file("$k" + i, ALICE, T.plusMillis(i), StickyEvents.content(ALICE, "DEV", "k" + i));
    }
    assertThat(current(T.plusMillis(64))).hasSize(65).contains("$k0");
    file("$k64", ALICE, T.plusMillis(64), StickyEvents.content(ALICE, "DEV", "k64"));
    assertThat(current(T.plusMillis(64)))
        .hasSize(65)
        .contains("$k64", "$bob", "$k1")
        .doesNotContain("$k0");
  }
}
