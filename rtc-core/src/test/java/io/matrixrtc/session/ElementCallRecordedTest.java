package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What we write, beside what an unmodified Element Call wrote when it was recorded. */
class ElementCallRecordedTest {
  private static final String ROOM = "!room:example.org";
  private static final DeviceAddress ALICE = new DeviceAddress("@alice:example.org", "ALICEDEV");
  private static final ObjectNode MEMBER =
      MemberEvents.json(
          "{'application':'m.call','call_id':'','scope':'m.room','device_id':'ALICEDEV',"
              + "'membershipID':'@alice:example.org:ALICEDEV','expires':14400000,"
              + "'m.call.intent':'video','focus_active':{'type':'livekit',"
              + "'focus_selection':'multi_sfu'},'foci_preferred':[{'livekit_alias':"
              + "'!room:example.org','type':'livekit',"
              + "'livekit_service_url':'https://jwt.example.org'}]}");
  private static final ObjectNode KEY =
      MemberEvents.json(
          "{'keys':{'index':0,'key':'qNoyvp9GZ8bZkZ9u6tNbBA=='},'room_id':'!room:example.org',"
              + "'member':{'claimed_device_id':'ALICEDEV','id':'@alice:example.org:ALICEDEV'},"
              + "'session':{'call_id':'','application':'m.call','scope':'m.room'},"
              + "'sent_ts':1770000000000}");

  private final SessionSettings settings = SessionSettings.roomCall(ROOM, "11", ALICE);

  @Test
  void g1RecordedTheMembershipOfElementCallIsReadAndWrittenAlike() {
    Transport transport =
        new Transport("livekit", (ObjectNode) MEMBER.path("foci_preferred").get(0));
    JoinRequest request =
        new JoinRequest(List.of(transport), JoinRequest.MULTI_SFU, Optional.of("video"));
    ObjectNode ours =
        StateMembershipContent.joined(settings, request, Optional.empty(), Duration.ofHours(4));
    assertThat(MemberEvents.json(ours.toString())).isEqualTo(MEMBER);
    assertThat(StateMembershipContent.stateKey(settings))
        .isEqualTo("_@alice:example.org_ALICEDEV_m.call");
    assertThat(
            StateMembershipParser.read(
                new CallMemberEvent("$1", "k", ALICE.userId(), MemberEvents.T, MEMBER)))
        .isInstanceOf(MembershipReading.Joined.class);
  }

  @Test
  void ktRecordedTheKeyOfElementCallIsWrittenAlike() {
    VirtualTime time = new VirtualTime();
    ToDeviceNetwork network = new ToDeviceNetwork(time);
    ToDeviceKeyTransport transport =
        new ToDeviceKeyTransport(
            new CallContext(ROOM, "m.call#ROOM", ALICE),
            ToDeviceKeyTransport.Settings.defaults(settings.memberId()),
            network.channel(ALICE),
            time);
    byte[] material = Base64.getDecoder().decode(KEY.path("keys").path("key").asText());
    DeviceAddress bob = new DeviceAddress("@bob:example.org", "BOBDEV");
    transport
        .send(
            MediaKey.copyOf(material),
            KeyIndex.ZERO,
            Set.of(new CallMember(bob, "x", Instant.EPOCH, "x")))
        .toCompletableFuture()
        .join();
    assertThat(network.sent).hasSize(1);
    assertThat(MemberEvents.json(network.sent.get(0).content().toString())).isEqualTo(KEY);
  }
}
