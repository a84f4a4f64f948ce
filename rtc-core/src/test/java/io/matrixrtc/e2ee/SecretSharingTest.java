package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.SecretEvent.NotShared;
import io.matrixrtc.e2ee.SecretEvent.NotTaken;
import io.matrixrtc.e2ee.SecretEvent.Received;
import io.matrixrtc.e2ee.SecretEvent.Refusal;
import io.matrixrtc.e2ee.SecretEvent.Shared;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Secrets go among verified devices of one user, and nowhere else. Attacks have controls. */
class SecretSharingTest {
  private static final String ALICE = "@alice:a.example";
  private static final UserDevice PHONE = new UserDevice(ALICE, "PHONE");
  private static final UserDevice LAPTOP = new UserDevice(ALICE, "LAPTOP");
  private static final UserDevice BOB = new UserDevice("@bob:b.example", "BDEV");

  private final MachineNetwork network = new MachineNetwork(5);
  private final MemoryCryptoStore laptopStore = new MemoryCryptoStore();
  private OlmMachine phone;
  private OlmMachine laptop;
  private OlmMachine bob;

  /** Alice's phone has her identity; her laptop is new. */
  @BeforeEach
  void devices() throws Exception {
    phone = network.open(ALICE, PHONE.deviceId());
    laptop = network.open(LAPTOP, MachineNetwork.ALL, laptopStore);
    bob = network.open(BOB.userId(), BOB.deviceId());
    phone.crossSigning().bootstrap(network.now);
    network.settle(phone);
    network.introduce(phone, laptop, bob);
  }

  private CrossSigning there() {
    return laptop.crossSigning();
  }

  /** The phone's user compared the laptop's key: it is signed. */
  private void phoneVerifiesLaptop() throws Exception {
    phone
        .crossSigning()
        .verify(Verification.ofDevice(LAPTOP, laptop.identityKeys().ed25519()), network.now);
    network.settle(phone);
    network.refresh(phone, ALICE);
  }

  private void laptopVerifiesPhone() throws Exception {
    there().verify(Verification.ofDevice(PHONE, phone.identityKeys().ed25519()), network.now);
    network.refresh(laptop, ALICE);
  }

  private void bothVerified() throws Exception {
    phoneVerifiesLaptop();
    laptopVerifiesPhone();
  }

  /** Everything that waits on both sides goes its way. */
  private void exchange() throws Exception {
    for (int round = 0; round < 4; round++) {
      for (OlmMachine machine : List.of(laptop, phone, bob)) {
        network.settle(machine);
        network.sync(machine);
        network.settle(machine);
      }
    }
  }

  private List<JsonNode> requestsToPhone() throws Exception {
    there().requestMissingSecrets(network.now);
    network.settle(laptop);
    return network.takeQueue(PHONE);
  }

  private static ObjectNode content(JsonNode event) {
    return (ObjectNode) event.get("content");
  }

  private boolean laptopGotSomething() {
    return network.queues.getOrDefault(LAPTOP, List.of()).stream()
        .anyMatch(event -> event.path("type").asText().equals("m.room.encrypted"));
  }

  /** The phone reads these events, and answers if it does. */
  private void phoneReads(List<? extends JsonNode> events) throws Exception {
    network.sync(phone, events);
    network.settle(phone);
    network.settle(phone);
  }

  @Test
  void xsSecretAskAVerifiedDeviceGetsTheKeysAndIsComplete_C64_C67() throws Exception {
    bothVerified();
    assertThat(there().requestMissingSecrets(network.now))
        .isEqualTo(EnumSet.allOf(SecretName.class));
    exchange();
    CrossSigningStatus status = there().status();
    assertThat(status.isComplete()).isTrue();
    assertThat(status.identityVerified()).isTrue();
    assertThat(status.requested()).as("nobody has a backup key").containsExactly(SecretName.BACKUP);
    assertThat(there().takeSecretEvents())
        .containsExactlyInAnyOrder(
            new Received(PHONE, SecretName.MASTER),
            new Received(PHONE, SecretName.SELF_SIGNING),
            new Received(PHONE, SecretName.USER_SIGNING));
    assertThat(phone.crossSigning().takeSecretEvents())
        .containsExactlyInAnyOrder(
            new Shared(LAPTOP, SecretName.MASTER),
            new Shared(LAPTOP, SecretName.SELF_SIGNING),
            new Shared(LAPTOP, SecretName.USER_SIGNING),
            new NotShared(LAPTOP, Refusal.NOT_HELD));
    assertThat(network.completed).as("the app's deliveries").isEmpty();
    laptop = network.open(LAPTOP, MachineNetwork.ALL, laptopStore);
    assertThat(there().status().isComplete()).as("restarted").isTrue();
  }

  @Test
  void xsSecretAskOnlyVerifiedDevicesAreAskedAndOnce() throws Exception {
    assertThat(there().requestMissingSecrets(network.now)).isEmpty();
    assertThat(laptop.outgoingRequests(network.now)).isEmpty();
    laptopVerifiesPhone();
    assertThat(requestsToPhone()).hasSize(4);
    assertThat(requestsToPhone()).as("asked already").isEmpty();
    phone.crossSigning().takeSecretEvents();
  }

  @Test
  void xsSecretVerifiedAnUnverifiedOwnDeviceGetsNothing_C67() throws Exception {
    laptopVerifiesPhone();
    List<JsonNode> requests = requestsToPhone();
    phoneReads(requests);
    assertThat(laptopGotSomething()).isFalse();
    assertThat(phone.crossSigning().takeSecretEvents())
        .hasSize(4)
        .containsOnly(new NotShared(LAPTOP, Refusal.UNVERIFIED_DEVICE));

    phoneVerifiesLaptop();
    phoneReads(requests);
    assertThat(laptopGotSomething()).as("the control").isTrue();
  }

  @Test
  void xsSecretVerifiedABlockedDeviceGetsNothingThoughSigned() throws Exception {
    bothVerified();
    List<JsonNode> requests = requestsToPhone();
    phone.setLocalTrust(LAPTOP, LocalTrust.BLOCKED);
    phoneReads(requests);
    assertThat(laptopGotSomething()).isFalse();
    phone.setLocalTrust(LAPTOP, LocalTrust.UNSET);
    phoneReads(requests);
    assertThat(laptopGotSomething()).as("the control").isTrue();
  }

  @Test
  void xsSecretVerifiedIsJudgedAgainWhenTheAnswerIsEncrypted() throws Exception {
    bothVerified();
    List<JsonNode> requests = requestsToPhone();
    network.sync(phone, requests);
    phone.setLocalTrust(LAPTOP, LocalTrust.BLOCKED);
    network.settle(phone);
    assertThat(laptopGotSomething()).isFalse();
    assertThat(phone.crossSigning().takeSecretEvents())
        .contains(new NotShared(LAPTOP, Refusal.NOT_SENT));
  }

  @Test
  void xsSecretVerifiedADeviceThatAnInventedIdentitySignedGetsNothing() throws Exception {
    bothVerified();
    List<JsonNode> requests = requestsToPhone();
    phone.setLocalTrust(LAPTOP, LocalTrust.UNSET); // verified by our identity's signature alone
    ObjectNode ours = Objects.requireNonNull(network.crossSigning.published.get(ALICE));
    ObjectNode kept = ours.deepCopy();
    network.newIdentity(ALICE); // the homeserver's, with which it signs our devices
    network.refresh(phone, ALICE);
    assertThat(phone.verificationOf(LAPTOP)).contains(VerificationState.VERIFICATION_VIOLATION);
    phone
        .crossSigning()
        .backupKeys(() -> Optional.of(Secret.copyOf(SecretName.BACKUP, new byte[Secret.BYTES])));
    phoneReads(requests);
    assertThat(laptopGotSomething()).isFalse();
    network.crossSigning.upload(ALICE, kept);
    network.refresh(phone, ALICE);
    phoneReads(requests);
    assertThat(laptopGotSomething()).as("the control").isTrue();
  }

  @Test
  void xsSecretOwnAnotherUsersDeviceGetsNothingEvenIfVerified() throws Exception {
    bothVerified();
    phone
        .crossSigning()
        .verify(Verification.ofDevice(BOB, bob.identityKeys().ed25519()), network.now);
    assertThat(phone.verificationOf(BOB)).contains(VerificationState.VERIFIED);
    JsonNode ours = requestsToPhone().get(0);
    ObjectNode bobs = ours.deepCopy();
    bobs.put("sender", BOB.userId());
    content(bobs).put("requesting_device_id", BOB.deviceId());
    ObjectNode asAlices = ours.deepCopy();
    asAlices.put("sender", BOB.userId());
    phoneReads(List.of(bobs, asAlices));
    assertThat(network.queues.getOrDefault(BOB, List.of())).isEmpty();
    assertThat(laptopGotSomething()).isFalse();
    assertThat(phone.crossSigning().takeSecretEvents())
        .extracting(event -> ((NotShared) event).why())
        .containsOnly(Refusal.OTHER_USER);
    phoneReads(List.of(ours));
    assertThat(laptopGotSomething()).as("the control").isTrue();
  }

  @Test
  void xsSecretOnceAReplayedRequestIsNotAnsweredTwice() throws Exception {
    bothVerified();
    JsonNode request = requestsToPhone().get(0);
    phoneReads(List.of(request));
    assertThat(network.takeQueue(LAPTOP)).hasSize(1);
    phoneReads(List.of(request, request));
    assertThat(network.takeQueue(LAPTOP)).isEmpty();
    ObjectNode another = request.deepCopy();
    content(another).put("request_id", "another");
    phoneReads(List.of(another));
    assertThat(network.takeQueue(LAPTOP)).as("the control").hasSize(1);
  }

  @Test
  void xsSecretVerifiedAnUnknownDeviceIsLookedUpFirst() throws Exception {
    OlmMachine tablet = network.open(ALICE, "TABLET");
    network.settle(tablet);
    tablet
        .crossSigning()
        .verify(Verification.ofDevice(PHONE, phone.identityKeys().ed25519()), network.now);
    tablet.crossSigning().requestMissingSecrets(network.now);
    network.settle(tablet);
    network.sync(phone);
    assertThat(phone.find(tablet.device())).isEmpty();
    network.settle(phone);
    assertThat(phone.find(tablet.device())).as("looked up").isPresent();
    assertThat(phone.crossSigning().takeSecretEvents())
        .containsOnly(new NotShared(tablet.device(), Refusal.UNVERIFIED_DEVICE));
    ObjectNode invented = Json.newObject().put("type", "m.secret.request").put("sender", ALICE);
    invented
        .putObject("content")
        .put("action", "request")
        .put("name", "m.cross_signing.master")
        .put("request_id", "r")
        .put("requesting_device_id", "NOBODY");
    phoneReads(List.of(invented));
    assertThat(phone.crossSigning().takeSecretEvents())
        .containsOnly(new NotShared(new UserDevice(ALICE, "NOBODY"), Refusal.UNKNOWN_DEVICE));
  }

  @Test
  void xsSecretCancelARequestThatIsTakenBackIsNotAnswered() throws Exception {
    bothVerified();
    JsonNode request = requestsToPhone().get(0);
    ObjectNode cancellation = request.deepCopy();
    content(cancellation).put("action", "request_cancellation").remove("name");
    phoneReads(List.of(request, cancellation));
    assertThat(laptopGotSomething()).isFalse();
    phoneReads(List.of(request));
    assertThat(laptopGotSomething()).as("the control: asked again").isTrue();
  }

  @Test
  void xsSecretCancelAnAnswerThatWaitsForASessionIsDropped() throws Exception {
    bothVerified();
    List<JsonNode> requests = requestsToPhone();
    ObjectNode cancellation = requests.get(0).deepCopy();
    content(cancellation).put("action", "request_cancellation").remove("name");
    network.sync(phone, requests.subList(0, 2)); // there is no session with the laptop yet
    network.sync(phone, List.of(cancellation));
    network.settle(phone);
    assertThat(network.takeQueue(LAPTOP)).as("the other one alone").hasSize(1);
  }

  @Test
  void xsSecretCancelWhatWasImportedIsNotAskedForAnyMore() throws Exception {
    bothVerified();
    assertThat(requestsToPhone()).hasSize(4);
    try (Secret secret = phone.crossSigning().exportSecret(SecretName.MASTER).orElseThrow()) {
      there().importSecret(secret, network.now);
    }
    assertThat(there().status().requested())
        .containsExactlyInAnyOrder(
            SecretName.SELF_SIGNING, SecretName.USER_SIGNING, SecretName.BACKUP);
  }

  @Test
  void xsSecretCancelWhoWasAskedIsTold_C67() throws Exception {
    bothVerified();
    assertThat(requestsToPhone()).hasSize(4);
    there().cancelSecretRequest(SecretName.MASTER, network.now);
    network.settle(laptop);
    assertThat(network.takeQueue(PHONE))
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.path("content").path("action").asText())
                    .isEqualTo("request_cancellation"));
    assertThat(there().status().requested()).doesNotContain(SecretName.MASTER);
  }

  @Test
  void malformedRequestsGetNothing() throws Exception {
    bothVerified();
    JsonNode good = requestsToPhone().get(0);
    List<ObjectNode> bad = new ArrayList<>();
    for (String member : List.of("action", "name", "request_id", "requesting_device_id")) {
      ObjectNode without = good.deepCopy();
      content(without).remove(member);
      bad.add(without);
      ObjectNode odd = good.deepCopy();
      content(odd).putArray(member);
      bad.add(odd);
    }
    ObjectNode ours = good.deepCopy();
    content(ours).put("requesting_device_id", PHONE.deviceId());
    bad.add(ours);
    phoneReads(bad);
    assertThat(laptopGotSomething()).isFalse();
    phoneReads(List.of(good));
    assertThat(laptopGotSomething()).as("the control").isTrue();
  }

  @Test
  void whyNothingIsSharedIsTold() throws Exception {
    bothVerified();
    JsonNode good = requestsToPhone().get(0);
    ObjectNode unknown = good.deepCopy();
    content(unknown).put("name", "org.example.secret");
    phoneReads(List.of(unknown));
    assertThat(phone.crossSigning().takeSecretEvents())
        .containsExactly(new NotShared(LAPTOP, Refusal.NOT_HELD));
    ObjectNode neither = good.deepCopy();
    content(neither).put("action", "other");
    phoneReads(List.of(neither));
    assertThat(phone.crossSigning().takeSecretEvents())
        .containsExactly(new NotShared(LAPTOP, Refusal.MALFORMED));
    phoneReads(List.of(good));
    assertThat(phone.crossSigning().takeSecretEvents())
        .as("the control")
        .singleElement()
        .isInstanceOf(Shared.class);
  }

  @Test
  void xsSecretCancelAnAnswerThatIsUnderWayIsTold() throws Exception {
    bothVerified();
    JsonNode request = requestsToPhone().get(0);
    ObjectNode cancellation = request.deepCopy();
    content(cancellation).put("action", "request_cancellation").remove("name");
    network.sync(phone, List.of(request));
    for (OutgoingRequest claim : phone.outgoingRequests(network.now)) {
      phone.markSent(claim.id(), network.carryOut(PHONE, claim), network.now);
    }
    assertThat(phone.outgoingRequests(network.now))
        .singleElement()
        .isInstanceOf(OutgoingRequest.ToDevice.class);
    network.sync(phone, List.of(cancellation));
    network.settle(phone);
    assertThat(laptopGotSomething()).isTrue();
    assertThat(phone.crossSigning().takeSecretEvents()).singleElement().isInstanceOf(Shared.class);
  }

  @Test
  void xsSecretAskWithoutAnIdentityOnlyTheBackupKeyIsAskedFor() throws Exception {
    MachineNetwork other = new MachineNetwork(6);
    OlmMachine first = other.open(ALICE, PHONE.deviceId());
    OlmMachine second = other.open(ALICE, LAPTOP.deviceId());
    other.introduce(first, second);
    second.setLocalTrust(PHONE, LocalTrust.VERIFIED);
    assertThat(second.crossSigning().requestMissingSecrets(other.now))
        .containsExactly(SecretName.BACKUP);
  }

  @Test
  void sendSplitRequestsToManyDevicesOfOursAreSplit() throws Exception {
    for (int extra = 0; extra < 2; extra++) {
      MachineNetwork other = new MachineNetwork(8);
      OlmMachine asking = other.open(ALICE, LAPTOP.deviceId());
      other.settle(asking);
      List<UserDevice> devices = new ArrayList<>();
      for (int i = 0; i < ToDeviceBatches.MAX_MESSAGES + extra; i++) {
        UserDevice device = new UserDevice(ALICE, "D" + i);
        OwnDevice keys = new OwnDevice(device, Account.generate(other.random()));
        other.deviceKeys.put(device, keys.deviceKeys());
        devices.add(device);
      }
      asking.trackUsers(Set.of(ALICE), other.now);
      other.refresh(asking, ALICE);
      for (UserDevice device : devices) {
        asking.setLocalTrust(device, LocalTrust.VERIFIED);
      }
      asking.crossSigning().requestMissingSecrets(other.now);
      List<OutgoingRequest.ToDevice> requests =
          asking.outgoingRequests(other.now).stream()
              .filter(OutgoingRequest.ToDevice.class::isInstance)
              .map(OutgoingRequest.ToDevice.class::cast)
              .toList();
      assertThat(requests).hasSize(1 + extra);
      assertThat(requests)
          .allMatch(request -> request.devices().size() <= ToDeviceBatches.MAX_MESSAGES);
      assertThat(requests.stream().flatMap(request -> request.devices().stream()))
          .containsExactlyInAnyOrderElementsOf(devices);
      assertThat(requests.stream().map(OutgoingRequest::id)).doesNotHaveDuplicates();
      other.settle(asking);
      assertThat(devices).allMatch(device -> other.takeQueue(device).size() == 1);
    }
  }

  @Test
  void waitingRequestsAreBounded() throws Exception {
    bothVerified();
    JsonNode good = requestsToPhone().get(0);
    List<ObjectNode> many = new ArrayList<>();
    for (int i = 0; i <= SecretAnswers.MAX_WAITING; i++) {
      ObjectNode one = good.deepCopy();
      content(one).put("request_id", "r" + i);
      many.add(one);
    }
    phone.invalidateDeviceLists(network.now);
    network.sync(phone, many);
    network.settle(phone);
    assertThat(phone.crossSigning().takeSecretEvents())
        .filteredOn(Shared.class::isInstance)
        .hasSize(SecretAnswers.MAX_WAITING);
  }

  @Test
  void answeredRequestsAreRememberedInBounds() throws Exception {
    bothVerified();
    JsonNode good = requestsToPhone().get(0);
    int perSync = 91;
    List<ObjectNode> all = new ArrayList<>();
    for (int i = 0; i <= SecretAnswers.MAX_ANSWERED; i++) {
      ObjectNode one = good.deepCopy();
      content(one).put("request_id", "r" + i);
      all.add(one);
    }
    for (int from = 0; from < all.size(); from += perSync) {
      phoneReads(all.subList(from, Math.min(all.size(), from + perSync)));
    }
    assertThat(network.takeQueue(LAPTOP)).hasSize(SecretAnswers.MAX_ANSWERED + 1);
    phoneReads(List.of(all.get(1), all.get(SecretAnswers.MAX_ANSWERED)));
    assertThat(network.takeQueue(LAPTOP)).isEmpty();
    phoneReads(List.of(all.get(0)));
    assertThat(network.takeQueue(LAPTOP)).as("one too many").hasSize(1);
  }

  @Test
  void secretEventsAreBounded() {
    SecretEventLog log = new SecretEventLog(PHONE);
    for (int i = 0; i <= SecretEventLog.MAX_EVENTS; i++) {
      log.add(new Shared(new UserDevice(ALICE, "D" + i), SecretName.MASTER));
    }
    List<SecretEvent> taken = log.take();
    assertThat(taken).hasSize(SecretEventLog.MAX_EVENTS);
    assertThat(taken.get(0)).isEqualTo(new Shared(new UserDevice(ALICE, "D1"), SecretName.MASTER));
    assertThat(log.take()).isEmpty();
  }

  // Answers

  private String requestId(SecretName name) throws Exception {
    return requestsToPhone().stream()
        .map(event -> event.path("content"))
        .filter(content -> content.path("name").asText().equals(name.label()))
        .map(content -> content.path("request_id").asText())
        .findFirst()
        .orElseThrow();
  }

  private void send(OlmMachine from, String requestId, String secret) throws Exception {
    network.deliver(
        from,
        "m.secret.send",
        Json.newObject().put("request_id", requestId).put("secret", secret),
        LAPTOP);
    network.sync(laptop);
  }

  private String master() throws Exception {
    try (Secret secret = phone.crossSigning().exportSecret(SecretName.MASTER).orElseThrow()) {
      return secret.toBase64();
    }
  }

  private void assertNotTaken(String sender, Refusal why) throws Exception {
    assertThat(there().takeSecretEvents()).containsExactly(new NotTaken(sender, why));
    assertThat(there().status().held()).isEmpty();
    assertThat(there().status().requested()).contains(SecretName.MASTER);
  }

  private void assertTaken() throws Exception {
    assertThat(there().takeSecretEvents()).containsExactly(new Received(PHONE, SecretName.MASTER));
    assertThat(there().status().held()).containsExactly(SecretName.MASTER);
  }

  @Test
  void xsSecretRequestedWhatWasNotAskedForIsNotTaken() throws Exception {
    bothVerified();
    String id = requestId(SecretName.MASTER);
    send(phone, "another", master());
    assertNotTaken(ALICE, Refusal.NOT_REQUESTED);
    send(phone, "", master());
    assertNotTaken(ALICE, Refusal.NOT_REQUESTED);
    send(phone, id, master());
    assertTaken();
    send(phone, id, master());
    assertThat(there().takeSecretEvents())
        .as("answered already")
        .containsExactly(new NotTaken(ALICE, Refusal.NOT_REQUESTED));
  }

  @Test
  void xsSecretSenderAnUnverifiedDeviceOfOursIsNotBelieved_C67() throws Exception {
    bothVerified();
    String id = requestId(SecretName.MASTER);
    laptop.setLocalTrust(PHONE, LocalTrust.UNSET);
    send(phone, id, master());
    assertNotTaken(ALICE, Refusal.UNVERIFIED_DEVICE);
    laptop.setLocalTrust(PHONE, LocalTrust.VERIFIED);
    send(phone, id, master());
    assertTaken();
  }

  @Test
  void xsSecretOwnAnotherUserIsNotBelieved() throws Exception {
    bothVerified();
    laptop.setLocalTrust(BOB, LocalTrust.VERIFIED);
    String id = requestId(SecretName.MASTER);
    send(bob, id, master());
    assertNotTaken(BOB.userId(), Refusal.OTHER_USER);
    send(phone, id, master());
    assertTaken();
  }

  @Test
  void xsImportASecretThatIsNotOurIdentitysIsNotTakenAndTheRequestStaysOpen() throws Exception {
    bothVerified();
    String id = requestId(SecretName.MASTER);
    send(phone, id, Json.newObject().toString());
    assertNotTaken(ALICE, Refusal.MALFORMED);
    try (Secret wrong = Secret.copyOf(SecretName.MASTER, new byte[Secret.BYTES])) {
      send(phone, id, wrong.toBase64());
    }
    assertNotTaken(ALICE, Refusal.DOES_NOT_MATCH);
    try (Secret other = phone.crossSigning().exportSecret(SecretName.USER_SIGNING).orElseThrow()) {
      send(phone, id, other.toBase64());
    }
    assertNotTaken(ALICE, Refusal.DOES_NOT_MATCH);
    send(phone, id, master());
    assertTaken();
  }

  @Test
  void aSecretInTheClearIsNotTaken() throws Exception {
    bothVerified();
    String id = requestId(SecretName.MASTER);
    ObjectNode clear = Json.newObject().put("type", "m.secret.send").put("sender", ALICE);
    clear.putObject("content").put("request_id", id).put("secret", master());
    network.sync(laptop, List.of(clear));
    assertThat(there().status().held()).isEmpty();
    send(phone, id, master());
    assertTaken();
  }

  @Test
  void xsSecretOpenRequestsAreKnownAfterARestartAndSentAgain() throws Exception {
    bothVerified();
    there().requestMissingSecrets(network.now);
    assertThat(network.queues.getOrDefault(PHONE, List.of())).as("a crash came first").isEmpty();
    laptop = network.open(LAPTOP, MachineNetwork.ALL, laptopStore);
    assertThat(there().status().requested()).isEqualTo(EnumSet.allOf(SecretName.class));
    exchange();
    assertThat(there().status().isComplete()).isTrue();
  }

  @Test
  void xsSecretBackupTheBackupKeyIsTheAppsAndWaitsForItOverRestarts() throws Exception {
    bothVerified();
    byte[] key = new byte[Secret.BYTES];
    key[5] = 5;
    phone.crossSigning().backupKeys(() -> Optional.of(Secret.copyOf(SecretName.BACKUP, key)));
    assertThat(phone.crossSigning().status().held()).contains(SecretName.BACKUP);
    there().requestMissingSecrets(network.now);
    exchange();
    assertThat(there().status().held()).doesNotContain(SecretName.BACKUP);
    laptop = network.open(LAPTOP, MachineNetwork.ALL, laptopStore);
    try (Secret received = there().receivedBackupKey().orElseThrow()) {
      assertThat(received.copyBytes()).isEqualTo(key);
    }
    assertThat(there().requestMissingSecrets(network.now)).as("it is here").isEmpty();
    there().forgetReceivedBackupKey(network.now);
    laptop = network.open(LAPTOP, MachineNetwork.ALL, laptopStore);
    assertThat(there().receivedBackupKey()).isEmpty();
    assertThat(there().requestMissingSecrets(network.now)).isEqualTo(Set.of(SecretName.BACKUP));
  }

  private void push(OlmMachine from, String type, String name, String secret) throws Exception {
    network.deliver(from, type, Json.newObject().put("name", name).put("secret", secret), LAPTOP);
    List<ToDeviceResult> results = network.sync(laptop);
    assertThat(results.toString()).doesNotContain(secret);
  }

  @Test
  void xsSecretPushGoesToVerifiedDevicesAndIsTakenFromThemAlone() throws Exception {
    byte[] key = new byte[Secret.BYTES];
    key[7] = 7;
    CrossSigning here = phone.crossSigning();
    assertThat(here.pushSecret(SecretName.BACKUP, network.now)).as("not here").isFalse();
    here.backupKeys(() -> Optional.of(Secret.copyOf(SecretName.BACKUP, key)));
    assertThat(here.pushSecret(SecretName.BACKUP, network.now)).as("nobody").isFalse();
    phoneVerifiesLaptop();
    assertThat(here.pushSecret(SecretName.BACKUP, network.now)).isTrue();
    exchange();
    assertThat(here.takeSecretEvents()).containsExactly(new Shared(LAPTOP, SecretName.BACKUP));
    assertThat(there().takeSecretEvents())
        .containsExactly(new NotTaken(ALICE, Refusal.UNVERIFIED_DEVICE));
    assertThat(there().receivedBackupKey()).isEmpty();
    laptopVerifiesPhone();
    here.pushSecret(SecretName.BACKUP, network.now);
    exchange();
    assertThat(there().takeSecretEvents()).containsExactly(new Received(PHONE, SecretName.BACKUP));
    try (Secret received = there().receivedBackupKey().orElseThrow()) {
      assertThat(received.copyBytes()).isEqualTo(key);
    }
  }

  @Test
  void xsSecretPushIsOneOfTheThingsThatAreChecked() throws Exception {
    bothVerified();
    laptop.setLocalTrust(BOB, LocalTrust.VERIFIED);
    String name = SecretName.MASTER.label();
    push(bob, "m.secret.push", name, master());
    assertThat(there().takeSecretEvents())
        .containsExactly(new NotTaken(BOB.userId(), Refusal.OTHER_USER));
    push(phone, "m.secret.push", "m.another", master());
    push(phone, "m.secret.push", name, "no base64 of a key");
    assertThat(there().takeSecretEvents())
        .containsExactly(
            new NotTaken(ALICE, Refusal.MALFORMED), new NotTaken(ALICE, Refusal.MALFORMED));
    try (Secret wrong = Secret.copyOf(SecretName.MASTER, new byte[Secret.BYTES])) {
      push(phone, "io.element.msc4385.secret.push", name, wrong.toBase64());
    }
    assertThat(there().takeSecretEvents())
        .containsExactly(new NotTaken(ALICE, Refusal.DOES_NOT_MATCH));
    assertThat(there().status().held()).isEmpty();
    there().requestMissingSecrets(network.now);
    push(phone, "m.secret.push", name, master());
    assertTaken();
    assertThat(there().status().requested()).as("asked no more").doesNotContain(SecretName.MASTER);
  }

  @Test
  void xsSecretAskAFailedRequestIsSentAgainLater() throws Exception {
    bothVerified();
    there().requestMissingSecrets(network.now);
    for (OutgoingRequest request : laptop.outgoingRequests(network.now)) {
      laptop.markFailed(request.id(), new RequestFailure("offline"), network.now);
    }
    assertThat(laptop.outgoingRequests(network.now)).isEmpty();
    assertThat(laptop.nextDeadline(network.now)).isPresent();
    network.pass(FailureBackoff.FIRST);
    assertThat(laptop.outgoingRequests(network.now)).hasSize(4);
  }
}
