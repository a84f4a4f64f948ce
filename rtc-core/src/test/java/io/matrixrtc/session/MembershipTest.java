package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static io.matrixrtc.session.MemberEvents.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.Joined;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final String BOB = "@bob:example.org";

  private static Membership state(String user, String selection, String sfu) {
    ObjectNode content = MemberEvents.content(user, "D");
    content.withObject("/focus_active").put("focus_selection", selection);
    content.set("foci_preferred", json("{'a':[{'type':'livekit','n':'" + sfu + "'}]}").get("a"));
    MembershipReading reading =
        StateMembershipParser.read(MemberEvents.event(user, "D", T, content));
    return ((Joined) reading).membership();
  }

  private static String sfu(Membership member, Membership oldest) {
    return member
        .publishesOn(oldest)
        .map(transport -> transport.fields().path("n").asText())
        .orElse("none");
  }

  @Test
  void cm6AnOldestMembershipMemberPublishesOnTheOldestMembersTransport() {
    Membership oldest = state(ALICE, "oldest_membership", "a");
    Membership other = state(BOB, "oldest_membership", "b");
    assertThat(sfu(oldest, oldest)).isEqualTo("a");
    assertThat(sfu(other, oldest)).isEqualTo("a");
    assertThat(sfu(other, state(ALICE, "multi_sfu", "m"))).isEqualTo("m");
  }

  @Test
  void cm7AMultiSfuMemberPublishesOnItsOwnTransport() {
    Membership own = state(ALICE, "multi_sfu", "a");
    assertThat(sfu(own, own)).isEqualTo("a");
    assertThat(sfu(own, state(BOB, "oldest_membership", "b"))).isEqualTo("a");
  }

  @Test
  void cm8Rs17AnUnknownFocusSelectionHasNoTransport() {
    Membership own = state(ALICE, "coin_toss", "a");
    assertThat(own.publishesOn(own)).isEmpty();
  }

  @Test
  void cm19AStickyMemberPublishesOnItsFirstTransport() {
    MembershipReading reading =
        StickyMembershipParser.read(
            StickyEvents.event("$1", ALICE, T, StickyEvents.content(ALICE, "D", "m")), false, T);
    Membership sticky = ((Joined) reading).membership();
    assertThat(sticky.publishesOn(state(BOB, "oldest_membership", "b")))
        .contains(sticky.transports().get(0));
  }

  @Test
  void cm10TheApplicationSaysItsTypeItsIntentAndWhatIsItsOwn() {
    ObjectNode content = MemberEvents.content(ALICE, "D");
    content.put("org.example.hand", "raised").put("type", "not the application's");
    MembershipReading reading =
        StateMembershipParser.read(MemberEvents.event(ALICE, "D", T, content));
    assertThat(((Joined) reading).membership().application())
        .isEqualTo(json("{'type':'m.call','m.call.intent':'video','org.example.hand':'raised'}"));
  }

  @Test
  void ty1AMembershipIsOwnByUserAndDevice() {
    Membership member = state(ALICE, "multi_sfu", "a");
    assertThat(member.device()).isEqualTo(new DeviceAddress(ALICE, "D"));
    assertThat(member.device()).isNotEqualTo(new DeviceAddress(BOB, "D"));
    assertThat(member.device()).isNotEqualTo(new DeviceAddress(ALICE, "D2"));
  }

  @Test
  void lt1ALivekitTransportNamesItsTokenService_ours() {
    ObjectNode livekit = json("{'type':'livekit','livekit_service_url':'https://x'}");
    assertThat(new Transport("livekit", livekit).livekitServiceUrl()).contains("https://x");
    for (Transport other :
        List.of(
            new Transport("livekit", json("{'type':'livekit'}")),
            new Transport("livekit", json("{'type':'livekit','livekit_service_url':1}")),
            new Transport("other", livekit))) {
      assertThat(other.livekitServiceUrl()).isEmpty();
    }
  }
}
