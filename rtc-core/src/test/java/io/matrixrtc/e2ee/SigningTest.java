package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysQuery;
import io.matrixrtc.e2ee.OutgoingRequest.SignaturesUpload;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What follows from a verification: signatures of devices and users, and their failures. */
class SigningTest {
  private static final String ALICE = "@alice:a.example";
  private static final UserDevice PHONE = new UserDevice(ALICE, "PHONE");
  private static final UserDevice LAPTOP = new UserDevice(ALICE, "LAPTOP");
  private static final UserDevice BOB = new UserDevice("@bob:b.example", "BDEV");

  private final MachineNetwork network = new MachineNetwork(21);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine phone;
  private OlmMachine laptop;
  private OlmMachine bob;

  @BeforeEach
  void devices() throws Exception {
    phone = network.open(PHONE, MachineNetwork.ALL, store);
    laptop = network.open(ALICE, LAPTOP.deviceId());
    bob = network.open(BOB.userId(), BOB.deviceId());
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    network.introduce(phone, laptop, bob);
  }

  private VerificationOutcome verify(Verification verification) throws Exception {
    return phone.crossSigning().verify(verification, network.now);
  }

  private Verification ofLaptop() {
    return Verification.ofDevice(LAPTOP, laptop.identityKeys().ed25519());
  }

  private VerificationState bobSeesLaptop() throws Exception {
    network.refresh(bob, ALICE);
    return bob.verificationOf(LAPTOP).orElseThrow();
  }

  @Test
  void xsSignADeviceThatOurIdentitySignedIsCrossSignedForEverybody() throws Exception {
    assertThat(bobSeesLaptop()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    SignatureTarget target = SignatureTarget.device(LAPTOP);
    assertThat(verify(ofLaptop())).isEqualTo(new VerificationOutcome.Verified(Set.of(target)));
    assertThat(phone.crossSigning().status().signaturesToUpload()).containsExactly(target);
    network.settle(phone);
    assertThat(phone.crossSigning().status().signaturesToUpload()).isEmpty();
    assertThat(bobSeesLaptop()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(verify(ofLaptop()))
        .as("signed already")
        .isEqualTo(new VerificationOutcome.Verified(Set.of()));
  }

  @Test
  void xsSignOnlyTheNewSignatureIsUploaded() throws Exception {
    verify(ofLaptop());
    SignaturesUpload upload =
        phone.outgoingRequests(network.now).stream()
            .filter(SignaturesUpload.class::isInstance)
            .map(SignaturesUpload.class::cast)
            .findFirst()
            .orElseThrow();
    ObjectNode object = (ObjectNode) upload.body().path(ALICE).path(LAPTOP.deviceId());
    assertThat(object.path("signatures").path(ALICE).fieldNames())
        .toIterable()
        .singleElement()
        .isEqualTo("ed25519:" + phone.identity(ALICE).orElseThrow().selfSigning().key().toBase64());
    assertThat(object.has("unsigned")).isFalse();
  }

  @Test
  void xsSignAUserIsVerifiedHereAtOnceAndForOurOtherDevicesByTheSignature() throws Exception {
    TestIdentity bobs = network.newIdentity(BOB.userId());
    network.refresh(phone, BOB.userId());
    try (Secret master = phone.crossSigning().exportSecret(SecretName.MASTER).orElseThrow()) {
      network.refresh(laptop, ALICE, BOB.userId());
      laptop.crossSigning().importSecret(master, network.now);
    }
    assertThat(laptop.identityState(BOB.userId())).contains(IdentityState.UNVERIFIED);
    assertThat(verify(Verification.ofUser(BOB.userId(), bobs.key())))
        .isEqualTo(
            new VerificationOutcome.Verified(
                Set.of(SignatureTarget.master(BOB.userId(), bobs.key()))));
    assertThat(phone.identityState(BOB.userId())).contains(IdentityState.VERIFIED);
    network.settle(phone);
    network.refresh(laptop, BOB.userId());
    assertThat(laptop.identityState(BOB.userId())).contains(IdentityState.VERIFIED);
    assertThat(laptop.verificationOf(BOB)).contains(VerificationState.VERIFIED);
  }

  @Test
  void xsSignWithoutThePrivateKeyTheMarkStaysHere() throws Exception {
    assertThat(
            laptop
                .crossSigning()
                .verify(Verification.ofDevice(PHONE, phone.identityKeys().ed25519()), network.now))
        .isEqualTo(new VerificationOutcome.Verified(Set.of()));
    assertThat(laptop.verificationOf(PHONE)).contains(VerificationState.VERIFIED);
    assertThat(laptop.outgoingRequests(network.now)).isEmpty();
    assertThat(verify(Verification.ofDevice(BOB, bob.identityKeys().ed25519())))
        .as("a device of another user is not ours to sign")
        .isEqualTo(new VerificationOutcome.Verified(Set.of()));
  }

  @Test
  void xsVerifyAnotherKeyThanTheKnownOneChangesNothing() throws Exception {
    Ed25519PublicKey wrong = bob.identityKeys().ed25519();
    String laptopKey = "ed25519:" + LAPTOP.deviceId();
    String phoneKey = "ed25519:" + PHONE.deviceId();
    assertThat(verify(Verification.ofDevice(LAPTOP, wrong)))
        .isEqualTo(new VerificationOutcome.OtherKey(laptopKey));
    assertThat(verify(Verification.ofUser(ALICE, wrong)))
        .isEqualTo(new VerificationOutcome.OtherKey("ed25519:" + wrong.toBase64()));
    Map<String, Ed25519PublicKey> oneWrong =
        Map.of(laptopKey, laptop.identityKeys().ed25519(), phoneKey, wrong);
    assertThat(verify(new Verification.Compared(ALICE, oneWrong)))
        .isEqualTo(new VerificationOutcome.OtherKey(phoneKey));
    assertThat(verify(Verification.ofDevice(new UserDevice(ALICE, "NONE"), wrong)))
        .isEqualTo(new VerificationOutcome.Unknown("ed25519:NONE"));
    assertThat(verify(Verification.ofUser("@nobody:x", wrong)))
        .isEqualTo(new VerificationOutcome.Unknown("ed25519:" + wrong.toBase64()));
    assertThat(verify(new Verification.Compared(ALICE, Map.of())))
        .isEqualTo(new VerificationOutcome.Unknown(""));
    assertThat(verify(new Verification.Compared(ALICE, Map.of("curve25519:x", wrong))))
        .isEqualTo(new VerificationOutcome.Unknown("curve25519:x"));
    assertThat(phone.verificationOf(LAPTOP)).contains(VerificationState.UNSIGNED_DEVICE);
    assertThat(phone.crossSigning().status().signaturesToUpload()).isEmpty();

    Map<String, Ed25519PublicKey> right =
        Map.of(
            laptopKey, laptop.identityKeys().ed25519(), phoneKey, phone.identityKeys().ed25519());
    assertThat(verify(new Verification.Compared(ALICE, right)))
        .as("the control")
        .isEqualTo(new VerificationOutcome.Verified(Set.of(SignatureTarget.device(LAPTOP))));
  }

  /** How SAS will end: with the keys whose MACs were right. */
  private record Sas(String userId, Map<String, Ed25519PublicKey> keys) implements Verification {
    @Override
    public String method() {
      return "m.sas.v1";
    }
  }

  @Test
  void xsVerifyAnInteractiveVerificationBringsDeviceAndMasterKeyAtOnce() throws Exception {
    TestIdentity bobs = network.newIdentity(BOB.userId());
    network.refresh(phone, BOB.userId());
    Verification sas =
        new Sas(
            BOB.userId(),
            Map.of(
                "ed25519:" + BOB.deviceId(),
                bob.identityKeys().ed25519(),
                "ed25519:" + bobs.key().toBase64(),
                bobs.key()));
    assertThat(verify(sas))
        .isEqualTo(
            new VerificationOutcome.Verified(
                Set.of(SignatureTarget.master(BOB.userId(), bobs.key()))));
    assertThat(phone.find(BOB).orElseThrow().localTrust()).isEqualTo(LocalTrust.VERIFIED);
    assertThat(phone.identityState(BOB.userId())).contains(IdentityState.VERIFIED);
  }

  @Test
  void xsVerifyEventsOfInteractiveVerificationReachTheApp() throws Exception {
    network.deliver(laptop, "m.key.verification.request", Json.newObject(), PHONE);
    network.sync(phone);
    assertThat(phone.inbox().events(0, 10))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.Decrypted.class,
            event -> assertThat(event.type()).isEqualTo("m.key.verification.request"));
  }

  @Test
  void xsSignFailuresAreReadKeyByKey() throws Exception {
    TestIdentity bobs = network.newIdentity(BOB.userId());
    network.refresh(phone, BOB.userId());
    network.crossSigning.refused.add(LAPTOP.deviceId());
    verify(ofLaptop());
    verify(Verification.ofUser(BOB.userId(), bobs.key()));
    network.settle(phone);
    assertThat(phone.crossSigning().takeSignatureFailures())
        .containsExactly(
            new SignatureFailure(SignatureTarget.device(LAPTOP), "M_INVALID_SIGNATURE", "no"));
    assertThat(phone.crossSigning().takeSignatureFailures()).isEmpty();
    assertThat(bobSeesLaptop()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    assertThat(bobs.masterKey.path("signatures").has(ALICE)).as("the other one").isTrue();

    network.crossSigning.refused.clear();
    verify(ofLaptop());
    network.settle(phone);
    assertThat(bobSeesLaptop()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
  }

  @Test
  void xsSignFailuresNothingIsSignedThatIsNotKnownAnyMore() throws Exception {
    phone.queryKeys(List.of(ALICE), network.now);
    KeysQuery query =
        (KeysQuery)
            phone.outgoingRequests(network.now).stream()
                .filter(KeysQuery.class::isInstance)
                .findFirst()
                .orElseThrow();
    verify(ofLaptop());
    network.deviceKeys.remove(LAPTOP);
    phone.markSent(query.id(), network.query(query.users()), network.now);
    assertThat(phone.outgoingRequests(network.now)).noneMatch(SignaturesUpload.class::isInstance);
    assertThat(phone.crossSigning().takeSignatureFailures())
        .extracting(SignatureFailure::errcode)
        .containsExactly("M_NOT_FOUND");
  }

  @Test
  void xsSignFailuresAMasterKeyThatWasReplacedMeanwhileIsNotSigned() throws Exception {
    TestIdentity bobs = network.newIdentity(BOB.userId());
    network.refresh(phone, BOB.userId());
    phone.queryKeys(List.of(BOB.userId()), network.now);
    KeysQuery query =
        (KeysQuery)
            phone.outgoingRequests(network.now).stream()
                .filter(KeysQuery.class::isInstance)
                .findFirst()
                .orElseThrow();
    verify(Verification.ofUser(BOB.userId(), bobs.key()));
    network.newIdentity(BOB.userId());
    phone.markSent(query.id(), network.query(query.users()), network.now);
    assertThat(phone.outgoingRequests(network.now)).noneMatch(SignaturesUpload.class::isInstance);
    assertThat(phone.crossSigning().takeSignatureFailures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.errcode()).isEqualTo("M_NOT_FOUND");
              assertThat(failure.target())
                  .isEqualTo(SignatureTarget.master(BOB.userId(), bobs.key()));
            });
  }

  @Test
  void xsSignRaceAnAnswerThatWasAskedForBeforeDoesNotTakeTheSignatureBack() throws Exception {
    ObjectNode unsigned = network.query(Set.of(ALICE)).deepCopy();
    phone.queryKeys(List.of(ALICE), network.now);
    verify(ofLaptop());
    String query = "";
    for (OutgoingRequest request : phone.outgoingRequests(network.now)) {
      if (request instanceof KeysQuery asked) {
        query = asked.id();
      } else {
        phone.markSent(request.id(), network.carryOut(PHONE, request), network.now);
      }
    }
    assertThat(phoneSeesLaptopSigned()).isTrue();
    phone.markSent(query, unsigned.deepCopy(), network.now);
    assertThat(phoneSeesLaptopSigned()).isTrue();
    assertThat(phone.outgoingRequests(network.now))
        .as("asked for again")
        .anyMatch(KeysQuery.class::isInstance);

    phone.queryKeys(List.of(ALICE), network.now);
    for (OutgoingRequest request : phone.outgoingRequests(network.now)) {
      phone.markSent(request.id(), unsigned, network.now);
    }
    assertThat(phoneSeesLaptopSigned()).as("the control: asked for after").isFalse();
  }

  private boolean phoneSeesLaptopSigned() throws Exception {
    String signer = phone.identity(ALICE).orElseThrow().selfSigning().key().toBase64();
    return phone
        .find(LAPTOP)
        .orElseThrow()
        .keys()
        .toJson()
        .path("signatures")
        .path(ALICE)
        .has("ed25519:" + signer);
  }

  @Test
  void xsSignKeptOverARestartAndAFailedRequest() throws Exception {
    verify(ofLaptop());
    phone = network.open(PHONE, MachineNetwork.ALL, store);
    assertThat(phone.crossSigning().status().signaturesToUpload())
        .containsExactly(SignatureTarget.device(LAPTOP));
    for (OutgoingRequest request : phone.outgoingRequests(network.now)) {
      phone.markFailed(request.id(), new RequestFailure("offline"), network.now);
    }
    assertThat(phone.outgoingRequests(network.now)).noneMatch(SignaturesUpload.class::isInstance);
    network.pass(FailureBackoff.FIRST);
    network.settle(phone);
    assertThat(bobSeesLaptop()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
  }

  @Test
  void atMost250SignaturesInARequest() throws Exception {
    for (int i = 0; i <= SignatureUploads.MAX_PER_REQUEST; i++) {
      UserDevice device = new UserDevice(ALICE, "D" + i);
      try (Account account = Account.generate(network.random())) {
        network.deviceKeys.put(device, new OwnDevice(device, account).deviceKeys());
      }
    }
    network.refresh(phone, ALICE);
    for (int i = 0; i <= SignatureUploads.MAX_PER_REQUEST; i++) {
      UserDevice device = new UserDevice(ALICE, "D" + i);
      verify(Verification.ofDevice(device, phone.find(device).orElseThrow().keys().ed25519()));
    }
    network.carriedOut.clear();
    network.settle(phone);
    assertThat(network.carriedOut)
        .filteredOn(SignaturesUpload.class::isInstance)
        .extracting(request -> ((SignaturesUpload) request).body().path(ALICE).size())
        .containsExactly(SignatureUploads.MAX_PER_REQUEST, 1);
  }
}
