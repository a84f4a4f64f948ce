package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others' cross-signing identities make of their devices, and what our user decides. */
class IdentityTrustTest {
  private static final String ALICE = "@alice:a.example";
  private static final String BOB = "@bob:b.example";
  private static final UserDevice ALICE_DEVICE = new UserDevice(ALICE, "ADEV");
  private static final UserDevice BOB_DEVICE = new UserDevice(BOB, "BDEV");

  private final MachineNetwork network = new MachineNetwork(11);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void twoUsers() throws Exception {
    alice = network.open(ALICE_DEVICE.userId(), ALICE_DEVICE.deviceId());
    bob = open();
    network.introduce(alice, bob);
  }

  private OlmMachine open() throws Exception {
    return network.open(BOB_DEVICE, OlmMachine.Settings.defaults(), store);
  }

  private VerificationState aliceDevice() throws Exception {
    return bob.verificationOf(ALICE_DEVICE).orElseThrow();
  }

  private IdentityState aliceIdentity() throws Exception {
    return bob.identityState(ALICE).orElseThrow();
  }

  /** Gives Bob an identity that he has verified. */
  private TestIdentity verifiedBob() throws Exception {
    TestIdentity own = network.newIdentity(BOB);
    network.refresh(bob, BOB);
    assertThat(bob.verifyIdentity(BOB, own.key())).isTrue();
    return own;
  }

  @Test
  void xsDeviceADeviceThatItsOwnerSignedIsCrossSigned() throws Exception {
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    network.identities.put(ALICE, new TestIdentity(ALICE, network.random()));
    network.refresh(bob, ALICE);
    assertThat(aliceDevice()).as("not signed").isEqualTo(VerificationState.UNSIGNED_DEVICE);
    network
        .identities
        .get(ALICE)
        .signDevice(Objects.requireNonNull(network.deviceKeys.get(ALICE_DEVICE)));
    network.refresh(bob, ALICE);
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
  }

  @Test
  void xsDeviceASignatureOfAnotherIdentityCountsForNothing() throws Exception {
    network.newIdentity(ALICE);
    network.identities.put(ALICE, new TestIdentity(ALICE, network.random()));
    network.refresh(bob, ALICE);
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    network
        .newIdentity(BOB)
        .signDevice(Objects.requireNonNull(network.deviceKeys.get(ALICE_DEVICE)));
    network.refresh(bob, ALICE, BOB);
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
  }

  @Test
  void thePolicyCrossSignedServesAndBelievesSignedDevicesOnly() throws Exception {
    ObjectNode content = Json.newObject().put("k", 1);
    assertThat(network.deliver(bob, "m.test", content, ALICE_DEVICE))
        .isEqualTo(
            Map.of(
                ALICE_DEVICE,
                new DeliveryOutcome.NotEncrypted(
                    new EncryptionOutcome.UntrustedByPolicy(
                        TrustPolicy.CROSS_SIGNED, VerificationState.UNSIGNED_DEVICE))));
    network.deliver(alice, "m.test", content, BOB_DEVICE);
    assertThat(network.sync(bob))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(UndecryptableReason.UNTRUSTED_SENDER));

    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(network.deliver(bob, "m.test", content, ALICE_DEVICE))
        .isEqualTo(Map.of(ALICE_DEVICE, new DeliveryOutcome.Sent()));
    network.deliver(alice, "m.test", content, BOB_DEVICE);
    assertThat(network.sync(bob))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.Decrypted.class,
            decrypted ->
                assertThat(decrypted.info().verification())
                    .isEqualTo(VerificationState.UNVERIFIED_IDENTITY));
  }

  @Test
  void xsPinAnotherMasterKeyIsAViolationUntilItIsPinned_B78() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.UNVERIFIED);
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.PIN_VIOLATION);
    assertThat(aliceDevice()).as("blocks nothing").isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    bob = open();
    assertThat(aliceIdentity()).as("restarted").isEqualTo(IdentityState.PIN_VIOLATION);
    assertThat(bob.pinIdentity(ALICE)).isTrue();
    assertThat(aliceIdentity()).isEqualTo(IdentityState.UNVERIFIED);
    bob = open();
    assertThat(aliceIdentity()).isEqualTo(IdentityState.UNVERIFIED);
  }

  @Test
  void xsPinAViolationAlsoEndsWhenOurUserVerifies_B78() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    TestIdentity second = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(bob.verifyIdentity(ALICE, second.key())).isTrue();
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFIED);
  }

  @Test
  void xsComparedNamesTheKeyThatWasCompared() throws Exception {
    TestIdentity identity = network.newIdentity(ALICE);
    assertThat(bob.verifyIdentity(ALICE, identity.key())).as("not known yet").isFalse();
    network.refresh(bob, ALICE);
    assertThat(bob.verifyIdentity(ALICE, identity.selfSigning.publicKey())).isFalse();
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(bob.verifyIdentity(ALICE, identity.key())).isTrue();
    assertThat(aliceDevice()).isEqualTo(VerificationState.VERIFIED);
    assertThat(bob.identityState("@nobody:x")).isEmpty();
    assertThat(bob.pinIdentity("@nobody:x")).isFalse();
    assertThat(bob.withdrawVerification("@nobody:x")).isFalse();
  }

  @Test
  void xsVerifiedOurVerifiedIdentitysSignatureCounts() throws Exception {
    TestIdentity own = network.newIdentity(BOB);
    own.signUser(network.newIdentity(ALICE));
    network.refresh(bob, ALICE, BOB);
    assertThat(aliceDevice())
        .as("our own is not verified")
        .isNotEqualTo(VerificationState.VERIFIED);
    bob.verifyIdentity(BOB, own.key());
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFIED);
    assertThat(aliceDevice()).isEqualTo(VerificationState.VERIFIED);
  }

  @Test
  void xsVerifiedASignatureOfSomebodyElseDoesNotCount() throws Exception {
    verifiedBob();
    TestIdentity first = network.newIdentity(ALICE);
    new TestIdentity(BOB, network.random()).signUser(first);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.UNVERIFIED);
  }

  @Test
  void xsLatchAVerifiedUserWhoChangesIdentityIsAViolation_B79() throws Exception {
    TestIdentity own = verifiedBob();
    own.signUser(network.newIdentity(ALICE));
    network.refresh(bob, ALICE);
    assertThat(aliceDevice()).isEqualTo(VerificationState.VERIFIED);
    bob = open();
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFICATION_VIOLATION);
    assertThat(aliceDevice()).isEqualTo(VerificationState.VERIFICATION_VIOLATION);
    assertThat(TrustPolicy.CROSS_SIGNED.accepts(aliceDevice())).isFalse();
    bob = open();
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFICATION_VIOLATION);
    assertThat(bob.pinIdentity(ALICE)).isTrue();
    assertThat(aliceIdentity())
        .as("pinning is not enough")
        .isEqualTo(IdentityState.VERIFICATION_VIOLATION);
    assertThat(bob.withdrawVerification(ALICE)).isTrue();
    assertThat(aliceIdentity()).isEqualTo(IdentityState.UNVERIFIED);
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
  }

  @Test
  void xsLatchIsSetWhenOurOwnIdentityBecomesVerified_B79() throws Exception {
    TestIdentity own = network.newIdentity(BOB);
    own.signUser(network.newIdentity(ALICE));
    network.refresh(bob, ALICE, BOB);
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity())
        .as("it was never verified: our own was not")
        .isEqualTo(IdentityState.PIN_VIOLATION);

    own.signUser(network.newIdentity(ALICE));
    network.refresh(bob, ALICE);
    bob = open(); // nothing of Alice is in memory
    bob.verifyIdentity(BOB, own.key());
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFICATION_VIOLATION);
  }

  @Test
  void xsLatchOurOwnNewIdentityIsAViolationOfAllItVerified_B79() throws Exception {
    TestIdentity own = verifiedBob();
    own.signUser(network.newIdentity(ALICE));
    network.refresh(bob, ALICE);
    network.newIdentity(BOB);
    network.refresh(bob, BOB);
    assertThat(bob.identityState(BOB)).contains(IdentityState.VERIFICATION_VIOLATION);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFICATION_VIOLATION);
    assertThat(bob.withdrawVerification(BOB)).isTrue();
    assertThat(bob.identityState(BOB)).contains(IdentityState.UNVERIFIED);
  }

  @Test
  void withdrawingDoesNotOutweighOurOwnIdentitysSignature() throws Exception {
    TestIdentity own = verifiedBob();
    own.signUser(network.newIdentity(ALICE));
    network.refresh(bob, ALICE);
    assertThat(bob.withdrawVerification(ALICE)).isTrue();
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFIED);
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.VERIFICATION_VIOLATION);
  }

  @Test
  void ourOwnDevicesAreVerifiedThroughOurVerifiedIdentity_B81() throws Exception {
    UserDevice second = new UserDevice(BOB, "BDEV2");
    network.introduce(network.open(BOB, "BDEV2"));
    TestIdentity own = network.newIdentity(BOB);
    network.refresh(bob, BOB);
    assertThat(bob.find(second).orElseThrow().localTrust()).isEqualTo(LocalTrust.UNSET);
    assertThat(bob.verificationOf(second)).contains(VerificationState.UNVERIFIED_IDENTITY);
    bob.verifyIdentity(BOB, own.key());
    assertThat(bob.verificationOf(second)).contains(VerificationState.VERIFIED);
  }

  @Test
  void xsCompleteOurOwnIdentityNeedsAllThreeKeys() throws Exception {
    TestIdentity own = network.newIdentity(BOB);
    own.userSigningKey.put("user_id", ALICE);
    network.refresh(bob, BOB);
    assertThat(bob.identity(BOB)).isEmpty();
    own.userSigningKey.put("user_id", BOB);
    network.refresh(bob, BOB);
    assertThat(bob.identity(BOB)).isPresent();
  }

  @Test
  void anIdentityThatIsNotRightLeavesTheKnownOne_B77() throws Exception {
    TestIdentity first = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    TestIdentity second = network.newIdentity(ALICE);
    second.selfSigningKey.remove("signatures");
    network.refresh(bob, ALICE);
    assertThat(bob.identity(ALICE).orElseThrow().master().key()).isEqualTo(first.key());
    TestIdentity.sign(second.selfSigningKey, ALICE, second.master);
    network.refresh(bob, ALICE);
    assertThat(bob.identity(ALICE).orElseThrow().master().key()).isEqualTo(second.key());
  }

  @Test
  void anIdentityThatTheServerLeavesOutStays() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    network.identities.remove(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.UNVERIFIED);
  }

  @Test
  void atMost5000IdentitiesStayInMemory() throws Exception {
    FailingStore counting = new FailingStore(new MemoryCryptoStore());
    Identities identities = new Identities(BOB, counting, new UnitOfWork(), new KeyChangeLog());
    for (int i = 0; i < Identities.MAX_IN_MEMORY; i++) {
      identities.find("@u" + i + ":x");
    }
    identities.trim();
    identities.find("@u0:x"); // now the most recently used
    assertThat(counting.identityReads).isEqualTo(Identities.MAX_IN_MEMORY);
    identities.find("@one more:x");
    identities.trim();
    identities.find("@u0:x");
    assertThat(counting.identityReads).isEqualTo(Identities.MAX_IN_MEMORY + 1);
    identities.find("@u1:x");
    assertThat(counting.identityReads).as("let go").isEqualTo(Identities.MAX_IN_MEMORY + 2);
  }

  @Test
  void anUnchangedIdentityIsNotWrittenAgain() throws Exception {
    FailingStore counting = new FailingStore(store);
    bob = network.open(BOB_DEVICE, OlmMachine.Settings.defaults(), counting);
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    int before = counting.identitiesWritten;
    assertThat(before).isPositive();
    network.refresh(bob, ALICE);
    assertThat(counting.identitiesWritten).isEqualTo(before);
    network.newIdentity(BOB).signUser(Objects.requireNonNull(network.identities.get(ALICE)));
    network.refresh(bob, ALICE);
    assertThat(counting.identitiesWritten).as("a new signature").isEqualTo(before + 1);
  }

  /** The state of alice's device as a message of hers shows it. */
  private VerificationState stateOfAMessage() throws Exception {
    network.deliver(alice, "m.test", Json.newObject(), BOB_DEVICE);
    ToDeviceResult result = network.sync(bob).get(0);
    return ((ToDeviceResult.Decrypted) result).info().verification();
  }

  @Test
  void messagesShowEveryStateOfTheirSender_B99() throws Exception {
    bob = network.open(BOB_DEVICE, MachineNetwork.ALL, store);
    assertThat(stateOfAMessage()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    TestIdentity first = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(stateOfAMessage()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    bob.verifyIdentity(ALICE, first.key());
    assertThat(stateOfAMessage()).isEqualTo(VerificationState.VERIFIED);
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(stateOfAMessage()).isEqualTo(VerificationState.VERIFICATION_VIOLATION);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertThat(stateOfAMessage()).as("locally").isEqualTo(VerificationState.VERIFIED);
  }

  private DeliveryOutcome deliverToAlice() throws Exception {
    Map<UserDevice, DeliveryOutcome> outcomes =
        network.deliver(bob, "m.test", Json.newObject(), ALICE_DEVICE);
    return Objects.requireNonNull(Objects.requireNonNull(outcomes, "not ended").get(ALICE_DEVICE));
  }

  private static DeliveryOutcome untrusted(VerificationState state) {
    return new DeliveryOutcome.NotEncrypted(
        new EncryptionOutcome.UntrustedByPolicy(TrustPolicy.CROSS_SIGNED, state));
  }

  @Test
  void sendPolicyFollowsTheOwnersIdentity_B112() throws Exception {
    assertThat(deliverToAlice()).isEqualTo(untrusted(VerificationState.UNSIGNED_DEVICE));
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(deliverToAlice()).isEqualTo(new DeliveryOutcome.Sent());
    TestIdentity second = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(aliceIdentity()).isEqualTo(IdentityState.PIN_VIOLATION);
    assertThat(deliverToAlice()).as("a pin violation alone").isEqualTo(new DeliveryOutcome.Sent());
    bob.verifyIdentity(ALICE, second.key());
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(deliverToAlice()).isEqualTo(untrusted(VerificationState.VERIFICATION_VIOLATION));
    bob.withdrawVerification(ALICE);
    assertThat(deliverToAlice()).isEqualTo(new DeliveryOutcome.Sent());
  }

  @Test
  void sendDehydratedDevicesMustBeCrossSignedUnderEveryPolicy_B113() throws Exception {
    bob = network.open(BOB_DEVICE, MachineNetwork.ALL, store);
    assertThat(deliverToAlice()).isEqualTo(new DeliveryOutcome.Sent());
    Account account = Account.generate(network.random());
    UserDevice dehydrated = new UserDevice(ALICE, "DEHYDRATED");
    ObjectNode keys = new OwnDevice(dehydrated, account).deviceKeys().put("dehydrated", true);
    keys.remove("signatures");
    network.deviceKeys.put(
        dehydrated,
        SignedJson.sign(
            keys, ALICE, "ed25519:DEHYDRATED", message -> account.sign(message).toBytes()));
    network.refresh(bob, ALICE);
    assertThat(network.deliver(bob, "m.test", Json.newObject(), dehydrated))
        .isEqualTo(Map.of(dehydrated, untrusted(VerificationState.UNSIGNED_DEVICE)));
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(network.deliver(bob, "m.test", Json.newObject(), dehydrated))
        .as("it may be written to, but has no one-time key")
        .isEqualTo(
            Map.of(
                dehydrated,
                new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.NoOneTimeKeys())));
  }

  @Test
  void tdSignedOurKeysGoAlongAsOurIdentitySignedThem() throws Exception {
    UserDevice newDevice = new UserDevice(ALICE, "ANEW");
    MemoryCryptoStore newStore = new MemoryCryptoStore();
    OlmMachine fresh = network.open(newDevice, MachineNetwork.ALL, newStore);
    network.settle(fresh);
    TestIdentity identity = network.newIdentity(ALICE);
    network.refresh(fresh, ALICE);
    network.deviceKeys.remove(newDevice);
    network.refresh(bob, ALICE);
    assertThat(bob.find(newDevice)).as("bob has not got the device").isEmpty();
    for (boolean restarted : List.of(false, true)) {
      if (restarted) {
        fresh.close();
        fresh = network.open(newDevice, MachineNetwork.ALL, newStore);
      }
      network.deliver(fresh, "m.test", Json.newObject(), BOB_DEVICE);
      assertThat(network.sync(bob))
          .singleElement()
          .isInstanceOfSatisfying(
              ToDeviceResult.Decrypted.class,
              result -> {
                assertThat(result.info().verification())
                    .isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
                assertThat(
                        result
                            .event()
                            .at("/sender_device_keys/signatures")
                            .path(ALICE)
                            .has("ed25519:" + identity.selfSigning.publicKey().toBase64()))
                    .isTrue();
              });
    }
    assertThat(fresh.deviceKeys().toString())
        .as("what is uploaded is self-signed only")
        .doesNotContain(identity.selfSigning.publicKey().toBase64());
  }

  @Test
  void localDecisionsOfSingleDevicesComeFirst() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertThat(aliceDevice()).isEqualTo(VerificationState.VERIFIED);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.UNSET);
    assertThat(aliceDevice()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(bob.verificationOf(new UserDevice(ALICE, "UNKNOWN"))).isEmpty();
    assertThat(List.copyOf(bob.devicesOf(ALICE))).hasSize(1);
  }
}
