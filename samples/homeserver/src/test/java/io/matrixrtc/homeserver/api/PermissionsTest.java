package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PermissionsTest extends ServerTest {
  private static final String CALL = "org.matrix.msc3401.call.member";
  private static final String OPEN_CALLS =
      "{'preset':'public_chat','room_version':'%s','power_level_content_override':{'events':{'"
          + CALL
          + "':0}}}";

  private Client alice;
  private Client bob;
  private Client carol;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
    carol = register("carol");
  }

  private String room(String body) {
    String room = alice.createRoom(body);
    bob.join(room);
    carol.join(room);
    return room;
  }

  private static Reply put(Client client, String room, String type, String key) {
    return client.put(Client.room(room, "state/" + type + "/" + Client.encode(key)), "{'v':1}");
  }

  @Test
  void sendingTakesMembershipAndPower_HS_PERM_SEND() {
    String room =
        room(
            "{'preset':'public_chat','power_level_content_override':{'events_default':10,'events':{'easy':0},'users':{'@alice:test':100,'@bob:test':10}}}");
    bob.send(room, "x", "t");
    carol.put(Client.room(room, "send/m.room.message/t"), "{}").fails(403, "M_FORBIDDEN");
    carol.put(Client.room(room, "send/easy/t"), "{}").ok();
    put(bob, room, "some.state", "").fails(403, "M_FORBIDDEN");
    put(alice, room, "some.state", "").ok();
    bob.post(Client.room(room, "leave"), "{}").ok();
    bob.put(Client.room(room, "send/easy/t"), "{}").fails(403, "M_FORBIDDEN");
    alice.put(Client.room("!none:test", "send/easy/t"), "{}").fails(404, "M_NOT_FOUND");
  }

  @Test
  void aKeyWithAnAtSignBelongsToThatUser_HS_PERM_KEY() {
    String room = room(OPEN_CALLS.formatted("11"));
    put(bob, room, CALL, "@bob:test").ok();
    put(carol, room, CALL, "@bob:test").fails(403, "M_FORBIDDEN");
    put(alice, room, CALL, "@bob:test").fails(403, "M_FORBIDDEN");
    put(bob, room, CALL, "@bob:test_DEV_m.call").fails(403, "M_FORBIDDEN");
    put(alice, room, CALL, "@nonsense").fails(403, "M_FORBIDDEN");
  }

  @Test
  void anUnderscoreBeforeItEscapesTheRuleForEveryone_HS_PERM_KEY() {
    String room = room(OPEN_CALLS.formatted("11"));
    put(bob, room, CALL, "_@bob:test_DEV_m.call").ok();
    put(carol, room, CALL, "_@bob:test_DEV_m.call").ok();
  }

  @Test
  void ownedStateTakesASuffixAndGivesWayToPower_HS_PERM_OWNED() {
    for (String version : new String[] {"org.matrix.msc3757.10", "org.matrix.msc3757.11"}) {
      String room = room(OPEN_CALLS.formatted(version));
      put(bob, room, CALL, "@bob:test").ok();
      put(bob, room, CALL, "@bob:test_DEV_m.call").ok();
      put(carol, room, CALL, "@bob:test_DEV_m.call").fails(403, "M_FORBIDDEN");
      put(bob, room, CALL, "@bob:testing").fails(403, "M_FORBIDDEN");
      put(alice, room, CALL, "@bob:test_DEV_m.call").ok();
      put(bob, room, CALL, "@alice:test_DEV").fails(403, "M_FORBIDDEN");
      put(bob, room, CALL, "@nonsense").fails(400, "M_BAD_JSON");
    }
  }

  @Test
  void nobodyRaisesAboveTheOwnLevelNorTouchesEquals_HS_PERM_LEVELS() {
    String levels =
        "{'state_default':50,'events':{'m.room.power_levels':50},'users':{'@alice:test':100,'@bob:test':50,'@carol:test':%d},'ban':%d}";
    String room =
        room(
            "{'preset':'public_chat','power_level_content_override':"
                + levels.formatted(50, 50)
                + "}");
    String path = Client.room(room, "state/m.room.power_levels/");
    bob.put(path, levels.formatted(50, 51)).fails(403, "M_FORBIDDEN");
    bob.put(path, levels.formatted(51, 50)).fails(403, "M_FORBIDDEN");
    bob.put(path, levels.formatted(49, 50)).fails(403, "M_FORBIDDEN");
    bob.put(path, levels.replace("'@bob:test':50", "'@bob:test':60").formatted(50, 50))
        .fails(403, "M_FORBIDDEN");
    bob.put(path, levels.formatted(50, 49)).ok();
    alice.put(path, levels.formatted(49, 49)).ok();
    bob.put(path, levels.formatted(40, 49)).ok();
    bob.put(path, levels.replace("'@bob:test':50", "'@bob:test':10").formatted(40, 49)).ok();
    bob.put(path, levels.formatted(40, 49)).fails(403, "M_FORBIDDEN");
    alice.put(path, "{'users':{'nobody':1}}").fails(400, "M_BAD_JSON");
    alice.put(path, "{'ban':'50'}").fails(400, "M_BAD_JSON");
    alice.put(path, "{'events':[]}").fails(400, "M_BAD_JSON");
  }

  @Test
  void kickAndBanTakeMorePowerThanTheOtherHas_HS_PERM_MEMBER() {
    String room =
        room(
            "{'preset':'public_chat','power_level_content_override':{'invite':50,'users':{'@alice:test':100,'@bob:test':50,'@carol:test':50}}}");
    Client dan = register("dan");
    dan.join(room);
    String act = "{'user_id':'%s'}";
    bob.post(Client.room(room, "kick"), act.formatted("@carol:test")).fails(403, "M_FORBIDDEN");
    bob.post(Client.room(room, "ban"), act.formatted("@alice:test")).fails(403, "M_FORBIDDEN");
    dan.post(Client.room(room, "kick"), act.formatted("@bob:test")).fails(403, "M_FORBIDDEN");
    dan.post(Client.room(room, "invite"), act.formatted("@erin:test")).fails(403, "M_FORBIDDEN");
    bob.post(Client.room(room, "invite"), act.formatted("@erin:test")).ok();
    bob.post(Client.room(room, "ban"), act.formatted("@dan:test")).ok();
    dan.post(Client.room(room, "join"), "{}").fails(403, "M_FORBIDDEN");
    dan.post(Client.room(room, "leave"), "{}").fails(403, "M_FORBIDDEN");
  }

  @Test
  void membershipsAreCheckedInStateEventsAsWell() {
    String room = alice.createRoom("{}");
    String path = Client.room(room, "state/m.room.member/@bob:test");
    bob.put(path, "{'membership':'join'}").fails(403, "M_FORBIDDEN");
    alice.put(path, "{'membership':'join'}").fails(403, "M_FORBIDDEN");
    alice.put(path, "{'membership':'odd'}").fails(400, "M_BAD_JSON");
    alice.put(path, "{'membership':'invite'}").ok();
    bob.put(path, "{'membership':'join'}").ok();
    assertThat(texts(bob.get("/joined_rooms").ok().path("joined_rooms"))).containsExactly(room);
    alice
        .put(Client.room(room, "state/m.room.member/x"), "{'membership':'invite'}")
        .fails(400, "M_BAD_JSON");
  }

  @Test
  void aRestrictedRoomAdmitsMembersOfTheOther() {
    String other = alice.createRoom("{'preset':'public_chat'}");
    String room =
        alice.createRoom(
            "{'initial_state':[{'type':'m.room.join_rules','content':{'join_rule':'restricted','allow':[{'type':'m.room_membership','room_id':'%s'}]}}]}"
                .formatted(other));
    bob.post("/join/" + room, "{}").fails(403, "M_FORBIDDEN");
    bob.join(other);
    bob.join(room);
  }

  @Test
  void aRoomLetsMembersIntoCallsOnlyIfItSaysSo_HS_PERM_CALL() {
    String member = "org.matrix.msc3401.call.member";
    String key = "_@bob:test_BOB1_m.call";
    String closed = room("{'preset':'public_chat'}");
    put(bob, closed, member, key).fails(403, "M_FORBIDDEN");
    put(bob, closed, "org.matrix.msc4143.rtc.slot", "m.call#ROOM").fails(403, "M_FORBIDDEN");
    put(alice, closed, member, key).ok();
    String open =
        room(
            "{'preset':'public_chat','power_level_content_override':{'events':{'%s':0,'org.matrix.msc4143.rtc.slot':0}}}"
                .formatted(member));
    put(bob, open, member, key).ok();
    put(bob, open, "org.matrix.msc4143.rtc.slot", "m.call#ROOM").ok();
    put(bob, open, "some.state", "").fails(403, "M_FORBIDDEN");
  }
}
