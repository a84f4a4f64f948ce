package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ALICE;
import static io.matrixrtc.widget.host.HostRig.BOB;
import static io.matrixrtc.widget.host.HostRig.OTHER_ROOM;
import static io.matrixrtc.widget.host.HostRig.ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence.OlmDevice;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.host.HostEvent.WithheldReason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** To-device messages (MSC3819), both ways. */
class ToDeviceTest {
  private static final String KEYS = "io.element.call.encryption_keys";
  private static final String[] GRANTS = {
    "org.matrix.msc3819.send.to_device:" + KEYS,
    "org.matrix.msc3819.receive.to_device:" + KEYS,
    "org.matrix.msc3819.send.to_device:org.example.a",
    "org.matrix.msc3819.receive.to_device:org.example.a"
  };
  private static final DeviceAddress BOBDEV = new DeviceAddress(BOB, "BOBDEV");

  private final HostRig rig = HostRig.granted(GRANTS);

  private static String message(String type, boolean encrypted, String messages) {
    return "{'type':'" + type + "','encrypted':" + encrypted + ",'messages':" + messages + "}";
  }

  private static String key(String device, String room) {
    return "{'keys':{'index':0,'key':'AAECAwQFBgcICQoLDA0ODw=='},'room_id':'"
        + room
        + "','member':{'id':'x','claimed_device_id':'"
        + device
        + "'}}";
  }

  private ToDeviceDriver.Send sent() {
    return rig.driver.callsOf(ToDeviceDriver.Send.class).get(0);
  }

  private int sends() {
    return rig.driver.callsOf(ToDeviceDriver.Send.class).size();
  }

  @Test
  void wh29Wr20ACallKeyGoesEncryptedToEachDeviceNamed() {
    rig.rooms.join(ROOM, "@carl:example.org");
    ObjectNode reply =
        rig.ask(
            "send_to_device",
            message(
                KEYS,
                true,
                "{'@bob:example.org':{'BOBDEV':"
                    + key("ALICEDEV", ROOM)
                    + "},'@carl:example.org':{'C':"
                    + key("ALICEDEV", ROOM)
                    + "}}"));
    assertThat(reply).isEmpty();
    assertThat(sent().encrypted()).isTrue();
    assertThat(sent().contents().keySet())
        .containsExactlyInAnyOrder(BOBDEV, new DeviceAddress("@carl:example.org", "C"));
  }

  @Test
  void wh30WhatIsMissingIsNamed() {
    assertThat(rig.refused("send_to_device", "{'encrypted':true,'messages':{}}"))
        .isEqualTo("Invalid request - missing event type");
    assertThat(rig.refused("send_to_device", "{'type':'org.example.a','encrypted':true}"))
        .isEqualTo("Invalid request - missing event contents");
    assertThat(rig.refused("send_to_device", "{'type':'org.example.a','messages':{}}"))
        .isEqualTo("Invalid request - missing encryption flag");
    assertThat(
            rig.refused("send_to_device", "{'type':'org.example.a','messages':{},'encrypted':1}"))
        .isEqualTo("Invalid request - missing encryption flag");
  }

  @Test
  void wh31Wr19WithoutAGrantNothingIsSent() {
    assertThat(
            rig.refused(
                "send_to_device", message("org.example.b", true, "{'@bob:example.org':{'B':{}}}")))
        .isEqualTo("Cannot send to-device events of this type");
    assertThat(rig.driver.calls).isEmpty();
  }

  @Test
  void todevInternalWr24Wr13TypesPassNeitherWayAndTheTwinDoes_ours() {
    for (String type : List.of("m.room_key", "m.secret.send", "m.key.verification.start")) {
      HostRig all =
          HostRig.granted(
              "org.matrix.msc3819.send.to_device:" + type,
              "org.matrix.msc3819.receive.to_device:" + type,
              "org.matrix.msc3819.send.to_device:org.example.a",
              "org.matrix.msc3819.receive.to_device:org.example.a");
      assertThat(
              all.refused("send_to_device", message(type, true, "{'@bob:example.org':{'*':{}}}")))
          .isEqualTo("Cannot send to-device events of this type");
      assertThat(all.driver.calls).isEmpty();
      all.perform(
          all.machine.onToDevice(
              IncomingToDevice.encrypted(
                  type, new OlmDevice(BOBDEV, Trust.VERIFIED), HostRig.json("{}")),
              all.now));
      assertThat(all.pushes("send_to_device")).isEmpty();
      assertThat(all.eventsOf(HostEvent.ToDeviceWithheld.class))
          .extracting(HostEvent.ToDeviceWithheld::reason)
          .containsExactly(WithheldReason.INTERNAL_TYPE);
      assertThat(
              all.ask(
                  "send_to_device",
                  message("org.example.a", true, "{'@bob:example.org':{'B':{}}}")))
          .as("control")
          .isEmpty();
      all.perform(
          all.machine.onToDevice(
              IncomingToDevice.encrypted(
                  "org.example.a", new OlmDevice(BOBDEV, Trust.VERIFIED), HostRig.json("{}")),
              all.now));
      assertThat(all.pushes("send_to_device")).as("control, the other way").hasSize(1);
    }
  }

  @Test
  void todevClearCleartextFromAnEncryptedRoomIsRefused_ours() {
    String clear = message("org.example.a", false, "{'@bob:example.org':{'B':{}}}");
    for (RoomView.Encryption encryption :
        List.of(RoomView.Encryption.ENCRYPTED, RoomView.Encryption.UNKNOWN)) {
      rig.rooms.encryption.put(ROOM, encryption);
      assertThat(rig.refused("send_to_device", clear))
          .isEqualTo("Cannot send cleartext from an encrypted room")
          .doesNotContain("not supported");
    }
    assertThat(sends()).isZero();
    rig.rooms.encryption.put(ROOM, RoomView.Encryption.CLEAR);
    assertThat(rig.ask("send_to_device", clear)).isEmpty();
    assertThat(sent().encrypted()).isFalse();
  }

  @Test
  void wr18TheFlagIsHonouredInAClearRoom() {
    rig.rooms.encryption.put(ROOM, RoomView.Encryption.CLEAR);
    rig.ask("send_to_device", message("org.example.a", true, "{'@bob:example.org':{'B':{}}}"));
    assertThat(sent().encrypted()).isTrue();
  }

  @Test
  void todevAllDevicesThatCannotBeHadAreAnErrorAndNothingIsSent() {
    rig.driver.devices.put(BOB, Set.of("B1"));
    String text = message("org.example.a", true, "{'@bob:example.org':{'*':{},'B2':{}}}");
    rig.driver.failures.put(ToDeviceDriver.ListDevices.class, DriverResult.failed("HTTP 500"));
    assertThat(rig.refused("send_to_device", text)).isEqualTo("Error sending event");
    assertThat(sends()).isZero();
    rig.driver.failures.clear();
    assertThat(rig.ask("send_to_device", text)).as("control").isEmpty();
    assertThat(sent().contents()).hasSize(2);
  }

  @Test
  void todevAllWr21Wr22AStarIsEveryDeviceAndANameGoesBeforeIt() {
    rig.rooms.join(ROOM, "@none:example.org");
    rig.driver.devices.put(BOB, Set.of("B1", "B2"));
    rig.driver.devices.put(ALICE, Set.of("ALICEDEV", "A2"));
    ObjectNode reply =
        rig.ask(
            "send_to_device",
            message(
                "org.example.a",
                true,
                "{'@bob:example.org':{'*':{'n':1},'B2':{'n':2}},"
                    + "'@alice:example.org':{'*':{'n':3}},'@none:example.org':{'*':{}}}"));
    assertThat(sent().contents())
        .isEqualTo(
            Map.of(
                new DeviceAddress(BOB, "B1"), HostRig.json("{'n':1}"),
                new DeviceAddress(BOB, "B2"), HostRig.json("{'n':2}"),
                new DeviceAddress(ALICE, "A2"), HostRig.json("{'n':3}")));
    assertThat(reply.toString()).isEqualTo("{\"failures\":{\"@none:example.org\":[\"*\"]}}");
  }

  @Test
  void todevMemberOnlyJoinedMembersAreSentTo_ours() {
    ObjectNode reply =
        rig.ask(
            "send_to_device",
            message(
                "org.example.a",
                true,
                "{'@eve:example.org':{'*':{}},'@bob:example.org':{'B':{}}}"));
    assertThat(sent().contents().keySet()).containsExactly(new DeviceAddress(BOB, "B"));
    assertThat(reply.toString()).isEqualTo("{\"failures\":{\"@eve:example.org\":[\"*\"]}}");
    assertThat(rig.driver.callsOf(ToDeviceDriver.ListDevices.class)).isEmpty();
  }

  @Test
  void todevFailuresWr23Wr25Wr26EachDeviceThatWasNotReachedIsNamed() {
    rig.driver.outcomes.put(new DeviceAddress(BOB, "GONE"), new Outcome.UnknownDevice());
    rig.driver.outcomes.put(new DeviceAddress(BOB, "DRY"), new Outcome.NoOneTimeKeys());
    rig.driver.outcomes.put(new DeviceAddress(BOB, "BAD"), new Outcome.Refused("not cross-signed"));
    rig.driver.outcomes.put(new DeviceAddress(BOB, "500"), new Outcome.Failed("HTTP 500"));
    ObjectNode reply =
        rig.ask(
            "send_to_device",
            message(
                "org.example.a",
                true,
                "{'@bob:example.org':{'OK':{},'GONE':{},'DRY':{},'BAD':{},'500':{}}}"));
    assertThat(reply.path("failures").path(BOB))
        .extracting(node -> node.asText())
        .containsExactlyInAnyOrder("GONE", "DRY", "BAD", "500");
    assertThat(rig.eventsOf(HostEvent.ToDeviceFailures.class)).hasSize(1);
  }

  @Test
  void todevFailuresItIsAnErrorIfNobodyWasReached_ours() {
    rig.driver.outcomes.put(new DeviceAddress(BOB, "B"), new Outcome.UnknownDevice());
    String text = message("org.example.a", true, "{'@bob:example.org':{'B':{}}}");
    assertThat(rig.ask("send_to_device", text).toString())
        .isEqualTo(
            "{\"error\":{\"message\":\"Error sending event\"},"
                + "\"failures\":{\"@bob:example.org\":[\"B\"]}}");
    assertThat(rig.ask("send_to_device", message("org.example.a", true, "{}")))
        .as("nobody was to be reached")
        .isEmpty();
  }

  @Test
  void wh32ADriversFailureHasItsTextAndTheServersWords() {
    rig.driver.failures.put(ToDeviceDriver.Send.class, DriverResult.failed("x"));
    String text = message("org.example.a", true, "{'@bob:example.org':{'B':{}}}");
    assertThat(rig.refused("send_to_device", text)).isEqualTo("Error sending event");
    rig.driver.failures.put(
        ToDeviceDriver.Send.class,
        DriverResult.refused(
            new MatrixApiError(403, Map.of(), "https://e", HostRig.json("{'errcode':'M_X'}"))));
    assertThat(
            rig.ask("send_to_device", text)
                .path("error")
                .path("matrix_api_error")
                .path("http_status")
                .asInt())
        .isEqualTo(403);
  }

  @Test
  void wr27EachDeviceMayGetAnotherContent() {
    rig.ask(
        "send_to_device",
        message("org.example.a", true, "{'@bob:example.org':{'A':{'n':1},'B':{'n':2}}}"));
    assertThat(sent().contents().values()).hasSize(2);
  }

  @Test
  void todevClaimACallKeyIsNotSentInTheNameOfAnother_ours() {
    for (String content : List.of(key("BOBDEV", ROOM), key("ALICEDEV", OTHER_ROOM))) {
      assertThat(
              rig.refused(
                  "send_to_device",
                  message(KEYS, true, "{'@bob:example.org':{'BOBDEV':" + content + "}}")))
          .isEqualTo("Invalid request - a call key of another device or room");
    }
    assertThat(sends()).isZero();
  }

  private List<ObjectNode> receive(IncomingToDevice message) {
    int before = rig.pushes("send_to_device").size();
    rig.perform(rig.machine.onToDevice(message, rig.now));
    List<ObjectNode> all = rig.pushes("send_to_device");
    return all.subList(before, all.size());
  }

  private static OlmDevice from(String device, Trust trust) {
    return new OlmDevice(new DeviceAddress(BOB, device), trust);
  }

  private WithheldReason withheld(IncomingToDevice message) {
    assertThat(receive(message)).isEmpty();
    List<HostEvent.ToDeviceWithheld> all = rig.eventsOf(HostEvent.ToDeviceWithheld.class);
    return all.get(all.size() - 1).reason();
  }

  @Test
  void todevFourWr11Wh23AnEncryptedMessageHasExactlyFourMembers() {
    ObjectNode content = HostRig.json("{'a':1,'encrypted':false,'sender_device_keys':{}}");
    ObjectNode push =
        receive(IncomingToDevice.encrypted("org.example.a", from("B", Trust.KNOWN), content))
            .get(0);
    ObjectNode data = (ObjectNode) push.get("data");
    assertThat(data).hasSize(4);
    assertThat(data.path("type").asText()).isEqualTo("org.example.a");
    assertThat(data.path("sender").asText()).isEqualTo(BOB);
    assertThat(data.path("encrypted").asBoolean()).isTrue();
    assertThat(data.get("content").toString()).isEqualTo(content.toString());
  }

  @Test
  void todevFlagWr12EncryptedIsWhatTheOlmMachineSays() {
    rig.rooms.encryption.put(ROOM, RoomView.Encryption.CLEAR);
    ObjectNode forged = HostRig.json("{'encrypted':true}");
    assertThat(
            receive(IncomingToDevice.cleartext("org.example.a", BOB, forged))
                .get(0)
                .path("data")
                .path("encrypted")
                .asBoolean())
        .isFalse();
    assertThat(
            receive(
                    IncomingToDevice.encrypted(
                        "org.example.a", from("B", Trust.KNOWN), HostRig.json("{}")))
                .get(0)
                .path("data")
                .path("encrypted")
                .asBoolean())
        .as("encrypted in a clear room")
        .isTrue();
  }

  @Test
  void todevGrantWh24Wr9OnlyGrantedTypesArrive() {
    assertThat(
            withheld(
                IncomingToDevice.encrypted(
                    "org.example.b", from("B", Trust.VERIFIED), HostRig.json("{}"))))
        .isEqualTo(WithheldReason.NOT_GRANTED);
  }

  @Test
  void todevClearWr10CleartextInAnEncryptedRoomIsWithheld() {
    assertThat(withheld(IncomingToDevice.cleartext("org.example.a", BOB, HostRig.json("{}"))))
        .isEqualTo(WithheldReason.CLEARTEXT_IN_ENCRYPTED_ROOM);
  }

  @Test
  void todevCallkeyOnlyAMembersKeyFromTheDeviceItClaimsArrives_ours() {
    ObjectNode good = HostRig.json(key("BOBDEV", ROOM));
    OlmDevice bob = from("BOBDEV", Trust.CROSS_SIGNED);
    assertThat(receive(IncomingToDevice.encrypted(KEYS, bob, good))).as("control").hasSize(1);
    assertThat(withheld(IncomingToDevice.encrypted(KEYS, from("OTHER", Trust.CROSS_SIGNED), good)))
        .isEqualTo(WithheldReason.CLAIMED_DEVICE_DIFFERS);
    assertThat(
            withheld(
                IncomingToDevice.encrypted(KEYS, bob, HostRig.json(key("BOBDEV", OTHER_ROOM)))))
        .isEqualTo(WithheldReason.ANOTHER_ROOM);
    assertThat(
            withheld(
                IncomingToDevice.encrypted(
                    KEYS,
                    new OlmDevice(new DeviceAddress("@eve:e", "BOBDEV"), Trust.CROSS_SIGNED),
                    good)))
        .isEqualTo(WithheldReason.SENDER_NOT_IN_ROOM);
    assertThat(withheld(IncomingToDevice.encrypted(KEYS, from("BOBDEV", Trust.KNOWN), good)))
        .isEqualTo(WithheldReason.UNTRUSTED_DEVICE);
    rig.rooms.encryption.put(ROOM, RoomView.Encryption.CLEAR);
    assertThat(withheld(IncomingToDevice.cleartext(KEYS, BOB, good)))
        .as("a key in the clear is never taken, in a clear room neither")
        .isEqualTo(WithheldReason.CLEARTEXT_KEY);
  }

  @Test
  void todevCallkeyTheAccountsTrustPolicyApplies() {
    HostRig all = HostRig.granted(WIDGET.withTrust(TrustRequirement.ALL), GRANTS);
    all.perform(
        all.machine.onToDevice(
            IncomingToDevice.encrypted(
                KEYS, from("BOBDEV", Trust.KNOWN), HostRig.json(key("BOBDEV", ROOM))),
            all.now));
    assertThat(all.pushes("send_to_device")).hasSize(1);
  }

  @Test
  void widgetMaskContentsAreNotShown() {
    ObjectNode content = HostRig.json(key("BOBDEV", ROOM));
    assertThat(IncomingToDevice.cleartext(KEYS, BOB, content).toString()).doesNotContain("AAECAw");
    assertThat(new ToDeviceDriver.Send(KEYS, Map.of(BOBDEV, content), true).toString())
        .doesNotContain("AAECAw");
  }
}
