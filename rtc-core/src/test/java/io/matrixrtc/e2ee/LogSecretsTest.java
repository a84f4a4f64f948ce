package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** At no level does a log line hold a content, a private key or a ciphertext. */
class LogSecretsTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.matrixrtc");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Level before;

  @BeforeEach
  void listen() {
    before = logger.getLevel();
    logger.setLevel(Level.TRACE);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(before);
  }

  @Test
  void refusalsAreLoggedWithoutWhatTheyRefuse() throws Exception {
    MachineNetwork network = new MachineNetwork(6);
    OlmMachine alice = network.open("@alice:x.org", "A");
    OlmMachine bob = network.open("@bob:x.org", "B");
    network.introduce(alice, bob);
    network.deliver(alice, "t", Json.newObject().put("key", "needle"), bob.device());
    ObjectNode event =
        (ObjectNode) network.queues.getOrDefault(bob.device(), List.of()).get(0).deepCopy();
    String body =
        event.path("content").path("ciphertext").elements().next().path("body").textValue();
    network.sync(bob);
    network.sync(bob, List.of(event)); // replayed
    ObjectNode relabelled = event.deepCopy().put("sender", "@eve:x.org\nforged line");
    network.sync(bob, List.of(relabelled, Json.newObject().put("needle", 1)));
    ObjectNode answer = Json.newObject();
    answer
        .putObject("device_keys")
        .putObject("@alice:x.org")
        .putObject("D\nforged line" + "x".repeat(5_000))
        .put("needle", "needle");
    bob.trackUsers(Set.of("@alice:x.org"), network.now);
    network.sync(bob, List.of(), Set.of("@alice:x.org"));
    for (OutgoingRequest request : bob.outgoingRequests(network.now)) {
      bob.markSent(request.id(), answer, network.now);
    }

    assertThat(lines.list).as("there was something to log").isNotEmpty();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .allMatch(line -> line.startsWith("@"))
        .noneMatch(line -> line.contains("needle"))
        .noneMatch(line -> line.contains(body.substring(0, 40)))
        .noneMatch(line -> line.contains("\n"))
        .anyMatch(line -> line.contains("refused the keys of @alice:x.org/D?forged"))
        .allMatch(line -> line.length() < 1_000);
  }

  @Test
  void secretsThatAreSharedAreNotLogged() throws Exception {
    MachineNetwork network = new MachineNetwork(7);
    OlmMachine phone = network.open("@alice:x.org", "PHONE");
    OlmMachine laptop = network.open("@alice:x.org", "LAPTOP");
    phone.crossSigning().bootstrap(network.now);
    network.introduce(phone, laptop);
    phone
        .crossSigning()
        .verify(
            Verification.ofDevice(laptop.device(), laptop.identityKeys().ed25519()), network.now);
    laptop
        .crossSigning()
        .verify(Verification.ofDevice(phone.device(), phone.identityKeys().ed25519()), network.now);
    laptop.crossSigning().requestMissingSecrets(network.now);
    network.settle(laptop);
    network.sync(phone);
    network.settle(phone);
    network.sync(laptop);

    assertThat(laptop.crossSigning().status().isComplete()).isTrue();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains("Received"))
        .allMatch(line -> line.startsWith("@"));
    for (SecretName name : laptop.crossSigning().status().held()) {
      try (Secret secret = phone.crossSigning().exportSecret(name).orElseThrow()) {
        String text = secret.toBase64();
        assertThat(lines.list)
            .extracting(ILoggingEvent::getFormattedMessage)
            .noneMatch(line -> line.contains(text));
      }
    }
  }
}
