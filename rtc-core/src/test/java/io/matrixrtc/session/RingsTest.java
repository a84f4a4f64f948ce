package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.session.SessionEvent.CallNotified;
import io.matrixrtc.session.SessionEvent.RingEnded;
import io.matrixrtc.session.SessionEvent.RingEnded.Cause;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Calls that this user is told of (MSC4075, MSC4310). */
class RingsTest {
  private static final String BOB = "@bob:example.org";
  private final Rings rings = new Rings(SlotId.ROOM_CALL, ALICE);
  private final Set<String> inCall = new HashSet<>(Set.of(BOB));

  private static CallNotification from(String sender, String id, Set<String> users, boolean room) {
    return new CallNotification(
        id,
        sender,
        CallNotification.Type.RING,
        Optional.of("$member"),
        Optional.of("m.call#ROOM"),
        Optional.empty(),
        users,
        room,
        T.plusSeconds(30));
  }

  private static CallNotification ring(String id) {
    return from(BOB, id, Set.of(ALICE), false);
  }

  private List<SessionEvent> take(CallNotification notification, Instant now) {
    return rings.on(new NoticeReading.Notified(notification), inCall::contains, false, now);
  }

  private List<SessionEvent> decline(String sender, String id) {
    return rings.on(new NoticeReading.Declined(sender, id), inCall::contains, false, T);
  }

  private List<SessionEvent> check(Set<String> redacted, boolean ended, Instant now) {
    return rings.check(inCall::contains, redacted, ended, now);
  }

  @Test
  void ringConcernsThoseWhoAreMentionedAndAreNotInTheCall() {
    assertThat(take(ring("$1"), T)).containsExactly(new CallNotified(ring("$1")));
    assertThat(take(ring("$1"), T)).as("again").isEmpty();
    assertThat(take(from(BOB, "$2", Set.of(), true), T)).as("the room").hasSize(1);
    assertThat(take(from(BOB, "$3", Set.of("@other:x.org"), false), T)).isEmpty();
    assertThat(take(from(ALICE, "$4", Set.of(ALICE), true), T)).as("own").isEmpty();
    assertThat(take(ring("$5"), T.plusSeconds(30))).as("over").isEmpty();
    assertThat(rings.on(new NoticeReading.Notified(ring("$6")), inCall::contains, true, T))
        .as("slot closed")
        .isEmpty();
    inCall.add(ALICE);
    assertThat(take(ring("$7"), T)).as("in the call").isEmpty();
  }

  @Test
  void ringEndsWhenAnsweredDeclinedWithdrawnOrOver() {
    take(ring("$1"), T);
    assertThat(rings.nextWakeup()).contains(T.plusSeconds(30));
    assertThat(check(Set.of(), false, T.plusMillis(29_999))).isEmpty();
    assertThat(check(Set.of(), false, T.plusSeconds(30)))
        .containsExactly(new RingEnded(ring("$1"), Cause.TIMED_OUT));
    assertThat(rings.nextWakeup()).isEmpty();

    take(ring("$2"), T);
    assertThat(decline("@other:x.org", "$2")).as("somebody else's").isEmpty();
    assertThat(decline(ALICE, "$2")).containsExactly(new RingEnded(ring("$2"), Cause.DECLINED));
    assertThat(take(ring("$2"), T)).as("declined").isEmpty();

    take(ring("$3"), T);
    assertThat(check(Set.of("$3"), false, T))
        .containsExactly(new RingEnded(ring("$3"), Cause.WITHDRAWN));
    take(ring("$4"), T);
    assertThat(check(Set.of(), true, T))
        .containsExactly(new RingEnded(ring("$4"), Cause.WITHDRAWN));

    take(ring("$5"), T);
    inCall.add(ALICE);
    assertThat(check(Set.of(), false, T))
        .containsExactly(new RingEnded(ring("$5"), Cause.ANSWERED));
  }

  @Test
  void ringADeclineMayComeBeforeWhatItDeclines() {
    assertThat(decline(ALICE, "$1")).isEmpty();
    assertThat(take(ring("$1"), T)).isEmpty();
    assertThat(take(ring("$2"), T)).as("control").hasSize(1);
  }

  @Test
  void ringDeclinesOfOwnCallsAreTold() {
    rings.sent("$mine");
    assertThat(decline(BOB, "$mine")).containsExactly(new SessionEvent.CallDeclined(BOB, "$mine"));
    assertThat(decline(BOB, "$other")).isEmpty();
  }

  @Test
  void ringBound16AtATimeAnd256Remembered_ours() {
    for (int i = 0; i < Rings.MAX; i++) {
      assertThat(take(ring("$" + i), T)).hasSize(1);
    }
    assertThat(take(ring("$more"), T)).isEmpty();
    decline(ALICE, "$0");
    assertThat(take(ring("$more"), T)).as("there is room again").hasSize(1);
    for (int i = 1; i < Rings.MAX_KNOWN; i++) {
      decline(ALICE, "$x" + i);
    }
    decline(ALICE, "$1");
    assertThat(take(ring("$x1"), T)).as("remembered").isEmpty();
    decline(ALICE, "$y");
    assertThat(take(ring("$x1"), T)).as("one too old").hasSize(1);
  }
}
