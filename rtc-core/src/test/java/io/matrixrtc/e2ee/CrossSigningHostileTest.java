package io.matrixrtc.e2ee;

import static io.matrixrtc.e2ee.HostileInputTest.damaged;
import static io.matrixrtc.e2ee.HostileInputTest.isWritable;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.e2ee.OutgoingRequest.SignaturesUpload;
import io.matrixrtc.e2ee.OutgoingRequest.SigningKeysUpload;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Answers and events about identities and secrets in which anything was replaced by anything. */
class CrossSigningHostileTest {
  private static final String ALICE = "@alice:a.example";
  private static final UserDevice PHONE = new UserDevice(ALICE, "PHONE");
  private static final UserDevice LAPTOP = new UserDevice(ALICE, "LAPTOP");
  private static final int ROUNDS = 8;

  @Test
  void anyDamagedChallengeIsAFailureOrCanBeAnswered() {
    int[] answered = {0};
    int[] failed = {0};
    Cases.run(
        "damaged authentication challenges, " + ROUNDS + " rounds each",
        20,
        200,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine phone = network.open(ALICE, PHONE.deviceId());
          network.settle(phone);
          for (int round = 0; round < ROUNDS; round++) {
            phone.crossSigning().bootstrap(network.now);
            ObjectNode challenge = Json.newObject().put("session", "s").put("error", "e");
            challenge.putArray("flows").addObject().putArray("stages").add("m.login.password");
            challenge.putArray("completed").add("x");
            challenge.putObject("params").putObject("m.login.password").put("p", 1);
            phone
                .crossSigning()
                .onAuthenticationWanted(
                    upload(phone, network).id(),
                    (ObjectNode) damaged(challenge, random),
                    network.now);
            if (phone.crossSigning().setup() instanceof SetupState.AuthWanted wanted) {
              answered[0]++;
              assertThat(
                      phone
                          .crossSigning()
                          .authenticate(wanted.auth().password(ALICE, "p"), network.now))
                  .isTrue();
              phone.markFailed(upload(phone, network).id(), new RequestFailure("no"), network.now);
            } else {
              failed[0]++;
            }
            assertThat(phone.crossSigning().setup()).isInstanceOf(SetupState.Failed.class);
          }
          phone.crossSigning().bootstrap(network.now);
          network.settle(phone);
          assertThat(phone.crossSigning().setup()).isEqualTo(new SetupState.Done());
        });
    assertThat(answered[0]).isPositive();
    assertThat(failed[0]).isPositive();
  }

  private static SigningKeysUpload upload(OlmMachine machine, MachineNetwork network)
      throws Exception {
    return machine.outgoingRequests(network.now).stream()
        .filter(SigningKeysUpload.class::isInstance)
        .map(SigningKeysUpload.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anyDamagedAnswerToSignaturesIsSurvived() {
    Cases.run(
        "damaged answers to signatures, " + ROUNDS + " rounds each",
        20,
        200,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine phone = network.open(ALICE, PHONE.deviceId());
          OlmMachine laptop = network.open(ALICE, LAPTOP.deviceId());
          phone.crossSigning().bootstrap(network.now);
          network.introduce(phone, laptop);
          Verification ofLaptop = Verification.ofDevice(LAPTOP, laptop.identityKeys().ed25519());
          for (int round = 0; round < ROUNDS; round++) {
            phone.crossSigning().verify(ofLaptop, network.now);
            ObjectNode answer = Json.newObject();
            answer
                .putObject("failures")
                .putObject(ALICE)
                .putObject(LAPTOP.deviceId())
                .put("errcode", "M_UNKNOWN")
                .put("error", "e");
            for (OutgoingRequest request : phone.outgoingRequests(network.now)) {
              if (request instanceof SignaturesUpload) {
                phone.markSent(request.id(), (ObjectNode) damaged(answer, random), network.now);
              }
            }
            assertThat(phone.crossSigning().status().signaturesToUpload()).isEmpty();
            network.refresh(phone, ALICE); // whatever it took for signed is not
          }
          phone.crossSigning().takeSignatureFailures();
          phone.crossSigning().verify(ofLaptop, network.now);
          network.settle(phone);
          network.refresh(laptop, ALICE);
          assertThat(laptop.verificationOf(LAPTOP)).isPresent();
          assertThat(phone.crossSigning().takeSignatureFailures()).isEmpty();
        });
  }

  @Test
  void noDamagedEventGivesASecretAwayOrBringsAWrongOne() {
    int[] asked = {0};
    Cases.run(
        "damaged events about secrets, " + ROUNDS + " rounds each",
        20,
        200,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine phone = network.open(ALICE, PHONE.deviceId());
          OlmMachine laptop = network.open(ALICE, LAPTOP.deviceId());
          OlmMachine eve = network.open("@eve:e.example", "E");
          phone.crossSigning().bootstrap(network.now);
          network.introduce(phone, laptop, eve);
          phone
              .crossSigning()
              .verify(Verification.ofDevice(LAPTOP, laptop.identityKeys().ed25519()), network.now);
          laptop
              .crossSigning()
              .verify(Verification.ofDevice(PHONE, phone.identityKeys().ed25519()), network.now);
          network.settle(phone);
          laptop.crossSigning().requestMissingSecrets(network.now);
          network.settle(laptop);
          List<JsonNode> requests = network.takeQueue(PHONE);
          List<JsonNode> bad = new ArrayList<>();
          for (int i = 0; i < 2 * ROUNDS; i++) {
            bad.add(damaged(requests.get(random.nextInt(requests.size())), random));
          }
          network.sync(phone, bad);
          network.settle(phone);
          assertThat(network.queues.getOrDefault(eve.device(), List.of())).isEmpty();
          network.takeQueue(LAPTOP);
          asked[0] += phone.crossSigning().takeSecretEvents().size();

          String id = requests.get(0).path("content").path("request_id").asText();
          ObjectNode answer = Json.newObject().put("request_id", id);
          try (Secret secret = phone.crossSigning().exportSecret(SecretName.MASTER).orElseThrow()) {
            answer.put("secret", secret.toBase64());
          }
          for (int i = 0; i < ROUNDS; i++) {
            JsonNode damagedAnswer = damaged(answer, random);
            if (isWritable(damagedAnswer)) {
              network.deliver(phone, "m.secret.send", (ObjectNode) damagedAnswer, LAPTOP);
            }
          }
          network.sync(laptop);
          assertThat(laptop.crossSigning().status().held()).isEmpty();
          network.deliver(phone, "m.secret.send", answer, LAPTOP);
          network.sync(laptop);
          assertThat(laptop.crossSigning().status().held())
              .as("the control")
              .isEqualTo(Set.of(SecretName.MASTER));
        });
    assertThat(asked[0]).isPositive();
  }
}
