package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.UntrustedRoomKeys.Refusal;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that were refused for want of trust are worth another try when there is more of it. */
class RoomTrustLaterTest {
  private static final String ALICE = "@alice:a.example";
  private static final String CAROL = "@carol:c.example";
  private static final String ROOM = "!room:a.example";
  private static final UserDevice ALICE_DEVICE = new UserDevice(ALICE, "ADEV");
  private static final UserDevice BOB_DEVICE = new UserDevice("@bob:b.example", "BDEV");

  private final MachineNetwork network = new MachineNetwork(77);
  private final TestRoomSession session = new TestRoomSession(ROOM, network.random());
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void twoUsers() throws Exception {
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, new MemoryCryptoStore());
    bob = open(BOB_DEVICE, TrustPolicy.CROSS_SIGNED);
    network.introduce(alice, bob);
  }

  private OlmMachine open(UserDevice device, TrustPolicy receiving) throws Exception {
    return network.open(
        device, new OlmMachine.Settings(TrustPolicy.ALL, receiving), new MemoryCryptoStore());
  }

  private void share(ObjectNode roomKey) throws Exception {
    network.deliver(alice, "m.room_key", roomKey, bob.device());
    assertThat(network.sync(bob)).singleElement().isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  /** Alice's key arrives, and an event with it is refused. */
  private ObjectNode refusedEvent(VerificationState state) throws Exception {
    share(session.roomKey());
    assertThat(bob.rooms().takeArrivedKeys()).as("it is new").containsExactly(session.id());
    ObjectNode event = session.event("$1", ALICE, "hello");
    assertRefused(event, state);
    return event;
  }

  private void assertRefused(ObjectNode event, VerificationState state) throws Exception {
    assertThat(bob.decryptRoomEvent(ROOM, event))
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure())
                    .isEqualTo(new RoomDecryptionFailure.UntrustedSender(state)));
    assertThat(bob.rooms().takeArrivedKeys()).isEmpty();
  }

  private void assertReadable(ObjectNode event) throws Exception {
    assertThat(bob.rooms().takeArrivedKeys()).containsExactly(session.id());
    assertThat(bob.rooms().takeArrivedKeys()).as("once").isEmpty();
    assertThat(bob.decryptRoomEvent(ROOM, event)).isInstanceOf(RoomEventResult.Decrypted.class);
  }

  @Test
  void roomTrustLaterTheSendersDeviceIsSigned() throws Exception {
    ObjectNode event = refusedEvent(VerificationState.UNSIGNED_DEVICE);
    OlmMachine carol = network.open(CAROL, "C");
    network.introduce(bob, carol);
    network.newIdentity(CAROL);
    network.refresh(bob, ALICE, CAROL);
    assertThat(bob.rooms().takeArrivedKeys()).as("somebody else is signed").isEmpty();
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertReadable(event);
  }

  @Test
  void roomTrustLaterTheSenderIsVerified() throws Exception {
    bob = open(new UserDevice(BOB_DEVICE.userId(), "STRICT"), TrustPolicy.VERIFIED);
    network.introduce(alice, bob);
    TestIdentity identity = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    ObjectNode event = refusedEvent(VerificationState.UNVERIFIED_IDENTITY);
    bob.verifyIdentity(ALICE, identity.key());
    assertReadable(event);
  }

  @Test
  void roomTrustLaterTheSendersDeviceIsVerified() throws Exception {
    ObjectNode event = refusedEvent(VerificationState.UNSIGNED_DEVICE);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertReadable(event);
  }

  @Test
  void roomTrustLaterTheSenderIsBlockedNoMore() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.BLOCKED);
    ObjectNode event = refusedEvent(VerificationState.UNVERIFIED_IDENTITY);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.UNSET);
    assertReadable(event);
  }

  @Test
  void roomTrustLaterAViolationIsWithdrawn() throws Exception {
    TestIdentity first = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    bob.verifyIdentity(ALICE, first.key());
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    ObjectNode event = refusedEvent(VerificationState.VERIFICATION_VIOLATION);
    bob.withdrawVerification(ALICE);
    assertReadable(event);
  }

  @Test
  void roomTrustLaterTheOwnerSendsTheKeyThatWasImported_C83() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    try (SessionKey key = session.session.sessionKey();
        InboundGroupSession inbound = InboundGroupSession.fromSessionKey(key, SessionConfig.V1)) {
      RoomKeyCopy copy =
          new RoomKeyCopy(
              session.id(),
              alice.identityKeys().curve25519(),
              Optional.of(alice.identityKeys().ed25519()),
              false,
              inbound.exportAtFirstKnownIndex());
      bob.rooms().keys().merge(List.of(copy), Optional.empty(), new ExtraWrites());
    }
    bob.rooms().takeArrivedKeys();
    ObjectNode fromOwner = session.roomKey();
    ObjectNode event = session.event("$1", ALICE, "hello");
    assertRefused(event, VerificationState.INSECURE_SOURCE);
    share(fromOwner);
    assertReadable(event);
  }

  @Test
  void anEventInAnothersNameIsRefusedForGood() throws Exception {
    refusedEvent(VerificationState.UNSIGNED_DEVICE);
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(bob.rooms().takeArrivedKeys()).as("Alice's own").containsExactly(session.id());
    assertRefused(session.event("$2", CAROL, "x"), VerificationState.MISMATCHED_SENDER);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertThat(bob.rooms().takeArrivedKeys()).isEmpty();
  }

  @Test
  void roomTrustLaterTheBoundAndOneBeyond() throws Exception {
    UntrustedRoomKeys untrusted = new UntrustedRoomKeys();
    for (int i = 0; i < UntrustedRoomKeys.MAX_REFUSALS; i++) {
      untrusted.add(refusal(i));
    }
    assertThat(untrusted.takeTrusted(refusal -> false)).isEmpty();
    assertThat(untrusted.takeTrusted(refusal(0)::equals)).containsExactly(refusal(0).key());
    untrusted.add(refusal(0));
    untrusted.add(refusal(UntrustedRoomKeys.MAX_REFUSALS));
    assertThat(untrusted.takeTrusted(refusal -> true))
        .as("the oldest went")
        .hasSize(UntrustedRoomKeys.MAX_REFUSALS)
        .doesNotContain(refusal(1).key())
        .endsWith(refusal(0).key(), refusal(UntrustedRoomKeys.MAX_REFUSALS).key());
  }

  private static Refusal refusal(int number) {
    return new Refusal(new RoomKeyId(ROOM, "s" + number), ALICE, TrustPolicy.CROSS_SIGNED);
  }
}
