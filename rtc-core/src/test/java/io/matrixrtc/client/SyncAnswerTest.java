package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.json.Json;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyncAnswerTest {
  private static SyncAnswer read(String json) throws Exception {
    return SyncAnswer.of(Json.parseObject(json));
  }

  private static RoomSection room(String json) throws Exception {
    return Objects.requireNonNull(read(json).rooms().get("!r:b"));
  }

  @Test
  void readsWhatTheMachineNeeds() throws Exception {
    SyncAnswer answer =
        read(
            "{\"next_batch\":\"s2\",\"to_device\":{\"events\":[{\"type\":\"a\"},{\"type\":\"b\"}]},"
                + "\"device_lists\":{\"changed\":[\"@a:b\"],\"left\":[\"@c:d\"]},"
                + "\"device_one_time_keys_count\":{\"signed_curve25519\":49},"
                + "\"device_unused_fallback_key_types\":[\"signed_curve25519\"]}");
    assertThat(answer.nextBatch()).isEqualTo("s2");
    assertThat(answer.crypto().nextBatch()).isEqualTo("s2");
    assertThat(answer.crypto().toDeviceEvents())
        .extracting(event -> event.path("type").asText())
        .containsExactly("a", "b");
    assertThat(answer.crypto().changedUsers()).isEqualTo(Set.of("@a:b"));
    assertThat(answer.crypto().leftUsers()).isEqualTo(Set.of("@c:d"));
    assertThat(answer.crypto().oneTimeKeyCount()).isEqualTo(49);
    assertThat(answer.crypto().unusedFallbackKeyTypes())
        .isEqualTo(Optional.of(Set.of("signed_curve25519")));
  }

  @Test
  void otkMissingNoCountIsZeroNoFallbackMemberIsUnknown() throws Exception {
    SyncAnswer answer = read("{\"next_batch\":\"s\"}");
    assertThat(answer.crypto().oneTimeKeyCount()).isZero();
    assertThat(answer.crypto().unusedFallbackKeyTypes()).isEmpty();
    assertThat(read("{\"next_batch\":\"s\",\"device_unused_fallback_key_types\":[]}").crypto())
        .extracting(changes -> changes.unusedFallbackKeyTypes())
        .isEqualTo(Optional.of(Set.of()));
  }

  @Test
  void syncAccountContentsByTypeAndNothingOfAnotherShape() throws Exception {
    SyncAnswer answer =
        read(
            "{\"next_batch\":\"s\",\"account_data\":{\"events\":[7,{\"type\":\"a\",\"content\":1},"
                + "{\"type\":2,\"content\":{}},{\"content\":{}},{\"type\":\"b\",\"content\":{\"x\":1}},"
                + "{\"type\":\"b\",\"content\":{\"x\":2}},{\"type\":\"c\",\"content\":{}}]}}");
    assertThat(answer.accountData())
        .isEqualTo(Map.of("b", Json.newObject().put("x", 2), "c", Json.newObject()));
    for (String shape : new String[] {"7", "[]", "{}", "{\"events\":{}}"}) {
      assertThat(read("{\"next_batch\":\"s\",\"account_data\":" + shape + "}").accountData())
          .isEmpty();
    }
  }

  @Test
  void syncInviteTheInviterIsNamedAndStrippedStateIsNoState() throws Exception {
    String member =
        "{\"type\":\"m.room.member\",\"state_key\":\"@me:b\",\"sender\":\"@host:b\","
            + "\"content\":{\"membership\":\"invite\"}}";
    RoomSection invited = room(invite("[" + member + "]"));
    assertThat(invited.membership()).isEqualTo("invite");
    assertThat(invited.inviter("@me:b")).contains("@host:b");
    assertThat(invited.stripped()).hasSize(1);
    assertThat(invited.state()).isEmpty();
    for (String change : new String[] {"@me:b", "@host:b", "m.room.member", "\"invite\""}) {
      String other = change.startsWith("\"") ? "\"join\"" : "";
      assertThat(room(invite("[null," + member.replace(change, other) + "]")).inviter("@me:b"))
          .as("without %s", change)
          .isEmpty();
    }
    assertThat(room(invite("{}")).inviter("@me:b")).isEmpty();
    assertThat(room(invite("[" + member + "]").replace("\"invite\":{\"!", "\"join\":{\"!")))
        .satisfies(joined -> assertThat(joined.inviter("@me:b")).isEmpty());
  }

  private static String invite(String events) {
    return "{\"next_batch\":\"s\",\"rooms\":{\"invite\":{\"!r:b\":{\"invite_state\":{\"events\":"
        + events
        + "}}}}}";
  }

  @Test
  void stickySyncEitherNameOfTheSectionIsReadAndBrokenEventsAreNot() throws Exception {
    for (String name : Set.of("msc4354_sticky", "sticky")) {
      RoomSection room =
          room(
              "{\"next_batch\":\"s\",\"rooms\":{\"join\":{\"!r:b\":{\""
                  + name
                  + "\":{\"events\":[{\"event_id\":\"$1\"},5,null]}}}}}");
      assertThat(room.sticky()).extracting(e -> e.path("event_id").asText()).containsExactly("$1");
      assertThat(room.timeline()).isEmpty();
    }
  }

  @Test
  void syncStateTimelineComesOnTopOfState() throws Exception {
    RoomSection room =
        room(
            "{\"next_batch\":\"s\",\"rooms\":{\"join\":{\"!r:b\":{"
                + "\"state\":{\"events\":[{\"type\":\"x\",\"state_key\":\"\",\"n\":1}]},"
                + "\"timeline\":{\"events\":[{\"type\":\"m\"},"
                + "{\"type\":\"x\",\"state_key\":\"\",\"n\":2}]}}}}}");
    assertThat(room.membership()).isEqualTo("join");
    assertThat(room.state()).extracting(event -> event.path("n").asInt()).containsExactly(1, 2);
    assertThat(room.timeline()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_after", "org.matrix.msc4222.state_after"})
  void syncStateStateAfterIsTheWholeTruth(String member) throws Exception {
    RoomSection room =
        room(
            "{\"next_batch\":\"s\",\"rooms\":{\"leave\":{\"!r:b\":{\""
                + member
                + "\":{\"events\":[{\"type\":\"x\",\"state_key\":\"\",\"n\":3}]},"
                + "\"timeline\":{\"events\":[{\"type\":\"x\",\"state_key\":\"\",\"n\":2}]}}}}}");
    assertThat(room.membership()).isEqualTo("leave");
    assertThat(room.state()).extracting(event -> event.path("n").asInt()).containsExactly(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"rooms\":[]",
        "\"rooms\":{\"join\":[1]}",
        "\"rooms\":{\"join\":{\"!r:b\":5}}",
        "\"rooms\":{\"join\":{\"!r:b\":{\"timeline\":{\"events\":{}},\"state\":[]}}}",
        "\"to_device\":{\"events\":\"no\"},\"device_lists\":[1,2]",
        "\"device_lists\":{\"changed\":[1,null,{}],\"left\":{}}",
        "\"device_one_time_keys_count\":{\"signed_curve25519\":\"many\"}"
      })
  void syncShapeSectionsOfAnotherShapeCountAsEmpty(String members) throws Exception {
    SyncAnswer answer = read("{\"next_batch\":\"s\"," + members + "}");
    assertThat(answer.crypto().changedUsers()).isEmpty();
    assertThat(answer.crypto().toDeviceEvents()).isEmpty();
    assertThat(answer.crypto().oneTimeKeyCount()).isZero();
    assertThat(answer.rooms().values()).allMatch(room -> room.timeline().isEmpty());
  }
}
