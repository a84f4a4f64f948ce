package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Memberships of several generations in one room. */
class MixedGenerationsTest {
  private static final String BOB = "@bob:example.org";
  private static final String OPEN = "{'status':'open','application':{'type':'m.call'}}";

  private RoomCallState room = room(MemberSources.DEPLOYED);

  private static RoomCallState room(MemberSources sources) {
    RoomCallState room = new RoomCallState(SlotId.ROOM_CALL, sources);
    room.apply(new RoomUpdate(List.of(), Set.of(ALICE, BOB), Set.of()), T);
    return room;
  }

  private void state(CallMemberEvent... events) {
    room.apply(new RoomUpdate(List.of(events), Set.of(), Set.of()), T);
  }

  private void sticky(StickyMemberEvent... events) {
    room.apply(RoomUpdate.ofSticky(List.of(events)), T);
  }

  private void slot(String content) {
    room.apply(RoomUpdate.ofSlots(List.of(StickyEvents.slot("m.call#ROOM", content))), T);
  }

  private static StickyMemberEvent alice(String memberId) {
    return StickyEvents.event("$s", ALICE, T, StickyEvents.content(ALICE, "A", memberId));
  }

  private MemberList list() {
    return MemberList.of(room, T);
  }

  private List<String> devices() {
    return list().members().stream().map(member -> member.device().deviceId()).toList();
  }

  private List<IgnoreReason> reasons() {
    return list().ignored().stream().map(IgnoredEvent::reason).toList();
  }

  @TestFactory
  List<DynamicTest> rs1ToRs11TheListIsTheSameForEachKindOfMembership() {
    List<DynamicTest> tests = new ArrayList<>();
    for (MemberSources sources :
        List.of(
            MemberSources.DEPLOYED,
            MemberSources.WITH_DRAFTS,
            new MemberSources(true, false, false),
            new MemberSources(false, true, false))) {
      for (boolean isSticky : new boolean[] {false, true}) {
        tests.add(
            DynamicTest.dynamicTest(
                sources + (isSticky ? " sticky" : " state"),
                () -> {
                  room = room(sources);
                  assertThat(list().members()).as("RS-1, RS-8").isEmpty();
                  if (isSticky) {
                    sticky(alice("m1"));
                  } else {
                    state(MemberEvents.joined(ALICE, "A", T));
                  }
                  boolean isRead = isSticky ? sources.stickyEvents() : sources.stateEvents();
                  assertThat(devices()).as("RS-2").hasSize(isRead ? 1 : 0);
                  assertThat(reasons())
                      .isEqualTo(isRead ? List.of() : List.of(IgnoreReason.SWITCHED_OFF));
                  if (isRead) {
                    assertThat(list().members().get(0).mediaIdentity())
                        .as("RS-11")
                        .isEqualTo(
                            isSticky
                                ? LivekitNames.stickyIdentity(ALICE, "A", "m1")
                                : ALICE + ":A");
                  }
                  room.apply(new RoomUpdate(List.of(), Set.of(), Set.of(ALICE)), T);
                  assertThat(list().members()).as("RS-5").isEmpty();
                }));
      }
    }
    return tests;
  }

  @Test
  void rs3AStickyMembershipOfAnotherSlotIsNotListed_ours() {
    sticky(
        StickyEvents.event(
            "$1", ALICE, T, StickyEvents.content(ALICE, "A", "m1").put("slot_id", "m.call#other")),
        StickyEvents.event("$2", BOB, T, other()));
    assertThat(list().members()).isEmpty();
    assertThat(reasons()).containsExactly(IgnoreReason.OTHER_SLOT, IgnoreReason.OTHER_SLOT);
  }

  private static ObjectNode other() {
    ObjectNode content = StickyEvents.content(BOB, "B", "m2").put("slot_id", "m.other#ROOM");
    content.putObject("application").put("type", "m.other");
    return content;
  }

  @Test
  void rs12OfOneKeyTheStickyMembershipCountsAndOfTwoKeysBoth() {
    String key = MemberEvents.key(ALICE, "A");
    state(MemberEvents.joined(ALICE, "A", T));
    sticky(alice("other"));
    assertThat(devices()).containsExactly("A", "A");
    sticky(StickyEvents.event("$k", ALICE, T, StickyEvents.content(ALICE, "A2", key)));
    assertThat(devices()).containsExactlyInAnyOrder("A", "A2");
    assertThat(list().members()).allMatch(member -> member.form().isSticky());
    assertThat(reasons()).containsExactly(IgnoreReason.SUPERSEDED);
  }

  @Test
  void rs12ALeftOrForeignStickyEventHidesNobody_ours() {
    String key = MemberEvents.key(ALICE, "A");
    state(MemberEvents.joined(ALICE, "A", T));
    sticky(StickyEvents.event("$1", ALICE, T, StickyEvents.leave(key)));
    assertThat(devices()).containsExactly("A");
    sticky(StickyEvents.event("$2", BOB, T, StickyEvents.content(BOB, "B", key)));
    assertThat(devices()).containsExactlyInAnyOrder("A", "B");
  }

  @Test
  void rs4AStickyMembershipEndsWithItsStickiness_ours() {
    sticky(alice("m1"));
    assertThat(list().nextExpiry()).contains(T.plus(StickyEvents.HOUR));
    assertThat(MemberList.of(room, T.plus(StickyEvents.HOUR).minusMillis(1)).members()).hasSize(1);
    assertThat(MemberList.of(room, T.plus(StickyEvents.HOUR)).members()).isEmpty();
  }

  @Test
  void slotClosedHidesStickyMembersOnly() {
    state(MemberEvents.joined(BOB, "B", T));
    sticky(alice("m1"));
    assertThat(devices()).as("no slot event").containsExactlyInAnyOrder("A", "B");
    for (String closed :
        List.of(
            "{}",
            "{'status':'closed','application':{'type':'m.call'}}",
            "{'status':'open'}",
            "{'status':'open','application':{'type':'m.other'}}",
            "{'status':1,'application':[]}")) {
      slot(closed);
      assertThat(devices()).as(closed).containsExactly("B");
      assertThat(reasons()).containsExactly(IgnoreReason.SLOT_CLOSED);
    }
    slot(OPEN);
    assertThat(devices()).containsExactlyInAnyOrder("A", "B");
    room.apply(RoomUpdate.ofSlots(List.of(StickyEvents.slot("m.call#room", "{}"))), T);
    assertThat(devices()).as("ids are compared as they are").hasSize(2);
  }

  @Test
  void g3SlotADraftNeedsAnOpenSlot() {
    room = room(MemberSources.WITH_DRAFTS);
    DeviceAddress device = new DeviceAddress(ALICE, "A");
    sticky(StickyEvents.event("$1", ALICE, T, Optional.of(device), StickyEvents.draft("m1")));
    assertThat(reasons()).containsExactly(IgnoreReason.SLOT_CLOSED);
    slot(OPEN);
    assertThat(devices()).containsExactly("A");
    room = room(MemberSources.DEPLOYED);
    slot(OPEN);
    sticky(StickyEvents.event("$1", ALICE, T, Optional.of(device), StickyEvents.draft("m1")));
    assertThat(list().ignored())
        .extracting(IgnoredEvent::sender, IgnoredEvent::reason)
        .containsExactly(tuple(ALICE, IgnoreReason.DRAFT));
  }

  @Test
  void g1RedactedAMembershipThatIsRedactedIsOver() {
    CallMemberEvent event = MemberEvents.joined(ALICE, "A", T);
    state(event);
    room.apply(RoomUpdate.ofRedacted(Set.of("$unrelated")), T);
    assertThat(devices()).containsExactly("A");
    room.apply(RoomUpdate.ofRedacted(Set.of(event.eventId())), T);
    assertThat(devices()).isEmpty();
  }
}
