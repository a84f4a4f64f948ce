package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.IdentityState;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Cross-signing identities of matrix-js-sdk and ours, seen from either side. */
@Tag("interop")
abstract class IdentityScenarios {
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

  private static void bootstrap(OurDevice device) {
    assertThat(
            World.get(
                device
                    .client()
                    .crossSigning()
                    .bootstrap(
                        UserAuthentication.password(device.address().userId(), World.password()))))
        .isInstanceOf(SetupOutcome.Done.class);
  }

  private static JsonNode trust(Peer peer, DeviceAddress of) throws InterruptedException {
    return peer.call(
        "trust", Json.newObject().put("user", of.userId()).put("device", of.deviceId()));
  }

  private static void lookUp(OurDevice device, String user) {
    World.get(
        device
            .client()
            .withMachine(
                machine -> {
                  machine.trackUsers(List.of(user), Instant.now());
                  machine.queryKeys(List.of(user), Instant.now());
                  return true;
                }));
    await().atMost(CallKeyScenarios.SOON).until(device::uploadsNothing);
  }

  private static Optional<VerificationState> stateOf(OurDevice viewer, DeviceAddress device) {
    lookUp(viewer, device.userId());
    UserDevice wanted = new UserDevice(device.userId(), device.deviceId());
    return World.get(viewer.client().withMachine(machine -> machine.verificationOf(wanted)));
  }

  private static boolean isSigned(OurDevice device) {
    return World.get(device.client().crossSigning().status()).deviceSigned();
  }

  private static Ed25519PublicKey master(OurDevice viewer, String user) {
    return World.get(
        viewer
            .client()
            .withMachine(machine -> machine.identity(user).orElseThrow().master().key()));
  }

  @Test
  void anIdentityOfTheSdkIsSeenAndSignedByOurs() throws Exception {
    OurDevice alice = cast.ours("alice");
    bootstrap(alice);
    Peer bob = cast.sdk("bob");
    String user = bob.address().userId();
    await() // until the SDK has sent its device's keys
        .atMost(CallKeyScenarios.SOON)
        .until(
            () -> stateOf(alice, bob.address()),
            Optional.of(VerificationState.UNSIGNED_DEVICE)::equals);
    bob.crossSign();
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(
            () -> stateOf(alice, bob.address()),
            Optional.of(VerificationState.UNVERIFIED_IDENTITY)::equals);

    Ed25519PublicKey master = master(alice, user);
    assertThat(trust(bob, bob.address()).path("master").asText()).isEqualTo(master.toBase64());
    assertThat(World.get(alice.client().crossSigning().verify(Verification.ofUser(user, master))))
        .isInstanceOfSatisfying(
            VerificationOutcome.Verified.class, done -> assertThat(done.signatures()).hasSize(1));
    assertThat(stateOf(alice, bob.address())).contains(VerificationState.VERIFIED);
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(
            () -> World.get(alice.client().crossSigning().status()).signaturesToUpload().isEmpty());
  }

  @Test
  void anIdentityOfOursIsSeenAndSignedByTheSdk() throws Exception {
    OurDevice alice = cast.ours("alice");
    Peer bob = cast.sdk("bob");
    bob.crossSign();
    bob.joinRoom(cast.world().room(alice)); // so that the homeserver tells it of changes
    assertThat(trust(bob, alice.address()).path("signedByOwner").booleanValue()).isFalse();
    bootstrap(alice);
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(() -> trust(bob, alice.address()).path("signedByOwner").booleanValue());
    assertThat(trust(bob, alice.address()).path("userVerified").booleanValue()).isFalse();

    String master = master(alice, alice.address().userId()).toBase64();
    bob.call(
        "verifyIdentity",
        Json.newObject().put("user", alice.address().userId()).put("master", master));
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(() -> trust(bob, alice.address()).path("userVerified").booleanValue());
    assertThat(trust(bob, alice.address()).path("deviceVerified").booleanValue()).isTrue();
  }

  @Test
  void theSdkSignsADeviceOfOursAndOursOneOfTheSdk() throws Exception {
    // A user whose identity the SDK has made, with a device of ours beside it.
    Peer.Account account = cast.account("carol");
    Peer first = cast.sdk(account, "SDKDEVICE");
    first.crossSign();
    OurDevice second = cast.world().ours(cast.world().login(account.userId()));
    lookUp(second, account.userId());
    assertThat(isSigned(second)).isFalse();
    first.call("signDevice", Json.newObject().put("device", second.address().deviceId()));
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(
            () -> {
              lookUp(second, account.userId());
              return isSigned(second);
            });
    Ed25519PublicKey master = master(second, account.userId());
    World.get(
        second.client().withMachine(machine -> machine.verifyIdentity(account.userId(), master)));
    assertThat(stateOf(second, first.address())).contains(VerificationState.VERIFIED);
    Optional<IdentityState> own =
        World.get(second.client().withMachine(machine -> machine.identityState(account.userId())));
    assertThat(own).contains(IdentityState.VERIFIED);

    // The reverse: our identity, and it signs a device of the SDK.
    Peer.Account other = cast.account("dave");
    OurDevice ours = cast.world().ours(cast.world().login(other.userId()));
    bootstrap(ours);
    Peer theirs = cast.sdk(other, "DAVESDK");
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(
            () -> stateOf(ours, theirs.address()),
            Optional.of(VerificationState.UNSIGNED_DEVICE)::equals);
    Ed25519PublicKey key =
        World.get(
            ours.client()
                .withMachine(
                    machine ->
                        machine
                            .find(new UserDevice(other.userId(), "DAVESDK"))
                            .orElseThrow()
                            .keys()
                            .ed25519()));
    UserDevice target = new UserDevice(other.userId(), "DAVESDK");
    World.get(ours.client().crossSigning().verify(Verification.ofDevice(target, key)));
    await()
        .atMost(CallKeyScenarios.SOON)
        .until(() -> trust(theirs, theirs.address()).path("signedByOwner").booleanValue());
  }
}
