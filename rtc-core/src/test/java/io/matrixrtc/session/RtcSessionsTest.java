package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.VirtualTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each for sticky and for state memberships. */
class RtcSessionsTest {
  private static final String ROOM = "!r:example.org";
  private final VirtualTime time = new VirtualTime();
  private final List<RtcSessionsEvent> events = new ArrayList<>();
  private final List<String> made = new ArrayList<>();

  private RtcSessions sessions(SlotId slot) {
    return new RtcSessions(
        time,
        (roomId, listener) -> {
          made.add(roomId);
          return new RtcSession(
              SessionSettings.roomCall(roomId, "11", new DeviceAddress("@me:x.org", "ME"))
                  .withSlot(slot),
              StatePublisher.of(
                  (type, key, content) ->
                      CompletableFuture.completedFuture(new PublishOutcome.Published("$own"))),
              Optional.empty(),
              time,
              listener);
        },
        events::add);
  }

  /** Alice joins or leaves {@code application}, call {@code id}. */
  private RoomUpdate update(boolean sticky, String application, String id, boolean in) {
    Instant now = time.now();
    time.advanceMillis(1);
    RoomUpdate members = new RoomUpdate(List.of(), Set.of(ALICE), Set.of());
    if (sticky) {
      ObjectNode content = StickyEvents.content(ALICE, "A", "m" + application + id);
      content.put("slot_id", application + "#" + (id.isEmpty() ? "ROOM" : id));
      ((ObjectNode) content.get("application")).put("type", application);
      StickyMemberEvent event =
          StickyEvents.event(
              "$" + now.toEpochMilli(),
              ALICE,
              now,
              in ? content : StickyEvents.leave("m" + application + id));
      return new RoomUpdate(
          List.of(), members.joined(), Set.of(), List.of(event), List.of(), Set.of(), List.of());
    }
    ObjectNode content = MemberEvents.content(ALICE, "A");
    content.put("application", application).put("call_id", id);
    CallMemberEvent event =
        new CallMemberEvent(
            "$" + now.toEpochMilli(),
            "_" + ALICE + "_A_" + application + id,
            ALICE,
            now,
            in ? content : MemberEvents.json("{}"));
    return new RoomUpdate(List.of(event), members.joined(), Set.of());
  }

  private List<String> toldOf(RtcSessions sessions) {
    assertThat(Participant.now(sessions.active())).isNotNull();
    return events.stream()
        .filter(event -> !(event instanceof RtcSessionsEvent.InSession))
        .map(event -> event.getClass().getSimpleName() + " " + event.roomId())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sm1Sm3StartedAndEndedFireWithTheFirstMemberAndAfterTheLast(boolean sticky) {
    RtcSessions sessions = sessions(SlotId.ROOM_CALL);
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", true));
    assertThat(toldOf(sessions)).containsExactly("SessionStarted " + ROOM);
    assertThat(Participant.now(sessions.active())).containsExactly(ROOM);
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", false));
    assertThat(toldOf(sessions)).containsExactly("SessionStarted " + ROOM, "SessionEnded " + ROOM);
    assertThat(Participant.now(sessions.active())).isEmpty();
    RtcSession session = Participant.now(sessions.get(ROOM)).orElseThrow();
    assertThat(events).filteredOn(RtcSessionsEvent.SessionEnded.class::isInstance).hasSize(1);
    assertThat(((RtcSessionsEvent.SessionStarted) events.get(0)).session()).isSameAs(session);
    assertThat(made).containsExactly(ROOM);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sm2Sm5UnrelatedApplicationsAreNeitherTheBeginNorTheEnd(boolean sticky) {
    RtcSessions sessions = sessions(SlotId.ROOM_CALL);
    sessions.onRoomUpdate(ROOM, update(sticky, "m.other", "", true));
    assertThat(toldOf(sessions)).isEmpty();
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", true));
    sessions.onRoomUpdate(ROOM, update(sticky, "m.other", "", false));
    assertThat(toldOf(sessions)).containsExactly("SessionStarted " + ROOM);
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", false));
    assertThat(toldOf(sessions)).as("control").hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sm4AnotherSlotIsFollowedAndOthersAreNot(boolean sticky) {
    RtcSessions sessions = sessions(new SlotId("m.notCall", "test"));
    sessions.onRoomUpdate(ROOM, update(sticky, "m.notCall", "test2", true));
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "test", true));
    assertThat(toldOf(sessions)).isEmpty();
    sessions.onRoomUpdate(ROOM, update(sticky, "m.notCall", "test", true));
    assertThat(toldOf(sessions)).containsExactly("SessionStarted " + ROOM);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRoomThatIsForgottenBeginsAnew(boolean sticky) {
    RtcSessions sessions = sessions(SlotId.ROOM_CALL);
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", true));
    sessions.forget(ROOM);
    assertThat(Participant.now(sessions.get(ROOM))).isEmpty();
    assertThat(Participant.now(sessions.active())).isEmpty();
    sessions.onRoomUpdate("!other:example.org", update(sticky, "m.call", "", true));
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", true));
    assertThat(made).containsExactly(ROOM, "!other:example.org", ROOM);
    sessions.close();
    int told = events.size();
    sessions.onRoomUpdate(ROOM, update(sticky, "m.call", "", false));
    assertThat(events).hasSize(told);
  }
}
