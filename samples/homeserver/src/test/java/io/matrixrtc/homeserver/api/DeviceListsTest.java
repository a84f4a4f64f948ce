package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceListsTest extends ServerTest {
  private Client alice;
  private Client bob;
  private Client carol;
  private String room;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
    carol = register("carol");
    room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
  }

  private static List<String> changed(JsonNode sync) {
    return texts(sync.at("/device_lists/changed"));
  }

  private static List<String> left(JsonNode sync) {
    return texts(sync.at("/device_lists/left"));
  }

  @Test
  void nothingOnAFirstSync_HS_DL_FIRST() {
    alice.uploadDeviceKeys("A");
    assertThat(bob.firstSync().has("device_lists")).isFalse();
  }

  @Test
  void newKeysAreToldToThoseWhoShareARoomAndToOneself_HS_DL_CHANGED() {
    JsonNode[] before = {alice.firstSync(), bob.firstSync(), carol.firstSync()};
    alice.uploadDeviceKeys("A");
    assertThat(changed(alice.syncAfter(before[0]))).containsExactly("@alice:test");
    JsonNode next = bob.syncAfter(before[1]);
    assertThat(changed(next)).containsExactly("@alice:test");
    assertThat(next.path("device_lists").has("left")).isFalse();
    assertThat(carol.syncAfter(before[2]).has("device_lists")).isFalse();
    alice.uploadDeviceKeys("A");
    assertThat(bob.syncAfter(next).has("device_lists")).as("the same keys again").isFalse();
    alice.uploadDeviceKeys("A2");
    assertThat(changed(bob.syncAfter(next))).containsExactly("@alice:test");
  }

  @Test
  void oneTimeKeysAreNoChange_HS_DL_CHANGED() {
    JsonNode before = bob.firstSync();
    alice.post("/keys/upload", "{'one_time_keys':{'a:b':{}},'fallback_keys':{'a:c':{}}}").ok();
    assertThat(bob.syncAfter(before).has("device_lists")).isFalse();
  }

  @Test
  void aDeletedOrRenamedDeviceIsAChange() {
    Client second = alice.logIn("ALICE2");
    second.uploadDeviceKeys("A2");
    JsonNode before = bob.firstSync();
    second.put("/devices/ALICE2", "{'display_name':'x'}").ok();
    JsonNode renamed = bob.syncAfter(before);
    assertThat(changed(renamed)).containsExactly("@alice:test");
    second.post("/logout", "{}").ok();
    assertThat(changed(bob.syncAfter(renamed))).containsExactly("@alice:test");
  }

  @Test
  void whoJoinsIsChangedForTheMembersAndTheMembersForTheJoiner_HS_DL_JOIN() {
    JsonNode bobBefore = bob.firstSync();
    JsonNode carolBefore = carol.firstSync();
    carol.join(room);
    assertThat(changed(bob.syncAfter(bobBefore))).containsExactly("@carol:test");
    assertThat(changed(carol.syncAfter(carolBefore))).contains("@alice:test", "@bob:test");
  }

  @Test
  void whoIsInvitedIsChangedBeforeTheJoin_HS_DL_INVITE() {
    JsonNode before = bob.firstSync();
    alice.invite(room, carol);
    JsonNode invited = bob.syncAfter(before);
    assertThat(changed(invited)).containsExactly("@carol:test");
    carol.uploadDeviceKeys("C");
    carol.join(room);
    assertThat(changed(bob.syncAfter(invited))).containsExactly("@carol:test");
  }

  @Test
  void whoLeavesTheLastSharedRoomIsLeftOnBothSides_HS_DL_LEFT() {
    String other = alice.createRoom("{'preset':'public_chat'}");
    bob.join(other);
    JsonNode aliceBefore = alice.firstSync();
    JsonNode bobBefore = bob.firstSync();
    bob.post(Client.room(other, "leave"), "{}").ok();
    JsonNode aliceOne = alice.syncAfter(aliceBefore);
    JsonNode bobOne = bob.syncAfter(bobBefore);
    assertThat(left(aliceOne)).as("one room is shared still").isEmpty();
    assertThat(left(bobOne)).isEmpty();
    bob.post(Client.room(room, "leave"), "{}").ok();
    assertThat(left(alice.syncAfter(aliceOne))).containsExactly("@bob:test");
    assertThat(changed(alice.syncAfter(aliceOne))).doesNotContain("@bob:test");
    assertThat(left(bob.syncAfter(bobOne))).containsExactly("@alice:test");
  }

  @Test
  void aRoomThatIsForgottenAtOnceIsStillLeft_HS_DL_FORGET() {
    JsonNode before = bob.firstSync();
    bob.post(Client.room(room, "leave"), "{}").ok();
    bob.post(Client.room(room, "forget"), "{}").ok();
    JsonNode after = bob.syncAfter(before);
    assertThat(left(after)).containsExactly("@alice:test");
    assertThat(names(after.at("/rooms/leave"))).containsExactly(room);
    assertThat(bob.syncAfter(after).has("device_lists")).isFalse();
    String filter = "/sync?filter=" + Client.encode("{\"room\":{\"include_leave\":true}}");
    assertThat(bob.get(filter).ok().path("rooms").has("leave")).isFalse();
    bob.join(room);
    assertThat(names(bob.get(filter).ok().at("/rooms/join"))).containsExactly(room);
    bob.post(Client.room(room, "leave"), "{}").ok();
    assertThat(names(bob.get(filter).ok().at("/rooms/leave"))).containsExactly(room);
  }

  @Test
  void leavingAndComingBackBetweenTwoSyncsIsAChange_HS_DL_REJOIN() {
    JsonNode aliceBefore = alice.firstSync();
    JsonNode bobBefore = bob.firstSync();
    bob.post(Client.room(room, "leave"), "{}").ok();
    alice.uploadDeviceKeys("A");
    bob.join(room);
    assertThat(changed(alice.syncAfter(aliceBefore))).contains("@bob:test");
    assertThat(left(alice.syncAfter(aliceBefore))).isEmpty();
    assertThat(changed(bob.syncAfter(bobBefore))).contains("@alice:test");
    assertThat(left(bob.syncAfter(bobBefore))).isEmpty();
  }

  @Test
  void keyChangesAnswersTheSameForAToken() {
    JsonNode before = bob.firstSync();
    alice.uploadDeviceKeys("A");
    carol.join(room);
    String from = before.path("next_batch").asText();
    JsonNode answer = bob.get("/keys/changes?from=" + from + "&to=ignored").ok();
    assertThat(texts(answer.path("changed"))).containsExactly("@alice:test", "@carol:test");
    assertThat(answer.path("left").isArray()).isTrue();
    String now = bob.syncAfter(before).path("next_batch").asText();
    assertThat(bob.get("/keys/changes?from=" + now).ok().path("changed")).isEmpty();
    bob.get("/keys/changes").fails(400, "M_MISSING_PARAM");
    bob.get("/keys/changes?from=x").fails(400, "M_INVALID_PARAM");
  }
}
