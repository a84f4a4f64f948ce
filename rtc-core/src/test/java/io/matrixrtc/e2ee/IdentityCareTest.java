package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.IdentityAlarm.DeviceKeyRefused;
import io.matrixrtc.e2ee.IdentityAlarm.IdentityViolation;
import io.matrixrtc.e2ee.IdentityAlarm.OwnDeviceNotListed;
import io.matrixrtc.e2ee.IdentityAlarm.OwnDeviceReplaced;
import io.matrixrtc.e2ee.IdentityAlarm.OwnIdentityReplaced;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a new identity costs, and what changes behind our user's back. */
class IdentityCareTest {
  private static final String ALICE = "@alice:a.example";
  private static final UserDevice PHONE = new UserDevice(ALICE, "PHONE");
  private static final UserDevice LAPTOP = new UserDevice(ALICE, "LAPTOP");
  private static final UserDevice BOB = new UserDevice("@bob:b.example", "BDEV");
  private static final UserDevice CAROL = new UserDevice("@carol:c.example", "CDEV");

  private final MachineNetwork network = new MachineNetwork(33);
  private OlmMachine phone;
  private OlmMachine laptop;

  @BeforeEach
  void devices() throws Exception {
    phone = network.open(ALICE, PHONE.deviceId());
    laptop = network.open(ALICE, LAPTOP.deviceId());
    OlmMachine bob = network.open(BOB.userId(), BOB.deviceId());
    OlmMachine carol = network.open(CAROL.userId(), CAROL.deviceId());
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    network.introduce(phone, laptop, bob, carol);
    network.newIdentity(BOB.userId());
    network.newIdentity(CAROL.userId());
    network.refresh(phone, BOB.userId(), CAROL.userId());
    assertThat(phone.crossSigning().takeAlarms()).as("nothing is wrong yet").isEmpty();
  }

  private Ed25519PublicKey ownMaster() throws Exception {
    return phone.crossSigning().status().master().orElseThrow();
  }

  private Ed25519PublicKey masterOf(UserDevice device) {
    return Objects.requireNonNull(network.identities.get(device.userId())).key();
  }

  private void phoneVerifies(Verification verification) throws Exception {
    phone.crossSigning().verify(verification, network.now);
    network.settle(phone);
    network.refresh(phone, ALICE);
  }

  private void laptopGetsTheMasterKey() throws Exception {
    network.refresh(laptop, ALICE, BOB.userId(), CAROL.userId());
    for (SecretName name : Set.of(SecretName.MASTER, SecretName.SELF_SIGNING)) {
      try (Secret secret = phone.crossSigning().exportSecret(name).orElseThrow()) {
        assertThat(laptop.crossSigning().importSecret(secret, network.now))
            .isEqualTo(SecretImport.IMPORTED);
      }
    }
    network.settle(laptop);
  }

  @Test
  void xsResetTellsWhatIsLost() throws Exception {
    assertThat(phone.crossSigning().previewReset())
        .as("nobody was signed")
        .isEqualTo(
            new IdentityReset(
                Optional.of(ownMaster()),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(SecretName.MASTER, SecretName.SELF_SIGNING, SecretName.USER_SIGNING),
                true));
    phoneVerifies(Verification.ofDevice(LAPTOP, laptop.identityKeys().ed25519()));
    phoneVerifies(Verification.ofUser(BOB.userId(), masterOf(BOB)));
    IdentityReset here = phone.crossSigning().previewReset();
    assertThat(here.devicesToSignAgain()).containsExactly(LAPTOP);
    assertThat(here.usersToSignAgain()).containsExactly(BOB.userId());
    assertThat(here.usersToVerifyAgain()).as("compared here").isEmpty();

    laptopGetsTheMasterKey();
    IdentityReset there = laptop.crossSigning().previewReset();
    assertThat(there.devicesToSignAgain()).containsExactly(PHONE);
    assertThat(there.usersToSignAgain()).containsExactly(BOB.userId());
    assertThat(there.usersToVerifyAgain()).as("by signature alone").containsExactly(BOB.userId());
  }

  @Test
  void xsResetDoesWhatItSaid() throws Exception {
    phoneVerifies(Verification.ofDevice(LAPTOP, laptop.identityKeys().ed25519()));
    phoneVerifies(Verification.ofUser(BOB.userId(), masterOf(BOB)));
    laptopGetsTheMasterKey();
    Ed25519PublicKey old = ownMaster();
    IdentityReset lost = laptop.crossSigning().reset(network.now);
    assertThat(lost.previous()).contains(old);
    assertThat(laptop.crossSigning().status().master()).as("in force until then").contains(old);
    assertThat(laptop.identityState(BOB.userId())).contains(IdentityState.VERIFIED);
    network.settle(laptop);

    assertThat(laptop.crossSigning().status().setup()).isEqualTo(new SetupState.Done());
    assertThat(laptop.crossSigning().status().master().orElseThrow()).isNotEqualTo(old);
    assertThat(laptop.crossSigning().status().isComplete()).isTrue();
    assertThat(laptop.crossSigning().status().deviceSigned()).isTrue();
    for (String user : lost.usersToVerifyAgain()) {
      assertThat(laptop.identityState(user)).contains(IdentityState.VERIFICATION_VIOLATION);
    }
    assertThat(lost.usersToVerifyAgain()).isNotEmpty();
    network.refresh(laptop, ALICE);
    for (UserDevice device : lost.devicesToSignAgain()) {
      assertThat(laptop.verificationOf(device)).contains(VerificationState.UNSIGNED_DEVICE);
    }
    assertThat(lost.devicesToSignAgain()).isNotEmpty();
    assertThat(laptop.crossSigning().takeAlarms())
        .as("our own doing")
        .noneMatch(OwnIdentityReplaced.class::isInstance);
  }

  @Test
  void xsResetWithoutAnIdentityLosesNothing() throws Exception {
    MachineNetwork other = new MachineNetwork(1);
    OlmMachine alone = other.open(ALICE, "ALONE");
    assertThat(alone.crossSigning().previewReset().isEmpty()).isTrue();
    assertThat(alone.crossSigning().reset(other.now).isEmpty()).isTrue();
    other.settle(alone);
    assertThat(alone.crossSigning().status().isComplete()).isTrue();
  }

  @Test
  void xsResetThatIsGivenUpChangesNothing() throws Exception {
    Ed25519PublicKey old = ownMaster();
    phone.crossSigning().reset(network.now);
    phone.crossSigning().abandonSetup(network.now);
    network.settle(phone);
    assertThat(ownMaster()).isEqualTo(old);
    assertThat(phone.crossSigning().status().isComplete()).isTrue();
  }

  @Test
  void xsAlarmOurOwnIdentityWasReplaced() throws Exception {
    Ed25519PublicKey before = ownMaster();
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().takeAlarms()).as("the control").isEmpty();
    TestIdentity other = network.newIdentity(ALICE);
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().takeAlarms())
        .containsExactly(new OwnIdentityReplaced(before, other.key()));
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().takeAlarms()).as("told once").isEmpty();
    assertThat(phone.identityState(ALICE)).contains(IdentityState.VERIFICATION_VIOLATION);
  }

  @Test
  void xsAlarmOurOwnDeviceIsShownWithOtherKeysOrNotAtAll() throws Exception {
    ObjectNode right = network.deviceKeys(PHONE);
    try (Account account = Account.generate(network.random())) {
      network.deviceKeys.put(PHONE, new OwnDevice(PHONE, account).deviceKeys());
    }
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().takeAlarms()).containsExactly(new OwnDeviceReplaced());
    network.deviceKeys.put(PHONE, right);
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().takeAlarms()).as("the control").isEmpty();
    network.deviceKeys.remove(PHONE);
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().takeAlarms()).containsExactly(new OwnDeviceNotListed());
  }

  @Test
  void xsAlarmAKnownDeviceWithAnotherKeyIsRefusedAndTold() throws Exception {
    network.refresh(phone, BOB.userId());
    assertThat(phone.crossSigning().takeAlarms()).as("the control").isEmpty();
    try (Account account = Account.generate(network.random())) {
      network.deviceKeys.put(BOB, new OwnDevice(BOB, account).deviceKeys());
    }
    network.refresh(phone, BOB.userId());
    assertThat(phone.crossSigning().takeAlarms()).containsExactly(new DeviceKeyRefused(BOB));
  }

  @Test
  void xsAlarmViolationsOfOtherUsers() throws Exception {
    phoneVerifies(Verification.ofUser(BOB.userId(), masterOf(BOB)));
    TestIdentity bobs = network.newIdentity(BOB.userId());
    TestIdentity carols = network.newIdentity(CAROL.userId());
    network.refresh(phone, BOB.userId(), CAROL.userId());
    assertThat(phone.crossSigning().takeAlarms())
        .containsExactlyInAnyOrder(
            new IdentityViolation(BOB.userId(), IdentityState.VERIFICATION_VIOLATION, bobs.key()),
            new IdentityViolation(CAROL.userId(), IdentityState.PIN_VIOLATION, carols.key()));
    phone.pinIdentity(CAROL.userId());
    phone.withdrawVerification(BOB.userId());
    network.refresh(phone, BOB.userId(), CAROL.userId());
    assertThat(phone.crossSigning().takeAlarms()).isEmpty();
  }

  @Test
  void xsAlarmAHostileAnswerRaisesNoException() throws Exception {
    ObjectNode broken = network.deviceKeys(BOB);
    broken.put("keys", "none");
    network.deviceKeys.put(new UserDevice(BOB.userId(), "X"), Json.newObject().put("keys", 1));
    network.refresh(phone, BOB.userId());
    assertThat(phone.crossSigning().takeAlarms()).containsExactly(new DeviceKeyRefused(BOB));
  }

  @Test
  void alarmsAreBounded() throws Exception {
    for (int i = 0; i <= IdentityAlarms.MAX_ALARMS; i++) {
      network.identities.put(CAROL.userId(), new TestIdentity(CAROL.userId(), network.random()));
      network.refresh(phone, CAROL.userId());
    }
    assertThat(phone.crossSigning().takeAlarms()).hasSize(IdentityAlarms.MAX_ALARMS);
  }

  @Test
  void anAlarmIsToldAgainOnlyWhenMoreThanTheBoundWereTold() throws Exception {
    network.deviceKeys(BOB).put("keys", "none");
    network.refresh(phone, BOB.userId());
    raiseWithCarol(IdentityAlarms.MAX_ALARMS - 1);
    assertThat(phone.crossSigning().takeAlarms())
        .hasSize(IdentityAlarms.MAX_ALARMS)
        .startsWith(new DeviceKeyRefused(BOB));
    network.refresh(phone, BOB.userId());
    assertThat(phone.crossSigning().takeAlarms()).as("as many are remembered").isEmpty();
    raiseWithCarol(1);
    network.refresh(phone, BOB.userId());
    assertThat(phone.crossSigning().takeAlarms()).hasSize(2).contains(new DeviceKeyRefused(BOB));
  }

  private void raiseWithCarol(int alarms) throws Exception {
    for (int i = 0; i < alarms; i++) {
      network.identities.put(CAROL.userId(), new TestIdentity(CAROL.userId(), network.random()));
      network.refresh(phone, CAROL.userId());
    }
  }
}
