package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What failed twice and then succeeded is tried again 15 s after its next failure, as after a first
 * one. The control is in the same test: after the second failure it took 30 s.
 */
class BackoffEndsTest {
  private static final String TYPE = "org.example.test";
  private static final String ALICE = "@alice:example.org";
  private static final UserDevice PHONE = new UserDevice(ALICE, "PHONE");

  private final MachineNetwork network = new MachineNetwork(61);
  private OlmMachine phone;

  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  @FunctionalInterface
  private interface Failure {
    void of(OutgoingRequest request) throws Exception;
  }

  @BeforeEach
  void open() throws Exception {
    phone = network.open(PHONE, MachineNetwork.ALL, new MemoryCryptoStore());
  }

  private void unanswered(OutgoingRequest request) throws Exception {
    phone.markFailed(request.id(), new RequestFailure("no answer"), network.now);
  }

  private List<OutgoingRequest> wanted(Class<? extends OutgoingRequest> kind) throws Exception {
    return phone.outgoingRequests(network.now).stream()
        .filter(kind::isInstance)
        .map(OutgoingRequest.class::cast)
        .toList();
  }

  /** Lets what is wanted fail, once for each wait, after which it must be wanted again. */
  private void failing(
      Class<? extends OutgoingRequest> kind, Failure failure, Step want, int... waits)
      throws Exception {
    want.run();
    for (int seconds : waits) {
      List<OutgoingRequest> requests = wanted(kind);
      assertThat(requests).isNotEmpty();
      for (OutgoingRequest request : requests) {
        failure.of(request);
      }
      network.pass(Duration.ofSeconds(seconds).minusMillis(1));
      want.run();
      assertThat(wanted(kind)).as("just before %s s", seconds).isEmpty();
      network.pass(Duration.ofMillis(1));
      want.run();
      assertThat(wanted(kind)).as("after %s s", seconds).isNotEmpty();
    }
  }

  private void failing(Class<? extends OutgoingRequest> kind, int... waits) throws Exception {
    failing(kind, this::unanswered, () -> {}, waits);
  }

  @Test
  void devBackoffOfUploadsOfKeysEndsWithASuccess() throws Exception {
    failing(OutgoingRequest.KeysUpload.class, 15, 30);
    network.settle(phone);
    Map<String, JsonNode> keys = Objects.requireNonNull(network.oneTimeKeys.get(PHONE));
    keys.remove(keys.keySet().iterator().next());
    network.sync(phone);
    failing(OutgoingRequest.KeysUpload.class, 15);
  }

  @Test
  void devBackoffOfAUserEndsWithAnAnswer() throws Exception {
    OlmMachine bob = network.open("@bob:example.org", "BOB1");
    network.introduce(phone, bob);
    network.sync(phone, List.of(), Set.of(bob.device().userId()));
    failing(OutgoingRequest.KeysQuery.class, 15, 30);
    network.settle(phone);
    network.sync(phone, List.of(), Set.of(bob.device().userId()));
    failing(OutgoingRequest.KeysQuery.class, 15);
  }

  @Test
  void devBackoffOfAServerEndsWithAnAnswer() throws Exception {
    OlmMachine dan = network.open("@dan:away.org", "D");
    network.introduce(phone, dan);
    ObjectNode away = Json.newObject();
    away.putObject("device_keys");
    away.putObject("failures").putObject("away.org");
    Failure failure = query -> phone.markSent(query.id(), away, network.now);
    network.sync(phone, List.of(), Set.of(dan.device().userId()));
    failing(OutgoingRequest.KeysQuery.class, failure, () -> {}, 15, 30);
    network.settle(phone);
    network.sync(phone, List.of(), Set.of(dan.device().userId()));
    failing(OutgoingRequest.KeysQuery.class, failure, () -> {}, 15);
  }

  @Test
  void devBackoffOfADeviceEndsWithASession() throws Exception {
    OlmMachine bob = network.open("@bob:example.org", "BOB1");
    network.introduce(phone, bob);
    failing(
        OutgoingRequest.KeysClaim.class,
        this::unanswered,
        () -> phone.deliver(TYPE, Json.newObject(), Set.of(bob.device()), network.now),
        15,
        30);
    network.settle(phone);
    network.sync(bob);
    network.deliver(bob, TYPE, Json.newObject(), PHONE);
    JsonNode broken = network.takeQueue(PHONE).get(0).deepCopy();
    ObjectNode message = (ObjectNode) broken.at("/content/ciphertext").elements().next();
    byte[] body = Base64Text.decode(message.path("body").textValue());
    body[body.length - 1] ^= 1;
    message.put("body", Base64Text.encode(body));
    network.pass(Unwedging.MIN_SESSION_AGE.plusMinutes(1)); // a broken session is replaced
    failing(
        OutgoingRequest.KeysClaim.class,
        this::unanswered,
        () -> network.sync(phone, List.of(broken)),
        15);
  }

  @Test
  void devBackoffOfUploadsOfSignaturesEndsWithASuccess() throws Exception {
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    verify("LAPTOP");
    failing(OutgoingRequest.SignaturesUpload.class, 15, 30);
    network.settle(phone);
    verify("TABLET");
    failing(OutgoingRequest.SignaturesUpload.class, 15);
  }

  private OlmMachine verify(String deviceId) throws Exception {
    OlmMachine other = network.open(ALICE, deviceId);
    network.introduce(phone, other);
    phone
        .crossSigning()
        .verify(Verification.ofDevice(other.device(), other.identityKeys().ed25519()), network.now);
    return other;
  }

  @Test
  void devBackoffOfRequestsForSecretsEndsWithASuccess() throws Exception {
    OlmMachine laptop = network.open(ALICE, "LAPTOP");
    laptop.crossSigning().bootstrap(network.now);
    network.settle(laptop);
    verify("TABLET");
    phone.crossSigning().requestMissingSecrets(network.now);
    failing(OutgoingRequest.ToDevice.class, 15, 30);
    network.settle(phone);
    verify("WATCH");
    phone.crossSigning().requestMissingSecrets(network.now);
    failing(OutgoingRequest.ToDevice.class, 15);
  }

  @Test
  void devBackoffOfRequestsForRoomKeysEndsWithASuccess() throws Exception {
    verify("LAPTOP");
    assertThat(phone.rooms().requestKey(new RoomKeyId(RoomFixture.ROOM, "A".repeat(43)))).isTrue();
    failing(OutgoingRequest.ToDevice.class, 15, 30);
    network.settle(phone);
    assertThat(phone.rooms().requestKey(new RoomKeyId(RoomFixture.ROOM, "B".repeat(43)))).isTrue();
    failing(OutgoingRequest.ToDevice.class, 15);
  }

  /** Here the failure is a homeserver that does not show the signature. */
  @Test
  void devBackoffOfOurOwnSignatureEndsWhenItIsShown() throws Exception {
    network.crossSigning.forgetful = true;
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    for (int seconds : new int[] {15, 30}) {
      network.refresh(phone, ALICE);
      long before = signatureUploads();
      network.pass(Duration.ofSeconds(seconds).minusMillis(1));
      network.settle(phone);
      assertThat(signatureUploads()).as("just before %s s", seconds).isEqualTo(before);
      network.crossSigning.forgetful = seconds == 15;
      network.pass(Duration.ofMillis(1));
      network.settle(phone);
      assertThat(signatureUploads()).as("after %s s", seconds).isEqualTo(before + 1);
    }
    network.refresh(phone, ALICE);
    assertThat(phone.crossSigning().status().deviceSigned()).isTrue();
    long before = signatureUploads();
    ObjectNode ours = (ObjectNode) network.deviceKeys(PHONE).path("signatures").path(ALICE);
    ours.retain("ed25519:" + PHONE.deviceId()); // the homeserver forgets it after all
    network.refresh(phone, ALICE);
    assertThat(signatureUploads()).as("at once").isEqualTo(before + 1);
  }

  private long signatureUploads() {
    return network.carriedOut.stream()
        .filter(OutgoingRequest.SignaturesUpload.class::isInstance)
        .count();
  }
}
