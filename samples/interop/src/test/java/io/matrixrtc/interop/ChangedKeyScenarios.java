package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.IdentityAlarm;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.RoomKeyShare;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.UndecryptableReason;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The homeserver shows other identity keys for a device than it did. We refuse them, and what is
 * said under them, whatever the trust policy; the keys that we know go on to work.
 */
@Tag("interop")
abstract class ChangedKeyScenarios {
  private static final Duration SOON = Cast.SOON;
  private static final String TYPE = "org.example.test";

  private Cast cast;

  abstract Cast open(TestInfo test) throws Exception;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    cast = open(test);
  }

  @AfterEach
  void stop() throws Exception {
    cast.close();
  }

  @Test
  void otherKeysForADeviceOfTheSdkAreRefused() throws Exception {
    assertOtherKeysAreRefused(cast.sdk("bob"));
  }

  @Test
  void otherKeysForADeviceOfNioAreRefused() throws Exception {
    assertOtherKeysAreRefused(cast.nio("bob"));
  }

  private void assertOtherKeysAreRefused(Peer bob) throws Exception {
    OurDevice alice = cast.ours("alice");
    String room = cast.world().room(alice);
    bob.joinRoom(room);
    Cast.acquaint(List.of(alice), List.of(bob));
    String before = bob.post(room, "before");
    await().atMost(SOON).until(() -> alice.hasRead(before));
    UserDevice device = Cast.device(bob.address());

    try (Impostor impostor = new Impostor(bob, alice)) {
      impostor.publishKeys();
      assertThat(impostor.listedKey()).as("what the homeserver lists").isEqualTo(impostor.key());
      await()
          .atMost(SOON)
          .until(() -> alice.alarms().contains(new IdentityAlarm.DeviceKeyRefused(device)));
      assertThat(alice.find(bob.address()).orElseThrow())
          .extracting(Device::keys)
          .satisfies(
              keys ->
                  assertThat(keys.curve25519().orElseThrow().toBase64())
                      .isEqualTo(bob.curve25519()));

      impostor.send(TYPE, text("with device keys"), true);
      impostor.send(TYPE, text("without"), false);
      await().atMost(SOON).until(() -> refusals(alice).size() == 2);
      assertThat(refusals(alice))
          .containsExactly(
              UndecryptableReason.OTHER_SENDER_KEY, UndecryptableReason.UNKNOWN_SENDER_DEVICE);
      String forged = impostor.post(room, "forged");
      await().atMost(SOON).until(() -> !alice.unread(forged).isEmpty());
      assertThat(alice.unread(forged))
          .hasOnlyElementsOfType(RoomDecryptionFailure.MissingRoomKey.class);
      assertThat(refusals(alice)).hasSize(3).endsWith(UndecryptableReason.OTHER_SENDER_KEY);
    }

    // Control: the device with the keys that we know is read, and is written to.
    String after = bob.post(room, "after");
    await().atMost(SOON).until(() -> alice.hasRead(after));
    World.get(alice.client().withMachine(machine -> machine.rooms().discardSession(room)));
    RoomSendOutcome.Sent sent = alice.post(room, "for the keys that are known");
    assertThat(sent.encryption().shares())
        .hasEntrySatisfying(
            device, share -> assertThat(share).isInstanceOf(RoomKeyShare.Served.class));
    await().atMost(SOON).until(() -> bob.read().contains(sent.eventId()));
    assertThat(alice.send(TYPE, text("to bob"), bob.address())).isEqualTo(new Outcome.Sent());
    await().atMost(SOON).until(() -> bob.received(TYPE).size() == 1);
    bob.send(TYPE, text("to alice"), alice.address());
    await().atMost(SOON).until(() -> alice.decrypted(TYPE).size() == 1);
    assertThat(alice.decrypted(TYPE))
        .allSatisfy(one -> assertThat(one.info().senderDevice()).contains(device.deviceId()));
  }

  private static List<UndecryptableReason> refusals(OurDevice device) {
    return device.results().stream()
        .filter(ToDeviceResult.UnableToDecrypt.class::isInstance)
        .map(ToDeviceResult.UnableToDecrypt.class::cast)
        .map(ToDeviceResult.UnableToDecrypt::reason)
        .toList();
  }

  private static ObjectNode text(String text) {
    return Json.newObject().put("text", text);
  }
}
