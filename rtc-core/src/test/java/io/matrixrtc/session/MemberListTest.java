package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static io.matrixrtc.session.MemberEvents.content;
import static io.matrixrtc.session.MemberEvents.event;
import static io.matrixrtc.session.MemberEvents.joined;
import static io.matrixrtc.session.MemberEvents.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberListTest {
  private static final String BOB = "@bob:example.org";
  private static final Duration FOUR_HOURS = Duration.ofHours(4);
  private final RoomCallState room = new RoomCallState(SlotId.ROOM_CALL, MemberSources.DEPLOYED);

  MemberListTest() {
    room.apply(new RoomUpdate(List.of(), Set.of(ALICE, BOB), Set.of()), T);
  }

  private MemberList list(Instant now, CallMemberEvent... events) {
    room.apply(new RoomUpdate(List.of(events), Set.of(), Set.of()), now);
    return MemberList.of(room, now);
  }

  private static List<String> devices(MemberList list) {
    return list.members().stream().map(member -> member.device().deviceId()).toList();
  }

  @Test
  void rs2AndRs14MembersAreSortedByCreationAndTheFirstIsTheOldest() {
    ObjectNode old = content(BOB, "B");
    old.put("created_ts", T.minusSeconds(5).toEpochMilli());
    MemberList list = list(T, joined(ALICE, "A", T.minusSeconds(1)), event(BOB, "B", T, old));
    assertThat(devices(list)).containsExactly("B", "A");
  }

  @Test
  void g1OrderEquallyOldMembersAreSortedByEventId_ours() {
    CallMemberEvent second = new CallMemberEvent("$2", "k2", ALICE, T, content(ALICE, "A2"));
    CallMemberEvent first = new CallMemberEvent("$1", "k1", BOB, T, content(BOB, "B1"));
    assertThat(devices(list(T, second, first))).containsExactly("B1", "A2");
  }

  @Test
  void g1IdentityTwoDevicesCannotShareAMediaIdentity_ours() {
    String withPort = ALICE + ":8448";
    room.apply(new RoomUpdate(List.of(), Set.of(withPort), Set.of()), T);
    CallMemberEvent owner = joined(withPort, "PHONE", T);
    CallMemberEvent impostor = joined(ALICE, "8448:PHONE", T.minusSeconds(60));
    CallMemberEvent other = joined(ALICE, "8448:LAPTOP", T.minusSeconds(60));
    assertThat(devices(list(T, impostor))).containsExactly("8448:PHONE"); // alone it counts
    MemberList list = list(T, owner, other);
    assertThat(devices(list)).containsExactly("8448:LAPTOP", "PHONE");
    assertThat(list.ignored())
        .extracting(IgnoredEvent::sender, IgnoredEvent::reason)
        .containsExactly(tuple(ALICE, IgnoreReason.IDENTITY_TAKEN));
  }

  @Test
  void rs3G1SlotAnotherApplicationOrCallIdIsNotListed_ours() {
    ObjectNode otherCall = content(BOB, "B");
    otherCall.put("call_id", "other");
    ObjectNode otherApplication = content(BOB, "B2");
    otherApplication.put("application", "m.other").put("call_id", "ROOM");
    MemberList list =
        list(
            T,
            joined(ALICE, "A", T),
            event(BOB, "B", T, otherCall),
            event(BOB, "B2", T, otherApplication));
    assertThat(devices(list)).containsExactly("A");
    assertThat(list.ignored())
        .extracting(IgnoredEvent::reason)
        .containsExactly(IgnoreReason.OTHER_SLOT, IgnoreReason.OTHER_SLOT);
  }

  @Test
  void rs4Cm4AMemberIsListedUntilJustBeforeItsExpiry() {
    CallMemberEvent event = joined(ALICE, "A", T);
    MemberList before = list(T.plus(FOUR_HOURS).minusMillis(1), event);
    assertThat(devices(before)).containsExactly("A");
    assertThat(before.nextExpiry()).contains(T.plus(FOUR_HOURS));
    MemberList at = list(T.plus(FOUR_HOURS));
    assertThat(devices(at)).isEmpty();
    assertThat(at.ignored()).extracting(IgnoredEvent::reason).containsExactly(IgnoreReason.EXPIRED);
    assertThat(at.nextExpiry()).isEmpty();
  }

  @Test
  void rs5AMemberWhoseUserIsNotJoinedToTheRoomIsNotListed() {
    list(T, joined(ALICE, "A", T), joined(BOB, "B", T));
    room.apply(new RoomUpdate(List.of(), Set.of(), Set.of(BOB)), T);
    assertThat(devices(list(T))).containsExactly("A");
    room.apply(new RoomUpdate(List.of(), Set.of(BOB), Set.of()), T);
    assertThat(devices(list(T))).containsExactlyInAnyOrder("A", "B");
  }

  @Test
  void rs7CreatedTsCountsForTheExpiry() {
    ObjectNode refreshed = content(ALICE, "A");
    refreshed.put("created_ts", T.minus(FOUR_HOURS).toEpochMilli());
    assertThat(devices(list(T, event(ALICE, "A", T, refreshed)))).isEmpty();
    refreshed.put("expires", FOUR_HOURS.toMillis() + 1);
    assertThat(devices(list(T, event(ALICE, "A", T, refreshed)))).containsExactly("A");
  }

  @Test
  void rs8RoomsWithoutMembersAndLeaversGiveAnEmptyList() {
    assertThat(list(T).members()).isEmpty();
    MemberList list = list(T, joined(ALICE, "A", T), left(ALICE, "A", T));
    assertThat(list.members()).isEmpty();
    assertThat(list.ignored()).isEmpty();
  }

  @Test
  void g1DevicesOfOneUserAreSeveralMembers() {
    assertThat(devices(list(T, joined(ALICE, "A1", T), joined(ALICE, "A2", T.plusMillis(1)))))
        .containsExactly("A1", "A2");
  }

  @Test
  void g1BoundOneUserHas64EventsAtMostAndTheOldestGoes_ours() {
    for (int i = 0; i < RoomCallState.MAX_PER_USER; i++) {
      list(T, joined(ALICE, "A" + i, T.plusMillis(i)));
    }
    list(T, joined(BOB, "B", T.minusSeconds(9)));
    assertThat(list(T).members()).hasSize(65);
    MemberList over = list(T, joined(ALICE, "LAST", T.plusSeconds(1)));
    assertThat(devices(over)).hasSize(65).contains("LAST", "B", "A1").doesNotContain("A0");
  }

  @Test
  void g1RejoinAndRefreshAreToldApart_ours() {
    List<Membership> before =
        list(T, joined(ALICE, "A", T), joined(BOB, "B", T.plusMillis(1))).members();

    ObjectNode refresh = content(ALICE, "A");
    refresh.put("created_ts", T.toEpochMilli()).put("expires", 28_800_000);
    List<Membership> refreshed = list(T, event(ALICE, "A", T.plusSeconds(9), refresh)).members();
    assertThat(MemberChanges.between(before, refreshed))
        .singleElement()
        .isInstanceOf(SessionEvent.MemberUpdated.class);
    assertThat(refreshed.get(0).callMember()).isEqualTo(before.get(0).callMember());

    List<Membership> again = list(T, joined(ALICE, "A", T.plusSeconds(20))).members();
    assertThat(MemberChanges.between(refreshed, again))
        .singleElement()
        .isInstanceOf(SessionEvent.MemberRejoined.class);

    ObjectNode otherId = content(BOB, "B");
    otherId.put("membershipID", "another").put("created_ts", T.toEpochMilli());
    List<Membership> other = list(T, event(BOB, "B", T.plusSeconds(30), otherId)).members();
    assertThat(MemberChanges.between(again, other))
        .singleElement()
        .isInstanceOf(SessionEvent.MemberRejoined.class);
  }

  @Test
  void rs22ChangesAreToldLeaversFirstAndNothingWhenNothingChanged() {
    List<Membership> one = list(T, joined(ALICE, "A", T)).members();
    List<Membership> two = list(T, left(ALICE, "A", T), joined(BOB, "B", T)).members();
    assertThat(MemberChanges.between(one, one)).isEmpty();
    assertThat(MemberChanges.between(one, two))
        .containsExactly(
            new SessionEvent.MemberLeft(one.get(0)), new SessionEvent.MemberJoined(two.get(0)));
  }
}
