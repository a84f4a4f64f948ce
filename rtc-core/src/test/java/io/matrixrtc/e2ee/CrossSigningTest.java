package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.OutgoingRequest.KeysUpload;
import io.matrixrtc.e2ee.OutgoingRequest.SignaturesUpload;
import io.matrixrtc.e2ee.OutgoingRequest.SigningKeysUpload;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our own identity: made, uploaded, stored, recognised, imported. */
class CrossSigningTest {
  private static final String ALICE = "@alice:a.example";
  private static final UserDevice PHONE = new UserDevice(ALICE, "PHONE");
  private static final UserDevice LAPTOP = new UserDevice(ALICE, "LAPTOP");
  private static final UserDevice BOB = new UserDevice("@bob:b.example", "BDEV");
  private static final Set<SecretName> ALL_KEYS =
      Set.of(SecretName.MASTER, SecretName.SELF_SIGNING, SecretName.USER_SIGNING);

  private final MachineNetwork network = new MachineNetwork(77);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine phone;

  @BeforeEach
  void oneDevice() throws Exception {
    phone = reopened();
  }

  private OlmMachine reopened() throws Exception {
    return network.open(PHONE, OlmMachine.Settings.defaults(), store);
  }

  private SetupState setup() throws Exception {
    return phone.crossSigning().status().setup();
  }

  private void bootstrapped() throws Exception {
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    assertThat(setup()).isEqualTo(new SetupState.Done());
  }

  /** The upload that the machine wants now, nothing of which is carried out. */
  private SigningKeysUpload upload() throws Exception {
    List<SigningKeysUpload> uploads =
        phone.outgoingRequests(network.now).stream()
            .filter(SigningKeysUpload.class::isInstance)
            .map(SigningKeysUpload.class::cast)
            .toList();
    assertThat(uploads).hasSize(1);
    return uploads.get(0);
  }

  /** Everything but the upload of the cross-signing keys is done. */
  private SigningKeysUpload startedUpTo() throws Exception {
    network.settle(phone);
    phone.crossSigning().bootstrap(network.now);
    return upload();
  }

  private static ObjectNode challenge(String session) {
    ObjectNode answer = Json.newObject().put("session", session);
    answer.putArray("flows").addObject().putArray("stages").add("m.login.password");
    answer.putObject("params");
    return answer;
  }

  private static ObjectNode keysOf(ObjectNode body) {
    ObjectNode keys = body.deepCopy();
    keys.remove("auth");
    return keys;
  }

  @Test
  void xsDehydratedDevicesOfOurUserAreSignedAndNoOthers() throws Exception {
    ObjectNode keys =
        Json.newObject().put("user_id", ALICE).put("device_id", "D").put("dehydrated", true);
    assertThat(phone.crossSigning().signDehydrated(keys)).as("no key yet").isEmpty();
    bootstrapped();
    ObjectNode signed = phone.crossSigning().signDehydrated(keys).orElseThrow();
    CrossSigningKey selfSigning = phone.identity(ALICE).orElseThrow().selfSigning();
    assertThat(
            SignedJson.verify(
                    signed,
                    ALICE,
                    "ed25519:" + selfSigning.key().toBase64(),
                    SignedDeviceKeys.verifier(selfSigning.key()))
                .isValid())
        .isTrue();
    assertThat(keys.has("signatures")).as("a copy").isFalse();
    for (ObjectNode other :
        List.of(
            keys.deepCopy().put("dehydrated", false),
            keys.deepCopy().put("user_id", BOB.userId()))) {
      assertThatThrownBy(() -> phone.crossSigning().signDehydrated(other))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void xsMakeBootstrapGivesAnIdentityThatOthersSeeAndThatSignsTheDevice() throws Exception {
    OlmMachine bob = network.open(BOB.userId(), BOB.deviceId());
    network.introduce(phone, bob);
    assertThat(bob.verificationOf(PHONE)).contains(VerificationState.UNSIGNED_DEVICE);
    assertThat(setup()).isEqualTo(new SetupState.Idle());
    bootstrapped();

    CrossSigningStatus status = phone.crossSigning().status();
    assertThat(status.isComplete()).isTrue();
    assertThat(status.held()).isEqualTo(ALL_KEYS);
    assertThat(status.identityVerified()).isTrue();
    assertThat(status.deviceSigned()).isTrue();
    assertThat(status.signaturesToUpload()).isEmpty();
    assertThat(phone.identityState(ALICE)).contains(IdentityState.VERIFIED);

    network.refresh(bob, ALICE);
    assertThat(bob.verificationOf(PHONE)).contains(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(bob.identity(ALICE).orElseThrow().master().key())
        .isEqualTo(status.master().orElseThrow());
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().status().deviceSigned()).isTrue();
    assertThat(phone.crossSigning().takeAlarms()).isEmpty();
    assertThat(phone.outgoingRequests(network.now)).isEmpty();
  }

  @Test
  void xsMakeTheMasterKeyIsSignedByTheDevice() throws Exception {
    SigningKeysUpload upload = startedUpTo();
    CrossSigningKey master =
        CrossSigningKey.parse(ALICE, Usage.MASTER, (ObjectNode) upload.body().get("master_key"));
    assertThat(
            SignedJson.verify(
                    master.toJson(),
                    ALICE,
                    "ed25519:PHONE",
                    SignedDeviceKeys.verifier(phone.identityKeys().ed25519()))
                .isValid())
        .isTrue();
    assertThat(upload.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("master_key", "self_signing_key", "user_signing_key");
  }

  @Test
  void xsOrderDeviceKeysThenSigningKeysThenSignatures() throws Exception {
    phone.crossSigning().bootstrap(network.now);
    assertThat(phone.outgoingRequests(network.now)).noneMatch(SigningKeysUpload.class::isInstance);
    network.settle(phone);
    List<? extends Class<?>> order =
        network.carriedOut.stream()
            .map(Object::getClass)
            .filter(
                kind ->
                    kind == KeysUpload.class
                        || kind == SigningKeysUpload.class
                        || kind == SignaturesUpload.class)
            .toList();
    assertThat(order.get(0)).isEqualTo(KeysUpload.class);
    assertThat(order.subList(order.size() - 2, order.size()))
        .isEqualTo(List.of(SigningKeysUpload.class, SignaturesUpload.class));
  }

  @Test
  void xsAgainTheSameKeysAfterAFailureAndAfterARestart() throws Exception {
    SigningKeysUpload first = startedUpTo();
    phone.markFailed(first.id(), new RequestFailure("no answer"), network.now);
    assertThat(setup()).isEqualTo(new SetupState.Failed("no answer"));
    assertThat(phone.outgoingRequests(network.now)).isEmpty();
    phone.crossSigning().bootstrap(network.now);
    SigningKeysUpload second = upload();
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.id()).isNotEqualTo(first.id());

    phone = reopened();
    assertThat(setup()).isEqualTo(new SetupState.Interrupted());
    assertThat(phone.outgoingRequests(network.now)).isEmpty();
    phone.crossSigning().bootstrap(network.now);
    assertThat(upload().body()).isEqualTo(first.body());
    network.settle(phone);
    assertThat(setup()).isEqualTo(new SetupState.Done());
  }

  @Test
  void xsAgainKeysThatWereGivenUpAreNotUsedAgain() throws Exception {
    SigningKeysUpload first = startedUpTo();
    phone.crossSigning().abandonSetup(network.now);
    assertThat(phone.outgoingRequests(network.now)).isEmpty();
    phone = reopened();
    assertThat(setup()).isEqualTo(new SetupState.Idle());
    phone.crossSigning().bootstrap(network.now);
    assertThat(upload().body()).isNotEqualTo(first.body());
  }

  @Test
  void xsAuthTheAppAnswersAndTheSameKeysGoOutWithIt() throws Exception {
    SigningKeysUpload first = startedUpTo();
    phone.crossSigning().onAuthenticationWanted(first.id(), challenge("s1"), network.now);
    UserInteractiveAuth auth = ((SetupState.AuthWanted) setup()).auth();
    assertThat(auth.session()).contains("s1");
    assertThat(auth.wantsOnly("m.login.password")).isTrue();
    assertThat(auth.wantsOnly("m.login.dummy")).isFalse();
    assertThat(auth.error()).isEmpty();
    assertThat(phone.outgoingRequests(network.now)).as("waits for the app").isEmpty();
    phone.crossSigning().bootstrap(network.now);
    assertThat(setup()).as("still waits").isInstanceOf(SetupState.AuthWanted.class);

    assertThat(phone.crossSigning().authenticate(auth.password(ALICE, "wrong"), network.now))
        .isTrue();
    SigningKeysUpload second = upload();
    assertThat(second.body().path("auth").path("session").asText()).isEqualTo("s1");
    assertThat(second.body().path("auth").path("password").asText()).isEqualTo("wrong");
    assertThat(second.toString()).doesNotContain("wrong");
    assertThat(keysOf(second.body())).isEqualTo(first.body());

    phone
        .crossSigning()
        .onAuthenticationWanted(
            second.id(), challenge("s2").put("error", "Invalid password"), network.now);
    assertThat(((SetupState.AuthWanted) setup()).auth().error()).contains("Invalid password");
    phone.crossSigning().authenticate(Json.newObject().put("type", "m.login.dummy"), network.now);
    assertThat(upload().body().path("auth").path("session").asText()).isEqualTo("s2");
    network.settle(phone);
    assertThat(setup()).isEqualTo(new SetupState.Done());
    assertThat(phone.crossSigning().authenticate(Json.newObject(), network.now)).isFalse();
  }

  @Test
  void xsAuthARefusalThatAsksForNothingIsAFailure() throws Exception {
    for (ObjectNode hostile :
        List.of(
            Json.newObject(),
            Json.newObject().put("flows", "x"),
            (ObjectNode) Json.newObject().set("flows", Json.newObject().put("stages", 1)))) {
      SigningKeysUpload upload = startedUpTo();
      phone.crossSigning().onAuthenticationWanted(upload.id(), hostile, network.now);
      assertThat(setup()).isInstanceOf(SetupState.Failed.class);
    }
    SigningKeysUpload upload = startedUpTo();
    phone.crossSigning().onAuthenticationWanted("another request", challenge("s"), network.now);
    assertThat(setup()).isInstanceOf(SetupState.Uploading.class);
    phone.crossSigning().onAuthenticationWanted(upload.id(), challenge("s"), network.now);
    assertThat(setup()).as("the control").isInstanceOf(SetupState.AuthWanted.class);
  }

  @Test
  void xsAuthFlowsAreBounded() {
    ObjectNode many = Json.newObject();
    many.putArray("flows");
    for (int i = 0; i <= UserInteractiveAuth.MAX_FLOWS; i++) {
      many.withArrayProperty("flows").addObject().putArray("stages").add("s" + i);
    }
    assertThat(UserInteractiveAuth.parse(many).orElseThrow().flows())
        .hasSize(UserInteractiveAuth.MAX_FLOWS);
  }

  @Test
  void xsAuthAStageThatIsDoneIsNotWantedAgain() {
    ObjectNode answer = challenge("s1");
    answer.putArray("flows").addObject().putArray("stages").add("m.login.terms").add("m.login.sso");
    UserInteractiveAuth first = UserInteractiveAuth.parse(answer).orElseThrow();
    assertThat(first.wantsOnly("m.login.terms")).isFalse();
    assertThat(first.wantsOnly("m.login.sso")).isFalse();
    answer.putArray("completed").add("m.login.terms");
    UserInteractiveAuth second = UserInteractiveAuth.parse(answer).orElseThrow();
    assertThat(second.wantsOnly("m.login.terms")).isFalse();
    assertThat(second.wantsOnly("m.login.sso")).isTrue();
    assertThat(second.answer("m.login.sso").path("session").asText()).isEqualTo("s1");
    answer.remove("session");
    assertThat(UserInteractiveAuth.parse(answer).orElseThrow().answer("m.login.sso").has("session"))
        .isFalse();
  }

  @Test
  void xsAuthASessionThatTheAppNamesIsNotReplaced() throws Exception {
    SigningKeysUpload first = startedUpTo();
    phone.crossSigning().onAuthenticationWanted(first.id(), challenge("s1"), network.now);
    phone.crossSigning().authenticate(Json.newObject().put("session", "own"), network.now);
    assertThat(upload().body().path("auth").path("session").asText()).isEqualTo("own");
  }

  @Test
  void xsAgainAResetThatWasInterruptedGoesOnWithItsKeys() throws Exception {
    bootstrapped();
    phone.crossSigning().reset(network.now);
    SigningKeysUpload first = upload();
    phone = reopened();
    assertThat(setup()).isEqualTo(new SetupState.Interrupted());
    network.refresh(phone, ALICE);
    assertThat(setup())
        .as("the identity is the one to replace")
        .isEqualTo(new SetupState.Interrupted());
    phone.crossSigning().reset(network.now);
    assertThat(upload().body()).isEqualTo(first.body());
    network.settle(phone);
    assertThat(setup()).isEqualTo(new SetupState.Done());
  }

  @Test
  void bootstrapTellsHowFarItIs() throws Exception {
    assertThat(phone.crossSigning().bootstrap(network.now))
        .isInstanceOf(SetupState.Preparing.class);
    network.settle(phone);
    assertThat(phone.crossSigning().bootstrap(network.now)).isEqualTo(new SetupState.Done());
  }

  @Test
  void xsExistsAnIdentityOfAnotherDeviceIsNotReplaced() throws Exception {
    TestIdentity present = network.newIdentity(ALICE);
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    assertThat(setup()).isEqualTo(new SetupState.Refused(SetupState.Reason.IDENTITY_EXISTS));
    assertThat(phone.identity(ALICE).orElseThrow().master().key()).isEqualTo(present.key());
    assertThat(network.crossSigning.published).isEmpty();
    phone.crossSigning().reset(network.now);
    network.settle(phone);
    assertThat(setup()).as("a reset does").isEqualTo(new SetupState.Done());
    assertThat(network.crossSigning.published).containsOnlyKeys(ALICE);
  }

  @Test
  void xsExistsAskingAgainWhenAllIsThereIsDoneAtOnce() throws Exception {
    bootstrapped();
    int sent = network.carriedOut.size();
    bootstrapped();
    assertThat(network.carriedOut).hasSize(sent);
  }

  @Test
  void xsRecognisedWhenTheAnswerToTheUploadWasLost() throws Exception {
    SigningKeysUpload upload = startedUpTo();
    network.carryOut(PHONE, upload);
    phone = reopened();
    network.refresh(phone, ALICE);
    assertThat(setup()).isEqualTo(new SetupState.Done());
    assertThat(phone.crossSigning().status().isComplete()).isTrue();
    assertThat(phone.crossSigning().status().deviceSigned()).isTrue();
    assertThat(phone.crossSigning().takeAlarms()).isEmpty();
  }

  @Test
  void xsAlarmNoneForAResetWhoseAnswerWasLost() throws Exception {
    bootstrapped();
    phone.crossSigning().reset(network.now);
    network.carryOut(PHONE, upload());
    phone = reopened();
    network.refresh(phone, ALICE);
    assertThat(setup()).isEqualTo(new SetupState.Done());
    assertThat(phone.crossSigning().takeAlarms()).as("our own doing").isEmpty();
  }

  @Test
  void xsAlarmForAnotherIdentityThanTheOneThatIsBeingMade() throws Exception {
    bootstrapped();
    phone.crossSigning().reset(network.now);
    upload();
    phone = reopened();
    network.newIdentity(ALICE);
    network.crossSigning.published.clear();
    network.refresh(phone, ALICE);
    assertThat(setup())
        .isEqualTo(new SetupState.Refused(SetupState.Reason.OTHER_IDENTITY_MEANWHILE));
    assertThat(phone.crossSigning().takeAlarms())
        .singleElement()
        .isInstanceOf(IdentityAlarm.OwnIdentityReplaced.class);
  }

  @Test
  void xsRaceAnotherDeviceThatWasFasterIsNotOverruled() throws Exception {
    startedUpTo();
    phone = reopened();
    TestIdentity other = network.newIdentity(ALICE);
    network.refresh(phone, ALICE);
    assertThat(setup())
        .isEqualTo(new SetupState.Refused(SetupState.Reason.OTHER_IDENTITY_MEANWHILE));
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    assertThat(network.crossSigning.published).isEmpty();
    assertThat(phone.identity(ALICE).orElseThrow().master().key()).isEqualTo(other.key());
    assertThat(phone.identityState(ALICE)).contains(IdentityState.UNVERIFIED);
  }

  @Test
  void theKeysAreThereAfterARestart() throws Exception {
    bootstrapped();
    CrossSigningStatus before = phone.crossSigning().status();
    phone = reopened();
    CrossSigningStatus after = phone.crossSigning().status();
    assertThat(after.held()).isEqualTo(ALL_KEYS);
    assertThat(after.master()).isEqualTo(before.master());
    assertThat(after.identityVerified()).isTrue();
    assertThat(after.deviceSigned()).isTrue();
  }

  @Test
  void theKeysReachTheStoreSealedEachInItsRow() throws Exception {
    bootstrapped();
    Sealed master = store.ownSecret("cross-signing master").orElseThrow();
    Sealed selfSigning = store.ownSecret("cross-signing self_signing").orElseThrow();
    try (Secret secret = phone.crossSigning().exportSecret(SecretName.MASTER).orElseThrow()) {
      assertThat(HexFormat.of().formatHex(master.toBytes()))
          .doesNotContain(HexFormat.of().formatHex(secret.copyBytes()));
    }
    store.write(Changes.builder().ownSecret("cross-signing master", selfSigning).build());
    assertThatThrownBy(this::reopened).isInstanceOf(CryptoStoreException.Unreadable.class);
    store.write(Changes.builder().ownSecret("cross-signing master", master).build());
    phone = reopened();
    assertThat(phone.crossSigning().status().isComplete()).as("the control").isTrue();
  }

  @Test
  void xsPrivateKeysOfAnotherIdentityAreNotUsedUntilItIsShownAgain_B80_ours() throws Exception {
    bootstrapped();
    ObjectNode ours = Objects.requireNonNull(network.crossSigning.published.get(ALICE)).deepCopy();
    network.newIdentity(ALICE);
    network.refresh(phone, ALICE);
    CrossSigningStatus status = phone.crossSigning().status();
    assertThat(status.held()).isEmpty();
    assertThat(status.identityVerified()).isFalse();
    assertThat(phone.crossSigning().exportSecret(SecretName.MASTER)).isEmpty();
    assertThat(phone.identityState(ALICE)).contains(IdentityState.VERIFICATION_VIOLATION);
    assertThat(phone.outgoingRequests(network.now)).as("nothing is signed").isEmpty();

    network.crossSigning.upload(ALICE, ours);
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().status().held()).isEqualTo(ALL_KEYS);
    assertThat(phone.identityState(ALICE)).contains(IdentityState.VERIFIED);
  }

  @Test
  void xsImportPrivateKeysFromSecretStorageMustBelongToTheIdentity_B80() throws Exception {
    bootstrapped();
    OlmMachine laptop = network.open(LAPTOP.userId(), LAPTOP.deviceId());
    CrossSigning there = laptop.crossSigning();
    try (Secret master = phone.crossSigning().exportSecret(SecretName.MASTER).orElseThrow();
        Secret selfSigning =
            phone.crossSigning().exportSecret(SecretName.SELF_SIGNING).orElseThrow();
        Secret other = Secret.copyOf(SecretName.SELF_SIGNING, new byte[32]);
        Secret misnamed = Secret.copyOf(SecretName.USER_SIGNING, master.copyBytes());
        Secret backup = Secret.copyOf(SecretName.BACKUP, master.copyBytes())) {
      assertThat(there.importSecret(master, network.now)).isEqualTo(SecretImport.NO_IDENTITY);
      network.settle(laptop);
      assertThat(laptop.identityState(ALICE)).contains(IdentityState.UNVERIFIED);
      assertThat(there.importSecret(other, network.now)).isEqualTo(SecretImport.DOES_NOT_MATCH);
      assertThat(there.importSecret(misnamed, network.now)).isEqualTo(SecretImport.DOES_NOT_MATCH);
      assertThat(there.importSecret(backup, network.now)).isEqualTo(SecretImport.NOT_FOR_SIGNING);
      assertThat(there.status().held()).isEmpty();
      assertThat(there.status().identityVerified()).isFalse();

      Secret read = Secret.parse(SecretName.MASTER, master.toBase64()).orElseThrow();
      assertThat(there.importSecret(read, network.now)).isEqualTo(SecretImport.IMPORTED);
      assertThat(there.status().held()).containsExactly(SecretName.MASTER);
      assertThat(there.status().identityVerified()).as("XS-OWN-VERIFIED").isTrue();
      assertThat(laptop.identity(ALICE).orElseThrow().verifiedBefore()).as("B79").isTrue();
      assertThat(there.importSecret(selfSigning, network.now)).isEqualTo(SecretImport.IMPORTED);
    }
    network.settle(laptop);
    assertThat(there.status().deviceSigned()).as("XS-SIGN-OWN").isTrue();
    network.refresh(phone, ALICE);
    assertThat(phone.verificationOf(LAPTOP)).contains(VerificationState.VERIFIED);
  }

  @Test
  void xsOwnVerifiedWhoHoldsTheMasterKeyVerifiesTheIdentityAndLatchesIt_B79() throws Exception {
    bootstrapped();
    assertThat(phone.identity(ALICE).orElseThrow().verifiedBefore()).isTrue();
    phone.withdrawVerification(ALICE);
    network.refresh(phone, ALICE);
    assertThat(phone.identityState(ALICE)).contains(IdentityState.VERIFIED);
  }

  @Test
  void xsSignOwnAHomeserverThatForgetsTheSignatureGetsItAgainButSeldom() throws Exception {
    network.crossSigning.forgetful = true;
    bootstrapped();
    assertThat(phone.crossSigning().status().deviceSigned()).isTrue();
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().status().deviceSigned()).isFalse();
    long before = signatureUploads();
    network.refresh(phone, ALICE);
    network.refresh(phone, ALICE);
    assertThat(signatureUploads()).as("not in a loop").isEqualTo(before);
    assertThat(phone.nextDeadline(network.now)).isPresent();
    network.crossSigning.forgetful = false;
    network.pass(FailureBackoff.LONGEST);
    network.settle(phone);
    network.refresh(phone, ALICE);
    assertThat(signatureUploads()).isEqualTo(before + 1);
    assertThat(phone.crossSigning().status().deviceSigned()).isTrue();
  }

  @Test
  void xsSignOwnANewIdentitySignsAtOnceThoughTheLastSignatureWasNotShownYet() throws Exception {
    bootstrapped();
    phone.crossSigning().reset(network.now);
    network.settle(phone);
    assertThat(setup()).isEqualTo(new SetupState.Done());
    assertThat(phone.crossSigning().status().deviceSigned()).isTrue();
    assertThat(signatureUploads()).isEqualTo(2);
  }

  private long signatureUploads() {
    return network.carriedOut.stream().filter(SignaturesUpload.class::isInstance).count();
  }

  @Test
  void secretsAreReadStrictlyAndShowNothing() throws Exception {
    byte[] bytes = new byte[Secret.BYTES];
    bytes[0] = 77;
    try (Secret secret = Secret.copyOf(SecretName.MASTER, bytes)) {
      String text = secret.toBase64();
      assertThat(Secret.parse(SecretName.MASTER, text)).contains(secret);
      assertThat(Secret.parse(SecretName.MASTER, text + "=")).as("padded").contains(secret);
      assertThat(Secret.parse(SecretName.USER_SIGNING, text)).isNotEqualTo(secret);
      assertThat(Secret.copyOf(SecretName.MASTER, new byte[Secret.BYTES])).isNotEqualTo(secret);
      assertThat(secret).hasToString("Secret[m.cross_signing.master]");
    }
    for (String bad : List.of("", "====", "AAAA", "A".repeat(42), "A".repeat(44), "ä")) {
      assertThat(Secret.parse(SecretName.MASTER, bad)).as(bad).isEmpty();
    }
    Ed25519PublicKey unused = network.newIdentity("@x:y").key();
    assertThat(Verification.ofUser("@x:y", unused).method()).isEqualTo("fingerprint");
  }
}
