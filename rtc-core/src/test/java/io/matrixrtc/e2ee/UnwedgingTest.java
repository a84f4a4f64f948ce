package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysClaim;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a broken session is replaced, and when not. */
class UnwedgingTest {
  private static final String TYPE = "org.example.test";
  private final MachineNetwork network = new MachineNetwork(12);
  private OlmMachine alice;
  private OlmMachine bob;
  private ObjectNode broken;

  /** Both have a session that was just made, and alice a message that it cannot open. */
  @BeforeEach
  void aBrokenMessage() throws Exception {
    alice = network.open("@alice:example.org", "ALICE1");
    bob = network.open("@bob:example.org", "BOB1");
    network.introduce(alice, bob);
    network.deliver(alice, TYPE, Json.newObject(), bob.device());
    network.sync(bob);
    network.deliver(bob, TYPE, Json.newObject(), alice.device());
    List<JsonNode> events = Objects.requireNonNull(network.queues.remove(alice.device()));
    broken = events.get(0).deepCopy();
    ObjectNode message = (ObjectNode) broken.at("/content/ciphertext").elements().next();
    byte[] body = Base64Text.decode(message.path("body").textValue());
    body[body.length - 1] ^= 1;
    message.put("body", Base64Text.encode(body));
  }

  private boolean claimsAfterTheBrokenMessage() throws Exception {
    network.sync(alice, List.of(broken));
    return alice.outgoingRequests(network.now).stream().anyMatch(KeysClaim.class::isInstance);
  }

  @Test
  void sessUnwedgeNotAtOneHourButAfterIt_B90() throws Exception {
    network.pass(Unwedging.MIN_SESSION_AGE);
    assertThat(claimsAfterTheBrokenMessage()).isFalse();
    network.pass(Duration.ofMillis(1));
    assertThat(claimsAfterTheBrokenMessage()).isTrue();
  }

  @Test
  void sessUnwedgeWhenTheClockWentBack_B90() throws Exception {
    network.pass(Duration.ofMillis(-1));
    assertThat(claimsAfterTheBrokenMessage()).isTrue();
  }

  @Test
  void sessUnwedgeNothingForAnUnknownDevice_B90() throws Exception {
    network.pass(Duration.ofHours(2));
    broken.put("sender", "@stranger:example.org");
    assertThat(claimsAfterTheBrokenMessage()).isFalse();
    broken.put("sender", bob.device().userId());
    assertThat(claimsAfterTheBrokenMessage()).isTrue();
  }

  @Test
  void sessUnwedgeAFailedClaimIsLeftAloneLikeAnyOther() throws Exception {
    network.pass(Duration.ofHours(2));
    assertThat(claimsAfterTheBrokenMessage()).isTrue();
    KeysClaim claim =
        (KeysClaim)
            alice.outgoingRequests(network.now).stream()
                .filter(KeysClaim.class::isInstance)
                .findFirst()
                .orElseThrow();
    alice.markSent(claim.id(), Json.newObject(), network.now); // no key left
    assertThat(claimsAfterTheBrokenMessage()).isFalse();
    network.pass(FailureBackoff.FIRST.minusMillis(1));
    assertThat(claimsAfterTheBrokenMessage()).isFalse();
    network.pass(Duration.ofMillis(1));
    assertThat(claimsAfterTheBrokenMessage()).isTrue();
  }

  @Test
  void theNewSessionIsUsedByBothSides_B85_B90() throws Exception {
    network.pass(Duration.ofHours(2));
    network.sync(bob, List.of());
    network.settle(bob);
    network.sync(alice, List.of(broken));
    network.settle(alice);
    assertThat(network.sync(bob))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.Decrypted.class,
            dummy -> {
              assertThat(dummy.type()).isEqualTo("m.dummy");
              assertThat(dummy.content()).isEmpty();
            });
    network.deliver(bob, TYPE, Json.newObject(), alice.device());
    assertThat(network.sync(alice)).singleElement().isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(claimsAfterTheBrokenMessage()).as("once an hour").isFalse();
  }
}
