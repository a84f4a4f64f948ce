package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whose a room key is, noted when a device is listed: before an event is read with it, after which
 * the device may be gone.
 */
class RoomKeyOwnersTest {
  private static final String ALICE = "@alice:a.example";
  private static final String ROOM = "!room:a.example";

  private final MachineNetwork network = new MachineNetwork(91);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private final TestRoomSession session = new TestRoomSession(ROOM, network.random());
  private OlmMachine bob;
  private ForgedSender sender;

  @BeforeEach
  void aDeviceThatBobHasNotHeardOf() throws Exception {
    bob = network.open(new UserDevice("@bob:b.example", "BDEV"), MachineNetwork.ALL, store);
    network.introduce(network.open(ALICE, "MAIN"), bob);
    sender = new ForgedSender(new UserDevice(ALICE, "ADEV"), network.random(), bob);
    String key = network.claim(Set.of(bob.device())).findValue("key").textValue();
    sender.startSession(Curve25519PublicKey.fromBase64(key));
  }

  /** The device sends the room key, claiming {@code ed25519}. */
  private void share(String ed25519) throws Exception {
    ObjectNode event =
        sender.event(
            "m.room_key",
            payload -> {
              payload.set("content", session.roomKey());
              payload.remove("sender_device_keys");
              payload.putObject("keys").put("ed25519", ed25519);
            });
    assertThat(network.sync(bob, List.of(event)))
        .singleElement()
        .isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  private String ed25519() {
    return sender.account.identityKeys().ed25519().toBase64();
  }

  /** {@code owner} lists the sender's keys, or somebody's, for a while. */
  private void listed(UserDevice device, ObjectNode keys) throws Exception {
    network.deviceKeys.put(device, keys);
    network.refresh(bob, device.userId());
    assertThat(bob.find(device)).isPresent();
    network.deviceKeys.remove(device);
    network.refresh(bob, device.userId());
    assertThat(bob.find(device)).isEmpty();
  }

  private SenderData noted() throws Exception {
    return store.roomKey(session.id()).orElseThrow().info().sender();
  }

  @Test
  void roomOwnerADeviceThatWasListedForAWhileIsTheOwner() throws Exception {
    share(ed25519());
    assertThat(noted()).isEqualTo(SenderData.unknown());
    listed(sender.device, sender.keys.deviceKeys());
    assertThat(noted().state()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    assertThat(noted().device()).contains(sender.device);
  }

  @Test
  void roomOwnerADeviceWithAnotherEd25519KeyIsNotNoted() throws Exception {
    share(Account.generate(network.random()).identityKeys().ed25519().toBase64());
    listed(sender.device, sender.keys.deviceKeys());
    assertThat(noted()).isEqualTo(SenderData.unknown());
  }

  @Test
  void roomOwnerAnImportedKeyHasNoOwnerWhoeverListsItsSenderKey() throws Exception {
    try (SessionKey key = SessionKey.fromBase64(session.roomKey().path("session_key").textValue());
        InboundGroupSession inbound = InboundGroupSession.fromSessionKey(key, SessionConfig.V1)) {
      RoomKeyCopy copy =
          new RoomKeyCopy(
              session.id(),
              sender.account.identityKeys().curve25519(),
              Optional.of(sender.account.identityKeys().ed25519()),
              false,
              inbound.exportAtFirstKnownIndex());
      bob.rooms().keys().merge(List.of(copy), Optional.empty(), new ExtraWrites());
    }
    listed(sender.device, sender.keys.deviceKeys());
    assertThat(noted().device()).isEmpty();
  }

  @Test
  void roomOwnerKeysAreJudgedByTheDeviceThatIsListedNotByOthersOfItsUser() throws Exception {
    share(ed25519());
    ForgedSender other = new ForgedSender(new UserDevice(ALICE, "B"), network.random(), bob);
    listed(other.device, other.keys.deviceKeys());
    assertThat(noted()).isEqualTo(SenderData.unknown());
    listed(sender.device, sender.keys.deviceKeys());
    assertThat(noted().device()).as("control").contains(sender.device);
  }

  @Test
  void roomOwnerTheMasterKeyIsNotedWhereItVouchesForTheDevice() throws Exception {
    share(ed25519());
    TestIdentity identity = network.newIdentity(ALICE);
    listed(sender.device, sender.keys.deviceKeys());
    assertThat(noted().state()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    assertThat(noted().master()).as("not signed by it").isEmpty();
    ObjectNode signed = sender.keys.deviceKeys();
    identity.signDevice(signed);
    listed(sender.device, signed);
    assertThat(noted().state()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(noted().master()).contains(identity.key());
  }
}
